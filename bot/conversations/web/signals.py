"""POST /web/signals: the customer is typing, messages have arrived, messages have been read."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from bot.conversations.database import on_database
from bot.conversations.signals import customer_received, customer_typing
from bot.conversations.web.door import adapter, endpoint, place, read_object
from bot.conversations.webhooks import raw_request
from channels.base import BadRequest

LAST_NUMBER = 999_999_999


@endpoint("POST")
async def signals(request: HttpRequest) -> HttpResponseBase:
    """{typing?: true, delivered?: seq, read?: seq} → 204. Numbers are the last message's; read means delivered too."""
    sender = adapter().session(raw_request(request)).external_id
    body = read_object(request, {"typing", "delivered", "read"})
    if not isinstance(body.get("typing", False), bool):
        raise BadRequest("typing: true, or leave it out")
    for name in ("delivered", "read"):
        value = body.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LAST_NUMBER:
            raise BadRequest(f"{name}: a message number, 0 or more")
    await on_database(_take, sender, body)
    return HttpResponse(status=204)


def _take(sender: str, body: dict[str, Any]) -> None:
    identity, conversation = place(sender)
    if conversation.identity_id != identity.pk:
        return  # it went on elsewhere: what a page it has left says of it means nothing
    for state in ("read", "delivered"):
        if body.get(state):
            customer_received(conversation.pk, body[state], state)
    if body.get("typing"):
        customer_typing(conversation.pk)
