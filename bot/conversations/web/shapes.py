"""How a conversation looks to its customer's page."""

from __future__ import annotations

from typing import Any

from bot.conversations.models import Conversation, Message


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


def messages(conversation: Conversation, after: int, limit: int = 200) -> list[dict[str, Any]]:
    lines = conversation.messages.filter(seq__gt=after, note=False).select_related("agent").order_by("seq")
    return [message(line) for line in lines[:limit]]


def state(conversation: Conversation) -> dict[str, Any]:
    """Who answers, whether it is open, and whether a turn is still running."""
    return {
        "owner": conversation.owner.partition(":")[0] or None,
        "status": conversation.status,
        "pending": conversation.turn_due_at is not None,
        "language": conversation.language,
        "asks": conversation.asks or None,
    }
