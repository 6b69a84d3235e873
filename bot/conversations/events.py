"""Live events: whoever waits on a conversation, or on all of them, hears of each change.

The truth is the `Event` table; this is how a waiting page learns that there is something to read. What the process
itself commits comes straight to the feed; what other processes wrote is found by one short query every `POLL` seconds,
whatever the number of listeners.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from bot.conversations.database import on_database
from bot.conversations.models import Event

log = logging.getLogger(__name__)

POLL = 0.1
# The log is read at once, but not again within this time: what is committed meanwhile is read together.
GATHER = 0.01
BACKLOG = 1000
# A number that did not appear within this many seconds belongs to a transaction that was taken back.
LATE = 60.0


class Listener(asyncio.Queue[Event]):
    """What one page has still to read. `lost` is set where it fell behind and events were thrown away."""

    lost = False


@dataclass
class Feed:
    """One per event loop; it runs while somebody listens."""

    loop: asyncio.AbstractEventLoop
    listeners: dict[UUID | None, set[Listener]] = field(default_factory=lambda: defaultdict(set))
    news: asyncio.Event = field(default_factory=asyncio.Event)
    last: int = 0
    missing: dict[int, float] = field(default_factory=dict)
    given: list[Event] = field(default_factory=list)
    read_at: float = 0.0
    task: asyncio.Task[None] | None = None
    starting: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def start(self) -> None:
        """Returns once nothing that happens from now on is missed."""
        async with self.starting:
            if self.task is None or self.task.done():
                self.last = await on_database(newest)
                self.task = asyncio.create_task(self._run())

    def give(self, event: Event) -> None:
        """An event that this process has committed; from any thread."""
        if not self.loop.is_closed():
            self.loop.call_soon_threadsafe(self._take, event)

    def _take(self, event: Event) -> None:
        self.given.append(event)
        self.news.set()

    async def _run(self) -> None:
        while self.listeners:
            self.news.clear()
            try:
                if not self._given_follow():
                    await asyncio.sleep(max(0.0, self.read_at + GATHER - self.loop.time()))
                    self.read_at = self.loop.time()
                    await self._read()
            except Exception:
                log.exception("the live feed could not read the event log; trying again")
                await asyncio.sleep(1)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.news.wait(), POLL)

    def _given_follow(self) -> bool:
        """Tell what was given, unless another process has written in between; False where the log has to be read."""
        given, self.given = self.given, []
        fresh = sorted((event for event in given if event.pk > self.last), key=lambda event: event.pk)
        if self.missing or not given or (fresh and fresh[-1].pk != self.last + len(fresh)):
            return False
        for event in fresh:
            self.last = event.pk
            self._tell(event)
        return True

    async def _read(self) -> None:
        now = self.loop.time()
        for event in await on_database(_after, self.last, sorted(self.missing)):
            self.missing.pop(event.pk, None)
            if event.pk > self.last:
                # PostgreSQL hands out numbers before commit: a number that is skipped now may still appear.
                self.missing.update(dict.fromkeys(range(max(self.last + 1, event.pk - BACKLOG), event.pk), now))
                self.last = event.pk
            self._tell(event)
        self.missing = {number: since for number, since in self.missing.items() if now - since < LATE}

    def _tell(self, event: Event) -> None:
        for listener in [*self.listeners.get(event.conversation_id, ()), *self.listeners.get(None, ())]:
            _offer(listener, event)


def _offer(listener: Listener, event: Event) -> None:
    """A page that does not read falls behind without holding up the others: it reloads what it missed by number."""
    if listener.full():
        listener.get_nowait()
        listener.lost = True
    listener.put_nowait(event)


def newest() -> int:
    """The number of the last event that was committed, 0 before the first."""
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _after(last: int, missing: list[int]) -> list[Event]:
    fresh = list(Event.objects.filter(pk__gt=last).order_by("pk")[:BACKLOG])
    late = list(Event.objects.filter(pk__in=missing).order_by("pk")) if missing else []
    return late + fresh


_feeds: dict[int, Feed] = {}


def _feed() -> Feed:
    loop = asyncio.get_running_loop()
    feed = _feeds.get(id(loop))
    if feed is None or feed.loop is not loop:
        feed = _feeds[id(loop)] = Feed(loop)
    return feed


@asynccontextmanager
async def listen(conversation_id: UUID | None = None) -> AsyncIterator[Listener]:
    """Hear the events of one conversation, or of all when none is named, from now on."""
    feed, listener = _feed(), Listener(maxsize=BACKLOG)
    feed.listeners[conversation_id].add(listener)
    try:
        await feed.start()
        yield listener
    finally:
        feed.listeners[conversation_id].discard(listener)
        if not feed.listeners[conversation_id]:
            del feed.listeners[conversation_id]


def give_after_commit(sender: type[Event], instance: Event, **kwargs: Any) -> None:
    """Receiver of `post_save` on Event."""
    transaction.on_commit(partial(_give_all, instance))


def _give_all(event: Event) -> None:
    for feed in list(_feeds.values()):
        feed.give(event)
