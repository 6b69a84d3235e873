"""A low rating of a conversation that is over comes to the desk, once the customer has had time to say why."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from bot.conversations import ownership, rating
from bot.conversations.models import NOBODY, Conversation, Event, Message
from bot.conversations.writing import lock
from bot.outreach.surveys import FOLLOW_UP, URGENT

TIME_TO_SAY_WHY = timedelta(minutes=15)
# What is older was rated while nothing followed up, and is no news to anybody.
LATEST = timedelta(days=2)
WORST = 1


def follow_ratings(now: datetime | None = None) -> int:
    """Put resolved conversations that were rated badly into the queue; how many. Each rating counts once."""
    now = now or timezone.now()
    low = Event.objects.filter(
        kind=rating.RATED, at__gte=now - LATEST, at__lte=now - TIME_TO_SAY_WHY, data__score__lte=rating.LOW,
        conversation__owner=NOBODY,
    )  # fmt: skip
    return sum(_follow(event) for event in low.order_by("pk")[:50])


@transaction.atomic
def _follow(rated: Event) -> bool:
    """Look again under the lock: who came back meanwhile, or was called back, is being looked after."""
    conversation = lock(rated.conversation_id)
    later = conversation.events.filter(pk__gt=rated.pk)
    if conversation.owner != NOBODY or later.filter(kind="owner").exists():
        return False
    score = int(rated.data["score"])
    why = later.filter(kind=rating.COMMENTED).order_by("-pk").first()
    lines = conversation.messages.filter(author=Message.Author.CUSTOMER, seq=why.data["seq"] if why else -1)
    said = lines.values_list("text", flat=True).first()
    Conversation.objects.filter(pk=conversation.pk).update(resolved_at=None)
    trigger = f"CSAT {score}: {said}" if said else f"CSAT {score}"
    ownership.request(conversation.pk, FOLLOW_UP, "system", trigger, URGENT if score <= WORST else None)
    return True
