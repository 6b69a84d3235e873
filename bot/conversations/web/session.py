"""POST /web/session: begin as a visitor, or as the customer whom the shop's own page has signed in.

The shop's token proves the customer for as long as it lasts, and so does the token that is given for it: once it has
expired the page asks the shop for another and comes again. A visitor who signs in takes the conversation along.
"""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from bot.conversations import customers
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Identity, InboundEvent, Message, record
from bot.conversations.receive import conversation_for
from bot.conversations.web.door import adapter, endpoint, read_object
from bot.conversations.webhooks import raw_request
from bot.conversations.writing import lock
from channels.base import Alias, BadRequest, Inbound, Unauthorized
from channels.web import tokens
from channels.web.identity import SignedIn


@endpoint("POST")
async def session(request: HttpRequest) -> HttpResponseBase:
    body = read_object(request, {"language", "identity"})
    language, identity = _language(body.get("language")), body.get("identity")
    if identity is None:
        visitor = tokens.new_visitor()
        token, until = adapter().visit(visitor)
        conversation = await on_database(_begin, visitor, language)
    elif isinstance(identity, str):
        signed_in, token = adapter().sign_in(identity)
        until = signed_in.until
        conversation = await on_database(_sign_in, signed_in, _visitor(request), language)
    else:
        raise BadRequest("identity: the token that the shop's server signed, as a text, or leave it out")
    return JsonResponse(
        {
            "token": token,
            "conversation": str(conversation.pk),
            "expires_at": until.isoformat(),
            "signed_in": identity is not None,
            "largest_file": settings.MEDIA_BYTES,
        },
        status=201,
    )


def _language(given: object) -> str:
    if given is not None and not isinstance(given, str):
        raise BadRequest("language: a code such as es or en")
    code = (given or settings.LANGUAGE_CODE).partition("-")[0].lower()
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _visitor(request: HttpRequest) -> str:
    """The visitor who is signing in, by their old token; nobody where it is missing or no longer good."""
    try:
        sender = adapter().session(raw_request(request)).external_id
    except Unauthorized:
        return ""
    return "" if tokens.subject(sender) else sender


def _hello(external_id: str, language: str, signed_in: SignedIn | None = None) -> Inbound:
    phone = signed_in.phone if signed_in else ""
    return Inbound(
        channel="web",
        account=adapter().account,
        event_id=f"{external_id}:session",
        kind="membership",
        external_id=external_id,
        occurred_at=timezone.now(),
        language=language,
        display_name=signed_in.name if signed_in else "",
        aliases=(Alias(kind="phone", value=phone),) if phone else (),
    )


@transaction.atomic
def _begin(visitor: str, language: str) -> Conversation:
    return conversation_for(_hello(visitor, language))


@transaction.atomic
def _sign_in(signed_in: SignedIn, visitor: str, language: str) -> Conversation:
    """The customer's conversation: the one they began as a visitor if they have said anything in it, else their own."""
    external_id = tokens.customer(signed_in.subject)
    visits = Conversation.objects.filter(identity__channel="web", identity__external_id=visitor)
    began = visits.order_by("-arrived_at").first()
    spoken = began and began.messages.filter(author=Message.Author.CUSTOMER).exists()
    if began and spoken:
        _hand_over(lock(began.pk), external_id)
    conversation = conversation_for(_hello(external_id, language, signed_in))
    customers.prove(conversation.identity, signed_in.subject[:64], "sign_in", signed_in.name)
    if began and spoken:
        record(conversation, "signed_in", "customer")
    return conversation


def _hand_over(conversation: Conversation, external_id: str) -> None:
    """Give a visitor's conversation to the customer they turned out to be; the visitor's token opens nothing more.

    What was received keeps its name, so that a message which is sent again is still found to be the same.
    """
    visitor = conversation.identity
    mine = InboundEvent.objects.filter(channel="web", event_id__startswith=f"{external_id}:")
    taken = set(mine.values_list("event_id", flat=True))
    for event in InboundEvent.objects.filter(channel="web", message__conversation=conversation).select_for_update():
        renamed = event.event_id.replace(visitor.external_id, external_id, 1)
        if renamed not in taken:
            event.event_id = renamed
            event.save(update_fields=["event_id"])
    known = Identity.objects.filter(channel="web", account=visitor.account, external_id=external_id).first()
    if known is None:
        visitor.external_id = external_id
        visitor.save(update_fields=["external_id"])
        return
    conversation.identity, conversation.updated_at = known, timezone.now()
    conversation.arrived_at = timezone.now()
    conversation.save(update_fields=["identity", "updated_at", "arrived_at"])
    visitor.conversations.update(identity=known)
    visitor.messages.update(identity=known)
    visitor.departures.update(source=known)
    visitor.arrivals.update(place=known)
    visitor.delete()
    if not visitor.customer.identities.exists():
        visitor.customer.delete()
