"""How a chore of the worker goes on: a round of tasks, a pause, and again, until the worker stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from inspect import iscoroutinefunction
from typing import Any

from bot.conversations.database import on_database

log = logging.getLogger(__name__)

# What a round waits for is seldom back sooner.
AFTER_A_FAILURE = 2.0


async def rounds(stop: asyncio.Event, seconds: float, *tasks: Callable[[], Any]) -> None:
    """Run the tasks one after the other, wait so long, and again until `stop` is set.

    A plain function runs on a database thread. One that fails is logged and comes again in the next round; the others
    are run all the same.
    """
    failing: set[Callable[[], Any]] = set()
    while not stop.is_set():
        for task in tasks:
            try:
                await (task() if iscoroutinefunction(task) else on_database(task))
            except Exception as error:
                # Where it happened is told once: a server that is down for hours would fill the log.
                told = "%s waits: %s: %s", task.__name__, type(error).__name__, error
                log.warning(*told, exc_info=task not in failing)
                failing.add(task)
            else:
                failing.discard(task)
        await pause(stop, max(seconds, AFTER_A_FAILURE) if failing else seconds)


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait so long, or until `stop` is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
