"""What the worker does for outreach; named in `settings.WORKER_CHORES`."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from django.conf import settings

from bot.conversations.database import on_database

log = logging.getLogger(__name__)

PAUSE = 60.0


async def reaching(stop: asyncio.Event) -> None:
    """Write what is due, where the shop has turned it on, and note what was bought after an offer."""
    from bot.outreach.offering import note_purchases
    from bot.outreach.sending import send_due

    while not stop.is_set():
        try:
            if settings.OUTREACH:
                await on_database(send_due)
            await on_database(note_purchases)
        except Exception:
            log.exception("outreach could not be written; trying again")
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), PAUSE)
