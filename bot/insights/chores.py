"""What the worker does for the insights: reads the log, looks with the radar, writes the weekly mail."""

from __future__ import annotations

import asyncio
import logging

from bot.conversations.database import on_database

log = logging.getLogger(__name__)

PAUSE_SECONDS = 30.0
LOOK_EVERY = 20


async def counting(stop: asyncio.Event) -> None:
    """Keep the figures up to date; errors are logged and the next round tries again."""
    from bot.insights import digest, reading
    from bot.insights.radar import watching

    turn = 0
    while not stop.is_set():
        tasks = [reading.refresh, digest.send_when_due]
        if turn % LOOK_EVERY == 0:
            tasks.append(watching.watch)  # type: ignore[arg-type]
        for task in tasks:
            try:
                await on_database(task)
            except Exception as error:
                log.warning("%s waits: %s: %s", task.__name__, type(error).__name__, error)
        turn += 1
        try:
            await asyncio.wait_for(stop.wait(), PAUSE_SECONDS)
        except TimeoutError:
            continue
