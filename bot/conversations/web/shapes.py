"""How a conversation looks to its customer's page."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Q, QuerySet, prefetch_related_objects

from bot.conversations.models import Conversation, Event, Identity, InboundEvent, Message, Move
from bot.prepared import prepared

# Lines that a page is given at a time.
AT_ONCE = 200


def message(line: Message, client_id: str | None = None) -> dict[str, Any]:
    """A message as the design's web channel shows it; times are ISO 8601 in UTC. `client_id` is the page's own name
    of it, so that a page knows what it was still trying to send."""
    return {
        "id": str(line.pk),
        "seq": line.seq,
        "author": line.author,
        "name": line.agent.get_full_name() or line.agent.get_username() if line.agent else "",
        "text": line.text,
        "choices": line.choices,
        "citations": line.citations,
        "asks": line.asks or None,
        "attachments": line.attachments,
        "in_reply_to": str(line.in_reply_to) if line.in_reply_to else None,
        "client_id": client_id,
        "created_at": line.created_at.isoformat(),
    }


def messages(identity: Identity, conversation: Conversation, after: int) -> list[dict[str, Any]]:
    """What was said at this identity, in the conversation that its page shows and in those that came or went by
    moving; nothing of what was said elsewhere."""
    lines = _lines(identity.pk, after)
    if any(line.conversation_id != conversation.pk for line in lines):
        moved = Move.objects.filter(Q(source=identity) | Q(place=identity)).exclude(used_at=None).values("conversation")
        here = Q(conversation=conversation) | Q(conversation__in=moved)
        lines = list(identity.messages.filter(here, seq__gt=after, note=False).order_by("seq")[:AT_ONCE])
    prefetch_related_objects([line for line in lines if line.agent_id], "agent")
    said = [line.pk for line in lines if line.author == Message.Author.CUSTOMER]
    events = InboundEvent.objects.filter(channel="web", message__in=said) if said else []
    names = {event.message_id: event.event_id.rpartition(":")[2] for event in events}
    return [message(line, names.get(line.pk)) for line in lines]


@prepared
def _lines(identity: int, after: int) -> QuerySet[Message]:
    return Message.objects.filter(identity=identity, seq__gt=after, note=False).order_by("seq")[:AT_ONCE]


def state(conversation: Conversation, identity: Identity | None = None) -> dict[str, Any]:
    """Who answers, whether it is open, whether a turn is still running, and how far the shop has read.

    Of a conversation that has left `identity` only where it went is told.
    """
    if identity and conversation.identity_id != identity.pk:
        gone = {"owner": None, "status": "open", "pending": False, "language": conversation.language, "asks": None}
        return {**gone, "read": 0, "moved_to": conversation.channel}
    return {
        "owner": conversation.owner.partition(":")[0] or None,
        "status": conversation.status,
        "pending": conversation.turn_due_at is not None,
        "language": conversation.language,
        "asks": conversation.asks or None,
        "read": read_up_to(conversation),
    }


def read_up_to(conversation: Conversation) -> int:
    """The number of the last line that was answered, or that an agent has had before their eyes."""
    if conversation.epoch == 1:
        return conversation.answered_seq  # nobody but the bot has ever owned it
    replied = conversation.messages.filter(author=Message.Author.AGENT, note=False).aggregate(last=Max("seq"))["last"]
    looked = Event.objects.filter(conversation=conversation, kind="read", actor__startswith="agent:")
    seen = looked.order_by("-pk").values_list("data__seq", flat=True).first()
    return max(conversation.answered_seq, replied or 0, seen or 0)
