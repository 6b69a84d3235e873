"""What the worker watches over in conversations that are with people: agents who fell silent or went offline, and
customers who wait longer than they were told to expect."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.module_loading import import_string

from bot.conversations import away, notices, ownership, rating
from bot.conversations.models import QUEUE, Conversation, Handoff, Message, agent_owner, record
from bot.conversations.rounds import rounds
from bot.conversations.writing import append, lock

# Seconds between two rounds.
PAUSE = 2.0
# A stay in the queue that is longer than this is told of again.
LONGEST = timedelta(hours=24)
SILENT, OFFLINE = "agent silent", "agent offline"


async def keep(stop: asyncio.Event) -> None:
    """One of the worker's chores: look every few seconds, until told to stop."""
    await rounds(stop, PAUSE, release_silent_agents, tell_waiting, rating.ask_due)


def release_silent_agents() -> int:
    """Give conversations back to the queue whose agent lets a customer wait too long, or whom nobody who was offered
    one takes; tell how many.

    What an agent has put aside until later (`settings.PUT_ASIDE`) waits on purpose.
    """
    now = timezone.now()
    offered = Handoff.objects.filter(state=Handoff.State.ASSIGNED, taken_at__lt=now - settings.AGENT_SILENCE)
    untaken = list(offered.values_list("conversation_id", flat=True))
    for conversation_id in untaken:
        ownership.release(conversation_id, "system", "offer not accepted")
    soonest = now - min(settings.AGENT_OFFLINE, settings.AGENT_SILENCE)
    spoken = Message.objects.filter(conversation=OuterRef("conversation")).exclude(author=Message.Author.SYSTEM)
    last = spoken.exclude(handled=True).order_by("-seq")
    waiting = (
        Handoff.objects.filter(state=Handoff.State.ACTIVE, taken_at__lt=soonest)
        .exclude(agent=None)
        .exclude(conversation__in=import_string(settings.PUT_ASIDE)())
        .annotate(by=Subquery(last.values("author")[:1]), at=Subquery(last.values("created_at")[:1]))
        .filter(by=Message.Author.CUSTOMER, at__lt=soonest)
    )
    pairs = list(waiting.values_list("conversation_id", "agent_id"))
    gone = {agent: notices.team.gone_since(agent) is not None for agent in {agent for _, agent in pairs}}
    return len(untaken) + sum(_release(pk, agent, gone[agent], now) for pk, agent in pairs)


@transaction.atomic
def _release(conversation_id: UUID, agent_id: int, gone: bool, now: datetime) -> bool:
    """Look again under the lock: the agent may have answered, or a colleague taken over, a moment ago."""
    patience = settings.AGENT_OFFLINE if gone else settings.AGENT_SILENCE
    conversation = lock(conversation_id)
    handoff = ownership.open_handoff(conversation)
    if conversation.owner != agent_owner(agent_id) or not handoff or not handoff.taken_at:
        return False
    if handoff.taken_at >= now - patience or not _waits(conversation_id, now - patience):
        return False
    ownership.release(conversation_id, "system", OFFLINE if gone else SILENT)
    return True


def _waits(conversation_id: UUID, since: datetime) -> bool:
    """Whether the last words are the customer's, and older than that."""
    spoken = Message.objects.filter(conversation=conversation_id).exclude(author=Message.Author.SYSTEM)
    last = spoken.exclude(handled=True).order_by("-seq").first()
    return last is not None and last.author == Message.Author.CUSTOMER and last.created_at < since


def tell_waiting() -> int:
    """Tell those who have waited in the queue for long, once a stay; how many were told."""
    now = timezone.now()
    if not notices.hours.open_now(now):
        return 0
    long_ago = Handoff.objects.filter(state=Handoff.State.QUEUED, created_at__lt=now - settings.QUEUE_PATIENCE)
    told = Conversation.objects.filter(events__kind="still_waiting", events__at__gte=now - LONGEST)
    waiting = long_ago.exclude(conversation__in=told.values("pk")).values_list("conversation_id", flat=True)
    return sum(_tell(pk, now) for pk in waiting[:50])


@transaction.atomic
def _tell(conversation_id: UUID, now: datetime) -> bool:
    conversation = lock(conversation_id)
    handoff = ownership.open_handoff(conversation)
    since = now - settings.QUEUE_PATIENCE
    already = handoff and conversation.events.filter(kind="still_waiting", at__gte=handoff.created_at).exists()
    if conversation.owner != QUEUE or not handoff or handoff.created_at >= since or already:
        return False
    record(conversation, "still_waiting", "system", handoff=handoff.pk)
    notice = notices.still_waiting(conversation.language, away.can_be_called(conversation))
    away.offer(conversation, "waiting")
    append(conversation, Message.Author.SYSTEM, notice.text, options=notice.options())
    return True
