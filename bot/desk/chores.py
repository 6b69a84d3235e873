"""What the worker does for the desk; named in `settings.WORKER_CHORES`."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from bot.conversations.database import on_database

log = logging.getLogger(__name__)

WAKING_PAUSE = 2.0
LEARNING_PAUSE = 1.0
FORWARDING_PAUSE = 0.5


async def waking(stop: asyncio.Event) -> None:
    """Bring back what agents put aside until now."""
    from bot.desk.tools.snoozing import wake_due

    await _again(stop, WAKING_PAUSE, wake_due)


async def learning(stop: asyncio.Event) -> None:
    """Read what is new: what a conversation is about, who should have it, and what agents answered."""
    from bot.desk.sorting.assignment import assign_waiting
    from bot.desk.sorting.sort import sort_due
    from bot.desk.tools.past_replies import learn

    await _again(stop, LEARNING_PAUSE, sort_due, assign_waiting, learn)


async def forwarding(stop: asyncio.Event) -> None:
    """Keep another desk up to date; our own has nothing to be told."""
    from django.conf import settings

    from bot.desk.desks.forwarding import due, forward

    while settings.DESK != "own" and not stop.is_set():
        try:
            for conversation in await on_database(due):
                await forward(conversation)
        except Exception:
            log.exception("the other desk could not be brought up to date; trying again")
        await _pause(stop, FORWARDING_PAUSE)


async def _again(stop: asyncio.Event, pause: float, *tasks: Callable[[], Any]) -> None:
    while not stop.is_set():
        for task in tasks:
            try:
                await on_database(task)
            except Exception as error:
                log.warning("%s waits: %s: %s", task.__name__, type(error).__name__, error)
        await _pause(stop, pause)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
