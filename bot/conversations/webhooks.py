"""Where providers deliver: verify, parse, store, answer; the turn runs afterwards."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from bot.conversations.background import go_on
from bot.conversations.database import on_database
from bot.conversations.media import arrivals
from bot.conversations.outbox import deliver
from bot.conversations.receive import Received, receive
from bot.conversations.turns import run_when_due
from bot.metrics import RECEIVED
from channels import registry
from channels.base import BadRequest, Inbound, RawRequest, Unauthorized

log = logging.getLogger(__name__)

LARGEST_BODY = 1_000_000
Store = Callable[[Inbound, bool], Received]


def raw_request(request: HttpRequest) -> RawRequest:
    """The request as it arrived, before any framework tidied it up."""
    return RawRequest(
        method=request.method or "",
        path=request.get_full_path(),
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
    )


@csrf_exempt
async def webhook(request: HttpRequest, channel: str) -> HttpResponse:
    """POST /channels/<channel>/webhook"""
    try:
        adapter = registry.adapter(channel)
    except (KeyError, registry.NotConfigured):
        return HttpResponse("no such channel", status=404, content_type="text/plain")
    if channel == "web":
        return HttpResponse("the web channel is at /web/", status=404, content_type="text/plain")
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        return HttpResponse("too large", status=413, content_type="text/plain")
    raw = raw_request(request)
    try:
        adapter.authenticate(raw)
        events = adapter.parse(raw)
    except Unauthorized as error:
        log.warning("%s webhook refused: %s", channel, error)
        RECEIVED.labels(channel, "refused").inc()
        return HttpResponse("the signature or secret does not match", status=403, content_type="text/plain")
    except BadRequest as error:
        return HttpResponse(f"unreadable: {error}", status=400, content_type="text/plain")
    await take_in(events)
    answer = adapter.acknowledge(raw)
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)


async def _arrive_and_deliver(conversation_id: UUID) -> None:
    await arrivals.arrive(conversation_id)
    await deliver(conversation_id)


async def take_in(events: Sequence[Inbound], store: Store = receive) -> list[Received]:
    """Store events in order and start what they make due; whoever hangs up meanwhile does not stop it.

    Also the door for channels that are polled. `store` is told whether the turn may be claimed.
    """
    return await asyncio.shield(_take_in(events, store))


async def _take_in(events: Sequence[Inbound], store: Store) -> list[Received]:
    # What comes together is answered together.
    results = [await on_database(store, event, len(events) == 1) for event in events]
    for event, result in zip(events, results, strict=True):
        RECEIVED.labels(event.channel, "again" if result.duplicate else event.kind).inc()
        if result.due and result.conversation_id:
            go_on(run_when_due(result.conversation_id, result.due, result.claim))
        elif result.message and result.conversation_id:
            go_on(_arrive_and_deliver(result.conversation_id))
    return results
