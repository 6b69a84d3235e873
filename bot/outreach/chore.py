"""What the worker does for outreach; named in `settings.WORKER_CHORES`."""

from __future__ import annotations

import asyncio
from datetime import datetime

from django.conf import settings

from bot.conversations.rounds import rounds

PAUSE = 60.0


async def reaching(stop: asyncio.Event) -> None:
    """Write what is due, where the shop has turned it on; bring low ratings to the desk, and note what was bought after
    an offer."""
    from bot.outreach.follow_ups import follow_ratings
    from bot.outreach.offering import note_purchases
    from bot.outreach.sending import send_due

    resting: dict[str, datetime] = {}

    def send() -> None:
        send_due(resting=resting)

    await rounds(stop, PAUSE, *((send,) if settings.OUTREACH else ()), follow_ratings, note_purchases)
