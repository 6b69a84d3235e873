"""Public pages on which customers say what the shop may write by itself. Opening a link changes nothing, because mail
programs open links too; only a button does. Whether an address is known is told to nobody.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from bot.conversations.models import Identity
from bot.outreach import consents, wishes
from bot.outreach.consents import Spot
from bot.outreach.gather import names_of, wants_none_of
from bot.outreach.models import Consent
from bot.outreach.preview import channel_name
from bot.shop.addresses import normal_email

log = logging.getLogger(__name__)

# What is agreed to, word for word; it is kept with the agreement.
AGREEMENT = gettext_lazy("Yes, send me offers and news at this address. I can end this at any time.")

type View = Callable[..., HttpResponse]


def _page(view: View) -> View:
    """For anybody, in the language of the request, never kept and never named to the next page."""

    @wraps(view)
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def shown(request: HttpRequest, **kwargs: str) -> HttpResponse:
        with translation.override(translation.get_language_from_request(request)):
            response = view(request, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return shown


@_page
def join(request: HttpRequest) -> HttpResponse:
    """GET /our-messages tells what there is; POST {mail} sends a link that has to be confirmed."""
    sends = bool(settings.MAIL_SMTP_URL)
    context: dict[str, object] = {"sends": sends, "said": request.GET.get("said", "")}
    if request.method == "POST" and sends:
        address = normal_email(request.POST.get("mail", "")[:254])
        try:
            validate_email(address)
            _send(address)
            return redirect(f"{request.path}?said=sent")
        except ValidationError:
            context |= {"wrong": _("This is not a mail address. It looks like lucia@example.com."), "mail": address}
        except OSError as error:
            log.warning("a link for offers could not be mailed: %s", type(error).__name__)
            context |= {"wrong": _("The mail could not be sent. Please try again in a while."), "mail": address}
    return render(request, "outreach/join.html", context, status=422 if "wrong" in context else 200)


def _send(address: str) -> None:
    words = _("Somebody, you we hope, wants our offers and news at this address. Confirm it here, within seven days:")
    rest = _("If it was not you, do nothing: without the button nothing is sent.")
    link = wishes.link(("mail", address), wishes.JOIN)
    EmailMessage(
        _("Confirm that you want our offers"),
        f"{words}\n\n{link}\n\n{rest}\n",
        settings.MAIL_ADDRESS or None,
        [address],
    ).send()


@_page
def joined(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks once more, POST agrees to offers; then everything can be changed."""
    spot = wishes.behind(token, wishes.JOIN)
    if spot is None:
        return _gone(request)
    if request.method == "POST":
        consents.say(spot, True, Consent.Source.LINK, str(AGREEMENT))
        return redirect(wishes.link(spot, wishes.CHANGE).removeprefix(settings.PUBLIC_BASE_URL) + "?said=saved")
    return render(request, "outreach/confirm.html", {"where": _where(spot), "agreement": AGREEMENT})


@_page
def change(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows what an address gets, POST {wants: offers|reminders|nothing} changes it."""
    spot = wishes.behind(token, wishes.CHANGE)
    if spot is None:
        return _gone(request)
    identities = list(Identity.objects.filter(channel=spot[0], external_id=spot[1]))
    if request.method == "POST" and request.POST.get("wants") in ("offers", "reminders", "nothing"):
        wants = request.POST["wants"]
        if (wants != "nothing") != _reminded(spot, identities):
            wishes.remind(spot, identities, wants != "nothing", Consent.Source.LINK)
        if (wants == "offers") != (spot in consents.agreed([spot])):
            consents.say(spot, wants == "offers", Consent.Source.LINK, str(AGREEMENT))
        return redirect(f"{request.path}?said=saved")
    reminded = _reminded(spot, identities)
    context = {
        "where": _where(spot), "saved": request.GET.get("said") == "saved",
        "stopped": any(each.stopped for each in identities),
        "wants": "nothing" if not reminded else "offers" if spot in consents.agreed([spot]) else "reminders",
        "choices": (
            ("offers", _("Reminders, offers and news"), AGREEMENT),
            ("reminders", _("Only what is about my purchases"),
             _("First steps, upkeep, warranty, whether it is fixed. This counts for all channels.")),
            ("nothing", _("Nothing"), _("What concerns your safety, such as a recall, comes all the same.")),
        ),
    }  # fmt: skip
    return render(request, "outreach/change.html", context)


def _reminded(spot: Spot, identities: list[Identity]) -> bool:
    return not wants_none_of(names_of(wishes.names(spot, identities)))


def _where(spot: Spot) -> str:
    """The channel, and as much of the address as its owner needs to know it again."""
    channel, address = spot
    name, at, domain = address.partition("@")
    shown = f"{name[:2]}…@{domain}" if at else f"…{address[-3:]}"
    return f"{channel_name(channel)} {shown}"


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "outreach/gone.html", status=404)
