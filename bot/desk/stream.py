"""GET /desk/events: what happens, on all conversations, as server-sent events. `id:` is the number in the log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from bot.conversations.database import on_database
from bot.conversations.events import Listener, listen
from bot.conversations.models import Event
from bot.desk.access import Agent, agents_only, still_allowed

HEARTBEAT = 15.0
# A page that missed more than this is told to fetch everything anew.
BACKLOG = 200
# PostgreSQL numbers events before they commit: one with a lower number than the last one seen may have come later.
OVERLAP = 20


@require_GET
@agents_only
async def events(request: HttpRequest, agent: Agent) -> HttpResponseBase:
    """Goes on after the event named by Last-Event-ID or ?after=, else begins now."""
    after = request.headers.get("last-event-id") or request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else None
    response = StreamingHttpResponse(_stream(agent, number), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(agent: Agent, after: int | None) -> AsyncIterator[str]:
    async with listen(None) as listener:
        yield "retry: 1000\n\n"
        if after is not None:
            missed, newest = await on_database(_missed, after)
            yield _chunk(missed) if missed is not None else _sse("reload", {}, newest)
        while True:
            happened = await _wait(listener)
            if happened:
                yield _chunk(happened)
            elif not await on_database(still_allowed, agent.id):
                yield _sse("signed-out", {}, None)
                return
            else:
                yield ": still here\n\n"


def _missed(after: int) -> tuple[list[Event] | None, int]:
    newest = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if newest - after > BACKLOG or after > newest:
        return None, newest
    return list(Event.objects.filter(pk__gt=after - OVERLAP).order_by("pk")) if newest > after else [], newest


async def _wait(listener: Listener) -> list[Event]:
    """Everything that happened since the last look; nothing when it was only time for a heartbeat."""
    try:
        happened = [await asyncio.wait_for(listener.get(), HEARTBEAT)]
    except TimeoutError:
        return []
    while not listener.empty():
        happened.append(listener.get_nowait())
    return happened


def _chunk(happened: Sequence[Event]) -> str:
    return "".join(
        _sse(
            "change",
            {"conversation": str(event.conversation_id), "kind": event.kind, "seq": event.data.get("seq")},
            event.pk,
        )
        for event in happened
    )


def _sse(name: str, data: dict[str, object], number: int | None) -> str:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n"
