"""What the worker does for the insights: reads the log, looks with the radar, writes the weekly mail."""

from __future__ import annotations

import asyncio

from bot.conversations.rounds import rounds

PAUSE_SECONDS = 30.0
LOOK_EVERY = 600.0


async def counting(stop: asyncio.Event) -> None:
    """Keep the figures up to date; errors are logged and the next round tries again."""
    from bot.insights import digest, reading
    from bot.insights.radar import watching

    await asyncio.gather(
        rounds(stop, PAUSE_SECONDS, reading.refresh, digest.send_when_due),
        rounds(stop, LOOK_EVERY, watching.watch),
    )
