"""What the worker does for privacy; named in `settings.WORKER_CHORES`."""

from __future__ import annotations

import asyncio
import logging

from bot.conversations.database import on_database
from bot.conversations.rounds import pause, rounds
from bot.privacy import erasing, retention

log = logging.getLogger(__name__)

ERASING_PAUSE = 5.0
KEEPING_PAUSE = 3600.0
# Between two portions of what is too old, so that customers' messages need not wait.
PORTION_PAUSE = 2.0


async def erasing_what_was_asked(stop: asyncio.Event) -> None:
    """Take up erasures that a process left behind, and end those whose last turn is over."""

    async def erasures() -> None:
        for each in await on_database(erasing.due):
            await on_database(erasing.work, each)

    await rounds(stop, ERASING_PAUSE, erasures)


async def keeping(stop: asyncio.Event) -> None:
    """Erase what is older than retention.yml lets it be."""
    while not stop.is_set():
        seconds = KEEPING_PAUSE
        try:
            done = await on_database(retention.keep_to)
            if done:
                log.info("too old and erased: %s", ", ".join(f"{count} {kind}" for kind, count in sorted(done.items())))
                seconds = PORTION_PAUSE
        except Exception as error:
            log.warning("what is too old waits: %s", type(error).__name__)
        await pause(stop, seconds)
