"""What the worker does for the desk; named in `settings.WORKER_CHORES`."""

from __future__ import annotations

import asyncio

from bot.conversations.database import on_database
from bot.conversations.rounds import rounds

WAKING_PAUSE = 2.0
LEARNING_PAUSE = 1.0
FORWARDING_PAUSE = 0.5


async def waking(stop: asyncio.Event) -> None:
    """Bring back what agents put aside until now."""
    from bot.desk.tools.snoozing import wake_due

    await rounds(stop, WAKING_PAUSE, wake_due)


async def learning(stop: asyncio.Event) -> None:
    """Read what is new: what a conversation is about, who should have it, and what agents answered."""
    from bot.desk.sorting.assignment import assign_waiting
    from bot.desk.sorting.sort import sort_due
    from bot.desk.tools.past_replies import learn

    await rounds(stop, LEARNING_PAUSE, sort_due, assign_waiting, learn)


async def forwarding(stop: asyncio.Event) -> None:
    """Keep another desk up to date; our own has nothing to be told."""
    from django.conf import settings

    from bot.desk.desks.forwarding import due, forward

    async def tell() -> None:
        for conversation in await on_database(due):
            await forward(conversation)

    if settings.DESK != "own":
        await rounds(stop, FORWARDING_PAUSE, tell)
