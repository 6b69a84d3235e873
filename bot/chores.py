"""What the worker does for parts that know nothing of conversations; named in `settings.WORKER_CHORES`."""

from __future__ import annotations

import asyncio
import logging

from bot.conversations.database import on_database
from channels import registry
from channels.base import ChannelError, Polled

log = logging.getLogger(__name__)

INDEX_PAUSE = 0.3


async def indexing(stop: asyncio.Event) -> None:
    """Bring articles that were published or withdrawn into the index; what fails stays pending."""
    from knowledge.index import index_pending

    while not stop.is_set():
        pause = INDEX_PAUSE
        try:
            await on_database(index_pending)
        except Exception as error:
            log.warning("articles are waiting to be indexed: %s: %s", type(error).__name__, error)
            pause = 3
        await _pause(stop, pause)


async def polling(stop: asyncio.Event) -> None:
    """Ask the channels that are not called: a mailbox, and Telegram where we have no public address."""
    await asyncio.gather(*(_poll(kind, adapter, stop) for kind, adapter in _polled()))


def _polled() -> list[tuple[str, Polled]]:
    found: list[tuple[str, Polled]] = []
    for kind in registry.CHANNELS:
        try:
            adapter = registry.adapter(kind)
        except registry.NotConfigured:
            continue
        if isinstance(adapter, Polled):
            found.append((kind, adapter))
    return found


async def _poll(kind: str, adapter: Polled, stop: asyncio.Event) -> None:
    from bot.conversations.webhooks import take_in

    try:
        async for events in adapter.batches(stop):
            await take_in(events)
    except ChannelError as error:
        log.error("%s is no longer asked for messages until the worker starts again: %s", kind, error)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
