"""What the worker does: turns left behind, the outbox, agents who fell silent. Any number of workers may run."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from bot.conversations import outbox, ownership, turns
from bot.conversations.database import on_database
from bot.conversations.media import arrivals
from bot.conversations.models import Handoff, Message

log = logging.getLogger(__name__)

PAUSE = 0.25
AT_ONCE = 8
# The web process runs the turns of what it received itself; the worker takes up what has waited longer than it should.
GRACE = timedelta(seconds=1)


async def forever(stop: asyncio.Event) -> None:
    """Sweep until told to stop."""
    while not stop.is_set():
        try:
            await sweep()
        except Exception:
            log.exception("the sweep failed; trying again")
            await asyncio.sleep(2)
        try:
            await asyncio.wait_for(stop.wait(), PAUSE)
        except TimeoutError:
            continue


async def sweep() -> None:
    """One round over everything that waits."""
    await _each(await on_database(turns.due, GRACE), turns.run)
    await _each(await on_database(arrivals.due), arrivals.fetch)
    await _each(await on_database(outbox.due), outbox.deliver)
    await on_database(release_silent_agents)


async def _each(conversations: list[UUID], work: Callable[[UUID], Awaitable[object]]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(conversation: UUID) -> None:
        async with gate:
            try:
                await work(conversation)
            except Exception:
                log.exception("conversation %s: work failed; it stays due", conversation)

    await asyncio.gather(*(one(conversation) for conversation in conversations))


def release_silent_agents() -> int:
    """Give conversations back to the queue whose agent has let a customer wait too long; tell how many.

    What an agent has put aside until later (`settings.PUT_ASIDE`) waits on purpose.
    """
    limit = timezone.now() - settings.AGENT_SILENCE
    released = 0
    put_aside = import_string(settings.PUT_ASIDE)()
    held = Handoff.objects.filter(taken_at__lt=limit).exclude(conversation__in=put_aside)
    for handoff in held.filter(state=Handoff.State.ASSIGNED):
        ownership.release(handoff.conversation_id, "system", "offer not accepted")
        released += 1
    for handoff in held.filter(state=Handoff.State.ACTIVE).select_related("conversation"):
        spoken = handoff.conversation.messages.exclude(author=Message.Author.SYSTEM).exclude(handled=True)
        last = spoken.order_by("-seq").first()
        if last and last.author == Message.Author.CUSTOMER and last.created_at < limit:
            ownership.release(handoff.conversation_id, "system", "agent silent")
            released += 1
    return released
