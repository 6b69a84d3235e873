"""GET /desk/events: what happens, on all conversations, as server-sent events. `id:` is the number in the log."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from django.views.decorators.http import require_GET

from bot.conversations.background import go_on
from bot.conversations.database import on_database
from bot.conversations.events import newest
from bot.conversations.models import Event
from bot.desk import board, inbox
from bot.desk.access import Agent, agents_only, still_allowed
from bot.desk.board import News, sse
from bot.desk.floor import presence

HEARTBEAT = 15.0
# How long a browser waits before it connects again, in milliseconds.
RETRY = 250
# A page that missed more than this is told to fetch everything anew.
BACKLOG = 200


@require_GET
@agents_only
async def events(request: HttpRequest, agent: Agent) -> HttpResponseBase:
    """Goes on after the event named by Last-Event-ID or ?after=, else begins now.

    Events: `change` {conversation, kind, seq, actor, entry?: the drawn entry}, `counts` of the tabs, `reload` where
    everything has to be fetched anew, `signed-out`.
    """
    after = request.headers.get("last-event-id") or request.GET.get("after", "")
    number = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else None
    language = translation.get_language_from_request(request)
    response = StreamingHttpResponse(_stream(agent, number, language), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(agent: Agent, after: int | None, language: str) -> AsyncIterator[str]:
    async with board.watch(language, after) as (desk, kept):
        yield f"retry: {RETRY}\n\n"
        if kept:
            yield "".join(_chunk(agent, each, desk) for each in kept)
        elif kept is None and after is not None:
            missed, last = await on_database(_missed, after, desk.language)
            yield _chunk(agent, missed, desk) if missed is not None else sse("reload", {}, last)
        seen = 0.0
        while True:
            if time.monotonic() - seen > presence.EVERY:
                seen = time.monotonic()
                go_on(on_database(presence.touch, agent.id))
            told = await _wait(desk)
            if desk.lost:
                desk.lost = False
                last = max((each.newest for each in told), default=0)
                yield sse("reload", {}, last or await on_database(newest))
            elif told:
                yield "".join(_chunk(agent, each, desk) for each in told)
            elif not await on_database(still_allowed, agent.id):
                yield sse("signed-out", {})
                return
            else:
                yield ": still here\n\n"


def _missed(after: int, language: str) -> tuple[News | None, int]:
    last = newest()
    if last - after > BACKLOG or after > last:
        return None, last
    found = list(Event.objects.filter(pk__gt=after - board.overlap()).order_by("pk")) if last > after else []
    return board.news(found, {language}), last


async def _wait(desk: board.Desk) -> list[News]:
    """Everything that happened since the last look; nothing when it was only time for a heartbeat."""
    try:
        told = [await asyncio.wait_for(desk.chunks.get(), HEARTBEAT)]
    except TimeoutError:
        return []
    while not desk.chunks.empty():
        told.append(desk.chunks.get_nowait())
    return told


def _chunk(agent: Agent, told: News, desk: board.Desk) -> str:
    counts: dict[str, object] = dict(inbox.counts_for(agent.owner, told.held))
    return told.text.get(desk.language, "") + (sse("counts", counts) if told.held else "")
