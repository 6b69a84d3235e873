"""POST and GET /web/messages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase

from bot.conversations.database import on_database
from bot.conversations.receive import Received, receive
from bot.conversations.web import shapes
from bot.conversations.web.door import adapter, endpoint, number, place
from bot.conversations.webhooks import go_on_from, raw_request
from channels.base import BadRequest, Inbound


@endpoint("POST", "GET")
async def messages(request: HttpRequest) -> HttpResponseBase:
    raw = raw_request(request)
    if request.method == "GET":
        sender = adapter().session(raw).external_id
        after = number(request.GET.get("after", "0"))
        return JsonResponse(await on_database(_read, sender, after))
    inbound = adapter().parse(raw)[0]
    received = await on_database(_take_in, inbound)
    go_on_from(inbound, received)
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


def _take_in(inbound: Inbound) -> Received:
    identity, _ = place(inbound.external_id)
    if inbound.action and not inbound.text:
        if not identity.messages.filter(payloads__has_key=inbound.action).exists():
            raise BadRequest("choice: that choice was never offered in this conversation")
    return receive(inbound, claim=True)
