"""What every desk shows alike, worked out once for all of them.

A desk that fetched its list after each event would cost fifty desks fifty lists. So a process reads what happened
once, draws the entries that it changed once in each language, and hands the same text to every stream.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.utils import timezone, translation

from bot.conversations import rating
from bot.conversations.database import on_database
from bot.conversations.events import Listener, listen, newest
from bot.conversations.models import Conversation, Event
from bot.desk import inbox
from bot.desk.access import SHOP_TIME

log = logging.getLogger(__name__)

# Chunks that a page may be behind; one that reads more slowly is told to fetch everything anew.
BEHIND = 200
# Seconds between two rounds: what happens meanwhile is read and drawn in one.
PAUSE = 0.1
# Rounds kept for pages that connect again.
KEPT = 300
# PostgreSQL numbers events before they commit: one with a lower number than the last one seen may have come later.
# SQLite has one writer at a time.
OVERLAP = {"postgresql": 20}
# What changes nothing that the list shows.
UNSEEN_IN_LIST = frozenset({"typing", "read", "delivery", "turn", "media", "edited"})


@dataclass(frozen=True)
class News:
    """Events in words of the stream: one text a language, and how many conversations each owner has then.

    `newest` is the number of the last event.
    """

    text: dict[str, str]
    held: dict[str, int]
    newest: int


def news(events: Sequence[Event], languages: Iterable[str]) -> News:
    """Read and draw what these events changed; a few queries however many events there are."""
    changed = list(dict.fromkeys(event.conversation_id for event in events if event.kind not in UNSEEN_IN_LIST))
    entries = inbox.entries(None, changed) if changed else ()
    held = inbox.owners() if changed else {}
    texts = {language: _told(events, drawn(entries, language)) for language in languages}
    return News(texts, held, max((event.pk for event in events), default=0))


def drawn(entries: Sequence[inbox.Entry], language: str) -> dict[UUID, str]:
    """The entries as the list shows them, on one line each."""
    with translation.override(language), timezone.override(SHOP_TIME):
        return {entry.id: render_to_string("desk/entry.html", {"entry": entry}) for entry in entries}


def _warmed() -> None:
    """Draw something: the first time loads templates, texts and a calendar, a second that no event should wait for."""
    entries = inbox.entries(None, list(Conversation.objects.values_list("pk", flat=True)[:1]))
    for language in dict(settings.LANGUAGES):
        drawn(entries, language)


def _told(events: Sequence[Event], entries: dict[UUID, str]) -> str:
    """Each event under its number; an entry travels with the last event of its conversation."""
    last = {event.conversation_id: event.pk for event in events if event.kind not in UNSEEN_IN_LIST}
    parts = []
    for event in events:
        data: dict[str, object] = {
            "conversation": str(event.conversation_id),
            "kind": event.kind,
            "seq": event.data.get("seq"),
            "actor": event.actor,
        }
        if event.kind in (rating.RATED, rating.COMMENTED):
            data |= {"agent": event.data.get("agent"), "score": event.data.get("score")}
        if last.get(event.conversation_id) == event.pk and event.conversation_id in entries:
            data["entry"] = entries[event.conversation_id]
        parts.append(sse("change", data, event.pk))
    return "".join(parts)


def sse(name: str, data: dict[str, object], number: int | None = None) -> str:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@dataclass(eq=False)
class Desk:
    """A page that listens. `lost` is set where it did not read in time and chunks were thrown away."""

    language: str
    chunks: asyncio.Queue[News] = field(default_factory=lambda: asyncio.Queue(BEHIND))
    lost: bool = False

    def clear(self) -> None:
        while not self.chunks.empty():
            self.chunks.get_nowait()

    def offer(self, told: News) -> None:
        if self.chunks.full():
            self.lost = True
            self.clear()
        self.chunks.put_nowait(told)


@dataclass
class Board:
    """One per event loop; it runs while a desk is open."""

    loop: asyncio.AbstractEventLoop
    desks: set[Desk] = field(default_factory=set)
    told: deque[News] = field(default_factory=lambda: deque(maxlen=KEPT))
    begins: int = 0
    ready: asyncio.Future[None] | None = None
    task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Returns once nothing that happens from now on is missed."""
        if self.task is None or self.task.done() or self.ready is None:
            self.ready = self.loop.create_future()
            self.told.clear()
            self.task = asyncio.create_task(self._run(self.ready))
        await asyncio.shield(self.ready)

    async def _run(self, ready: asyncio.Future[None]) -> None:
        try:
            await self._tell(ready)
        except Exception as error:
            log.exception("the desks' board stopped; it begins anew with the next page")
            if not ready.done():
                ready.set_exception(error)

    async def _tell(self, ready: asyncio.Future[None]) -> None:
        async with listen(None) as heard:
            await on_database(_warmed)
            self.begins = await on_database(newest)
            ready.set_result(None)
            while self.desks:
                events = await _next(heard)
                if not events and not heard.lost:
                    continue
                lost, heard.lost = heard.lost, False
                try:
                    told = await on_database(news, events, {desk.language for desk in self.desks})
                except Exception:
                    log.exception("the desks' news could not be read; they are told to fetch everything anew")
                    told, lost = News({}, {}, max((event.pk for event in events), default=0)), True
                self._hand_out(told, lost)
                await asyncio.sleep(PAUSE)

    def _hand_out(self, told: News, lost: bool) -> None:
        if lost:
            self.told.clear()
            self.begins = told.newest
        elif len(self.told) == KEPT:
            self.begins = self.told[0].newest
        if self.told and told.newest < self.told[-1].newest:
            told = replace(told, newest=self.told[-1].newest)
        if not lost:
            self.told.append(told)
        for desk in self.desks:
            desk.lost = desk.lost or lost
            desk.offer(told)

    def since(self, number: int, language: str) -> list[News] | None:
        """What was told after that event; None where it is not kept any more, or not in this language."""
        if not self.begins <= number <= (self.told[-1].newest if self.told else self.begins):
            return None
        later = [each for each in self.told if each.newest > number - overlap()]
        return later if all(language in each.text for each in later) else None


async def _next(heard: Listener) -> list[Event]:
    """What happened since the last look, after waiting for it a while."""
    try:
        events = [await asyncio.wait_for(heard.get(), 1)]
    except TimeoutError:
        return []
    while not heard.empty():
        events.append(heard.get_nowait())
    # A number that came late is told in its place.
    return sorted({event.pk: event for event in events}.values(), key=lambda event: event.pk)


def overlap() -> int:
    """How many numbers before the last one seen are told again."""
    return OVERLAP.get(connection.vendor, 0)


_boards: dict[int, Board] = {}


@asynccontextmanager
async def watch(language: str, after: int | None = None) -> AsyncIterator[tuple[Desk, list[News] | None]]:
    """Hear everything from now on, in this language; and what was told after that number, if it is still kept."""
    loop = asyncio.get_running_loop()
    board = _boards.get(id(loop))
    if board is None or board.loop is not loop:
        board = _boards[id(loop)] = Board(loop)
    desk = Desk(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE)
    board.desks.add(desk)
    try:
        await board.start()
        # Nothing is awaited between these two, so that nothing comes in between.
        desk.clear()
        yield desk, board.since(after, desk.language) if after is not None else None
    finally:
        board.desks.discard(desk)
