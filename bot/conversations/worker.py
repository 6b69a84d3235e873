"""What the worker does: turns left behind, the outbox. Any number of workers may run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from bot.conversations import outbox, turns
from bot.conversations.database import on_database
from bot.conversations.media import arrivals
from bot.conversations.rounds import rounds

log = logging.getLogger(__name__)

PAUSE = 0.25
AT_ONCE = 8
# The web process runs the turns of what it received itself; the worker takes up what has waited longer than it should.
GRACE = timedelta(seconds=1)


async def forever(stop: asyncio.Event) -> None:
    """Sweep until told to stop."""
    await rounds(stop, PAUSE, sweep)


async def sweep() -> None:
    """One round over everything that waits."""
    await _each(await on_database(turns.due, GRACE), turns.run)
    await _each(await on_database(arrivals.due), arrivals.fetch)
    await _each(await on_database(outbox.due), outbox.deliver)


async def _each(conversations: list[UUID], work: Callable[[UUID], Awaitable[object]]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(conversation: UUID) -> None:
        async with gate:
            try:
                await work(conversation)
            except Exception:
                log.exception("conversation %s: work failed; it stays due", conversation)

    await asyncio.gather(*(one(conversation) for conversation in conversations))
