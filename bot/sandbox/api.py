"""/sandbox/api: writing as a customer, seeing what reached the phone, and giving a conversation its own day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import httpx
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from bot.conversations.database import on_database
from bot.conversations.models import Conversation
from bot.conversations.receive import conversation_for
from bot.conversations.web import shapes
from bot.sandbox import sending
from bot.sandbox.answers import Mistake, endpoint, read_day, read_object
from bot.sandbox.models import Phone, ProviderMessage, new_sid
from bot.sandbox.phones import POSTS
from bot.sandbox.saying import Kept, Said, check_identity, keep, phone_of, read_said
from bot.shop.models import Customer as ShopCustomer
from channels import registry
from channels.base import Alias, Inbound
from channels.web.identity import sign

REAL_ACCOUNT = {
    "whatsapp": "TWILIO_ACCOUNT_SID",
    "telegram": "TELEGRAM_BOT_TOKEN",
    "mail": "MAIL_ADDRESS",
    "messenger": "META_PAGE_ID",
    "instagram": "META_INSTAGRAM_ID",
}
SHOWN_AT_ONCE = 200
SIGNED_IN_FOR = timedelta(minutes=10)


@endpoint("GET", "POST")
async def phone(request: HttpRequest, channel: str, identity: str) -> HttpResponseBase:
    """GET what the stand-in provider received for this phone; POST what its holder does."""
    check_identity(channel, identity)
    if getattr(settings, REAL_ACCOUNT[channel]):
        raise Mistake(
            409,
            "real_account",
            f"{channel} is connected to a real account ({REAL_ACCOUNT[channel]} is set); no sandbox phone can play it",
        )
    if request.method == "GET":
        after = _number(request.GET.get("after", "0"))
        own = request.GET.get("all") == "1"
        return JsonResponse(await on_database(_seen, channel, identity, after, own))
    said, body = read_said(request)
    if "today" in body:
        await on_database(live_on, channel, identity, read_day(body))
        if set(body) <= {"today", "name", "language"}:
            return JsonResponse({"number": None, "id": None}, status=202)
    kept = await on_database(keep, channel, identity, said)
    await _post(channel, kept, said)
    return JsonResponse({"number": kept.message.pk, "id": kept.message.provider_id}, status=202)


async def _post(channel: str, kept: Kept, said: Said) -> None:
    try:
        response = await POSTS[channel](kept, said)
    except httpx.HTTPError as error:
        raise sending.unreachable(channel, error) from None
    sending.accepted(response, channel)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 15:
        raise Mistake(422, "invalid", "after: a message number, 0 or more")
    return int(text)


def _seen(channel: str, identity: str, after: int, own: bool) -> dict[str, Any]:
    messages = ProviderMessage.objects.filter(phone__channel=channel, phone__identity=identity, pk__gt=after)
    if not own:
        messages = messages.filter(from_customer=False)
    # Read before the messages: what is told as finished is among them.
    state = _state(_conversation(channel, identity))
    phone = Phone.objects.filter(channel=channel, identity=identity).first()
    typing = bool(phone and phone.typing_until and phone.typing_until > timezone.now())
    return {"messages": [message.shown() for message in messages[:SHOWN_AT_ONCE]], **state, "typing": typing}


def _conversation(channel: str, identity: str) -> Conversation | None:
    account = registry.adapter(channel).account
    found = Conversation.objects.filter(
        identity__channel=channel, identity__account=account, identity__external_id=identity
    )
    return found.order_by("-arrived_at").first()


def _state(conversation: Conversation | None) -> dict[str, Any]:
    """As the web channel tells it; `pending` also while a reply is still on its way to the provider."""
    if conversation is None:
        unknown = dict.fromkeys(("conversation", "owner", "status", "language", "asks", "today", "window_closes_at"))
        return {**unknown, "pending": False}
    state = shapes.state(conversation)
    underway = conversation.deliveries.filter(state="queued").exists()
    return {
        "conversation": str(conversation.pk),
        **state,
        "pending": state["pending"] or underway,
        "today": conversation.today.isoformat() if conversation.today else None,
        "window_closes_at": _window_closes_at(conversation),
    }


def _window_closes_at(conversation: Conversation) -> str | None:
    """Until when (UTC) the shop may write freely; later WhatsApp takes templates only, Messenger and Instagram a
    person's answer. None where a channel has no such window."""
    closes_at = registry.adapter(conversation.channel).caps.closes_at(conversation.identity.last_inbound_at)
    return closes_at.isoformat() if closes_at else None


@transaction.atomic
def live_on(channel: str, identity: str, today: date | None) -> None:
    """Give the identity's conversation, begun here if it is new, its own day; None is the real one."""
    phone = phone_of(channel, identity)
    known = (Alias(kind="phone", value=identity),) if identity.startswith("+") else ()
    hello = Inbound(
        channel=channel,
        account=registry.adapter(channel).account,
        event_id=new_sid("SB"),
        kind="membership",
        external_id=identity,
        occurred_at=timezone.now(),
        display_name=phone.name,
        language=phone.language,
        aliases=known,
    )
    Conversation.objects.filter(pk=conversation_for(hello).pk).update(today=today)


@endpoint("POST")
async def web_today(request: HttpRequest) -> HttpResponseBase:
    """POST {conversation, today}: a web conversation lives on another day."""
    body = read_object(request, {"conversation", "today"})
    try:
        conversation = UUID(body.get("conversation", ""))
    except (TypeError, ValueError, AttributeError):
        raise Mistake(422, "invalid", "conversation: the id that POST /web/session gave") from None
    today = read_day(body)
    if not await on_database(_set_day, conversation, today):
        raise Mistake(422, "conversation", "conversation: there is no web conversation with this id")
    return JsonResponse({"conversation": str(conversation), "today": today.isoformat() if today else None})


@endpoint("GET")
async def web_identity(request: HttpRequest) -> HttpResponseBase:
    """GET ?as=c01: what the demo shop's own server says of who is signed in there; 204 when nobody is."""
    secret = settings.WEB_IDENTITY_SECRETS[0]
    if not secret.startswith("sandbox "):
        raise Mistake(
            409, "real_account", "POSTVENTA_WEB_IDENTITY_SECRET is set, so only the shop's own server may sign with it"
        )
    customer = await on_database(ShopCustomer.objects.filter(reference=request.GET.get("as", "")).first)
    if customer is None:
        return HttpResponse(status=204)
    told = sign(secret, customer.reference, SIGNED_IN_FOR, name=customer.name, email=customer.email)
    return HttpResponse(told, content_type="text/plain")


def _set_day(conversation: UUID, today: date | None) -> bool:
    return bool(Conversation.objects.filter(pk=conversation, channel="web").update(today=today))
