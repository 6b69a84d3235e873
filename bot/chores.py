"""What the worker does for parts that know nothing of conversations; named in `settings.WORKER_CHORES`."""

from __future__ import annotations

import asyncio
import logging

from bot.conversations.database import on_database
from bot.conversations.rounds import rounds
from channels import registry
from channels.base import ChannelError, Polled

log = logging.getLogger(__name__)

INDEX_PAUSE = 0.3
EDITING_PAUSE = 3.0
FORGET_PAUSE = 600.0


async def indexing(stop: asyncio.Event) -> None:
    """Bring articles that were published or withdrawn into the index; what fails stays pending."""
    from knowledge.index import index_pending

    await rounds(stop, INDEX_PAUSE, index_pending)


async def editing(stop: asyncio.Event) -> None:
    """Publish and withdraw what editors scheduled, and close the gaps that articles answer by now."""
    from knowledge.gaps import close_answered, join_left_behind
    from knowledge.impact import get_ready
    from knowledge.remembered import forget_old
    from knowledge.scheduling import publish_scheduled

    await on_database(forget_old)
    await rounds(stop, EDITING_PAUSE, publish_scheduled, join_left_behind, close_answered, get_ready)


async def forgetting(stop: asyncio.Event) -> None:
    """Remove uploads whose message never came, with their bytes."""
    from bot.conversations.media.store import forget_uploads

    async def forget_all_uploads() -> None:
        while not stop.is_set() and await on_database(forget_uploads) > 0:
            pass

    await rounds(stop, FORGET_PAUSE, forget_all_uploads)


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
