"""What the worker does for outreach; named in `settings.WORKER_CHORES`."""

from __future__ import annotations

import asyncio

from django.conf import settings

from bot.conversations.rounds import rounds

PAUSE = 60.0


async def reaching(stop: asyncio.Event) -> None:
    """Write what is due, where the shop has turned it on, and note what was bought after an offer."""
    from bot.outreach.offering import note_purchases
    from bot.outreach.sending import send_due

    await rounds(stop, PAUSE, *((send_due,) if settings.OUTREACH else ()), note_purchases)
