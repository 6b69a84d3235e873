"""What customers said of the service, for the agents who gave it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.conversations import rating
from bot.conversations.models import Conversation, Event, Message
from knowledge.masking import masked


@dataclass(frozen=True)
class RatingView:
    """The newest rating of a conversation, 1 to 5, and why; `seq` is the line of the score, `why_seq` of the reason."""

    score: int
    seq: int
    why: str
    why_seq: int
    at: datetime


def comments(since: datetime, limit: int = 20) -> list[dict[str, Any]]:
    """The newest reasons that customers gave for their scores, masked, and what they are about."""
    given = Event.objects.filter(kind=rating.COMMENTED, at__gte=since).order_by("-pk")[:limit]
    found = []
    for event in given:
        lines = Message.objects.filter(conversation=event.conversation_id, seq=event.data.get("seq") or 0)
        text = lines.values_list("text", flat=True).first() or ""
        rated = Event.objects.filter(conversation=event.conversation_id, kind=rating.RATED, pk__lt=event.pk)
        score = rated.order_by("-pk").values_list("data__score", flat=True).first()
        at, agent = event.at.isoformat(), event.data.get("agent")
        found.append({
            "conversation": str(event.conversation_id), "agent": agent, "score": score, "text": masked(text), "at": at,
        })  # fmt: skip
    return found


def rating_of(conversation: Conversation) -> RatingView | None:
    rated = conversation.events.filter(kind=rating.RATED).order_by("-pk").first()
    if rated is None:
        return None
    why = conversation.events.filter(kind=rating.COMMENTED, pk__gt=rated.pk).order_by("-pk").first()
    seq = int(why.data.get("seq") or 0) if why else 0
    line = conversation.messages.filter(seq=seq, author=Message.Author.CUSTOMER).first() if seq else None
    return RatingView(
        int(rated.data.get("score") or 0), int(rated.data.get("seq") or 0), line.text if line else "", seq, rated.at
    )
