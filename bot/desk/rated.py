"""What customers said of the service, for the agents who gave it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.conversations import rating
from bot.conversations.models import Conversation, Message


@dataclass(frozen=True)
class RatingView:
    """The newest rating of a conversation, 1 to 5, and why; `seq` is the line of the score, `why_seq` of the reason."""

    score: int
    seq: int
    why: str
    why_seq: int
    at: datetime


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
