"""The pages /sandbox and /sandbox/shop."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext, pgettext
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from bot.sandbox.answers import in_sandbox_only
from bot.shop import catalogue
from bot.shop.models import Customer, CustomerChannel, Order

# What the widget needs of a page, and what these pages need: no inline script or style anywhere.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
STRANGERS = {
    "whatsapp": "+34600999999",
    "telegram": "700199999",
    "messenger": "7000000000000001",
    "instagram": "9000000000000001",
    "mail": "alguien@example.com",
}
HIDDEN_NUMBER = "ES.sandbox0001"
SHOWCASE = ("BR20", "LR3", "FR5", "VX12", "EB2", "TT1")


@require_safe
@xframe_options_sameorigin
def overview(request: HttpRequest) -> HttpResponse:
    in_sandbox_only()
    language = _language()
    phones = [
        {"channel": "whatsapp", "name": "WhatsApp", "holders": _holders("whatsapp"), "sample": "photo"},
        {"channel": "telegram", "name": "Telegram", "holders": _holders("telegram"), "sample": "photo"},
    ]
    names = {"messenger": "Messenger", "instagram": "Instagram", "mail": gettext("Mail")}
    more = [
        {"channel": kind, "name": name, "holders": _holders(kind), "sample": "photo"} for kind, name in names.items()
    ]
    context = {
        "phones": phones,
        "more_phones": more,
        "customers": _customers(language),
        "staff": _staff(),
        "help_url": f"/{language}/",
        "words": _words(),
        "languages": [("es", "Español"), ("en", "English")],
    }
    return _page(request, "sandbox/overview.html", context)


@require_safe
@xframe_options_sameorigin
def shop(request: HttpRequest) -> HttpResponse:
    """A page of the demo shop with the widget on it, as a shop would embed it; ?as= signs a customer in."""
    in_sandbox_only()
    language = _language()
    products = [
        {"sku": sku, "name": product.called(language), "generic": product.generic.model_dump()[language][0],
         "price": product.price}
        for sku in SHOWCASE
        if (product := catalogue.current().get(sku))
    ]  # fmt: skip
    known = Customer.objects.order_by("reference")
    signed_in = known.filter(reference=request.GET.get("as", "")).first()
    return _page(request, "sandbox/shop.html", {"products": products, "known": known, "signed_in": signed_in})


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    response = render(request, template, context | {"language": _language()})
    response["Content-Security-Policy"] = POLICY
    return response


def _language() -> str:
    return "en" if (translation.get_language() or "").startswith("en") else "es"


def _holders(channel: str) -> list[dict[str, str]]:
    """Whose phone it can be: the customers known on the channel, and strangers."""
    known = CustomerChannel.objects.filter(channel=channel).select_related("customer").order_by("customer__reference")
    holders = [{"identity": each.address, "name": each.customer.name} for each in known]
    if channel == "mail":
        writers = Customer.objects.exclude(email="").order_by("reference")
        holders += [{"identity": each.email, "name": each.name} for each in writers]
    holders.append({"identity": STRANGERS[channel], "name": gettext("Somebody unknown")})
    if channel == "whatsapp":
        holders.append({"identity": HIDDEN_NUMBER, "name": gettext("Somebody who hides their number")})
    return holders


def _customers(language: str) -> list[dict[str, Any]]:
    orders = Order.objects.select_related("customer").prefetch_related("items")
    by_customer: dict[int, list[dict[str, Any]]] = {}
    for order in orders.order_by("number"):
        items = [f"{item.qty} × {_called(item.sku, language)}" for item in order.items.all()]
        shown = {"number": order.number, "items": ", ".join(items), "status": _status(order), "day": _day(order)}
        by_customer.setdefault(order.customer_id, []).append(shown)
    return [
        {"name": each.name, "email": each.email, "phone": each.phone, "orders": by_customer.get(each.pk, [])}
        for each in Customer.objects.order_by("reference")
    ]


def _called(sku: str, language: str) -> str:
    try:
        return catalogue.current().get(sku).called(language)
    except KeyError:
        return sku


def _day(order: Order) -> Any:
    return (order.delivered_at or order.ordered_at).date()


def _status(order: Order) -> str:
    return {
        "paid": pgettext("order", "paid"),
        "preparing": pgettext("order", "being prepared"),
        "shipped": pgettext("order", "on its way"),
        "delivered": pgettext("order", "delivered"),
        "cancelled": pgettext("order", "cancelled"),
    }.get(order.status, order.status)


def _staff() -> list[dict[str, str]]:
    places = {
        "ana": (gettext("agent"), "/desk"),
        "bruno": (gettext("agent"), "/desk"),
        "vera": (gettext("supervises"), "/insights"),
        "editor": (gettext("writes articles"), "/cms/"),
        "publisher": (gettext("publishes articles"), "/cms/"),
    }
    accounts: dict[str, str] = getattr(settings, "DEMO_STAFF", {})
    return [
        {"name": name, "password": password, "role": places.get(name, ("", "/desk"))[0],
         "url": places.get(name, ("", "/desk"))[1]}
        for name, password in accounts.items()
    ]  # fmt: skip


def _words() -> dict[str, str]:
    """What the page's script says."""
    return {
        "typing": gettext("typing…"),
        "online": gettext("online"),
        "queue": gettext("in the queue for a person"),
        "agent": gettext("a person is answering"),
        "bot": gettext("the bot is answering"),
        "nobody": gettext("closed"),
        "empty": gettext("Write something, as a customer would."),
        "failed": gettext("That did not arrive:"),
        "you": gettext("You"),
        "shop": gettext("Shop"),
        "pressed": gettext("pressed: "),
        "photo": gettext("Photo"),
        "location": gettext("Location"),
        "contact": gettext("My phone number"),
        "document": gettext("File"),
        "audio": gettext("Voice note"),
        "video": gettext("Video"),
        "outside": gettext("not delivered (error {code})"),
        "window_open": gettext("The shop may write freely until {time}."),
        "window_closed": gettext("The shop may only write with an approved template, or as a person."),
        "options": gettext("See options"),
        "day_set": gettext("This conversation now lives on {day}."),
        "day_real": gettext("This conversation lives on the real day again."),
        "too_big": gettext("The file is larger than 1.4 MB."),
    }
