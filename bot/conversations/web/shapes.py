"""How a conversation looks to its customer's page."""

from __future__ import annotations

from typing import Any

from bot.conversations.models import Conversation, Identity, Message


def message(line: Message) -> dict[str, Any]:
    """A message as the design's web channel shows it; times are ISO 8601 in UTC."""
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
        "created_at": line.created_at.isoformat(),
    }


def messages(identity: Identity, after: int, limit: int = 200) -> list[dict[str, Any]]:
    """What was said at this identity, in whichever conversation; nothing of what was said elsewhere."""
    lines = identity.messages.filter(seq__gt=after, note=False).select_related("agent").order_by("seq")
    return [message(line) for line in lines[:limit]]


def state(conversation: Conversation, identity: Identity | None = None) -> dict[str, Any]:
    """Who answers, whether it is open, and whether a turn is still running.

    Of a conversation that has left `identity` only where it went is told.
    """
    if identity and conversation.identity_id != identity.pk:
        gone = {"owner": None, "status": "open", "pending": False, "language": conversation.language, "asks": None}
        return {**gone, "moved_to": conversation.channel}
    return {
        "owner": conversation.owner.partition(":")[0] or None,
        "status": conversation.status,
        "pending": conversation.turn_due_at is not None,
        "language": conversation.language,
        "asks": conversation.asks or None,
    }
