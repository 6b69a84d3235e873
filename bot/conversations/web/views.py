"""POST and GET /web/messages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from bot.conversations.database import on_database
from bot.conversations.receive import Gone, Received, receive
from bot.conversations.web import shapes
from bot.conversations.web.door import GONE, adapter, endpoint, number, place
from bot.conversations.webhooks import raw_request, take_in
from channels.base import BadRequest, Inbound, Unauthorized


@endpoint("POST", "GET")
async def messages(request: HttpRequest) -> HttpResponseBase:
    raw = raw_request(request)
    if request.method == "GET":
        sender = adapter().session(raw).external_id
        after = number(request.GET.get("after", "0"))
        return JsonResponse(await on_database(_read, sender, after))
    inbound = adapter().parse(raw)[0]
    received = (await take_in([inbound], _store))[0]
    message = received.message
    if message is None:
        raise BadRequest("text: nothing to read in it")
    return JsonResponse({"id": str(message.pk), "seq": message.seq}, status=202)


def _read(sender: str, after: int) -> dict[str, Any]:
    identity, conversation = place(sender)
    return {
        "messages": shapes.messages(identity, conversation, after),
        **shapes.state(conversation, identity),
    }


def _store(inbound: Inbound, claim: bool) -> Received:
    if inbound.action and not inbound.text and not _offered(inbound):
        raise BadRequest("choice: that choice was never offered in this conversation")
    try:
        return receive(inbound, claim, begin=False)
    except Gone:
        raise Unauthorized(GONE) from None


def _offered(inbound: Inbound) -> bool:
    identity, _ = place(inbound.external_id)
    return identity.messages.filter(payloads__has_key=inbound.action).exists()
