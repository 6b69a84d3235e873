"""What the worker does for the desk; named in `settings.WORKER_CHORES`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from bot.conversations.database import on_database

log = logging.getLogger(__name__)

WAKING_PAUSE = 2.0
LEARNING_PAUSE = 5.0


async def waking(stop: asyncio.Event) -> None:
    """Bring back what agents put aside until now."""
    from bot.desk.tools.snoozing import wake_due

    await _again(stop, WAKING_PAUSE, wake_due)


async def learning(stop: asyncio.Event) -> None:
    """Read new messages once: what agents answered, for suggestions, and what a conversation is about."""
    from bot.desk.tools.past_replies import learn

    await _again(stop, LEARNING_PAUSE, learn)


async def _again(stop: asyncio.Event, pause: float, *tasks: Callable[[], Any]) -> None:
    while not stop.is_set():
        for task in tasks:
            try:
                await on_database(task)
            except Exception as error:
                log.warning("%s waits: %s: %s", task.__name__, type(error).__name__, error)
        try:
            await asyncio.wait_for(stop.wait(), pause)
        except TimeoutError:
            continue
