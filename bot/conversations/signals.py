"""What is worth knowing for a moment, or of a message: who is typing, what has arrived and what has been read."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils import timezone

from bot.conversations.models import BOT, Conversation, Delivery, Event, record
from bot.conversations.writing import lock
from channels.base import DELIVERY_RANK

# Who hears that somebody is typing may take it as over after this many seconds.
TYPING_LASTS = 8


@transaction.atomic
def customer_typing(conversation_id: UUID) -> None:
    """Tell a person who answers; the bot does not look up from its papers."""
    conversation = Conversation.objects.get(pk=conversation_id)
    if conversation.owner not in ("", BOT):
        _typing(conversation, "customer")


@transaction.atomic
def agent_typing(conversation_id: UUID, agent_id: int) -> None:
    """Show the customer's page that the agent is writing."""
    _typing(Conversation.objects.get(pk=conversation_id), f"agent:{agent_id}")


def _typing(conversation: Conversation, actor: str) -> None:
    """Only the newest of a kind is kept: it is news, not history."""
    Event.objects.filter(conversation=conversation, kind="typing", actor=actor).delete()
    record(conversation, "typing", actor)


@transaction.atomic
def agent_read(conversation_id: UUID, agent_id: int, seq: int) -> None:
    """An agent has the conversation before them, down to line `seq`."""
    conversation = lock(conversation_id)
    seen = Event.objects.filter(conversation=conversation, kind="read", actor__startswith="agent:")
    newest = seen.order_by("-pk").values_list("data__seq", flat=True).first() or 0
    if seq > newest:
        seen.delete()
        record(conversation, "read", f"agent:{agent_id}", seq=seq)


@transaction.atomic
def customer_received(conversation_id: UUID, seq: int, state: str) -> None:
    """The page has our messages up to `seq`: `delivered`, or `read` by the customer. Never goes backwards."""
    conversation = lock(conversation_id)
    earlier = [name for name, rank in DELIVERY_RANK.items() if rank < DELIVERY_RANK[state]]
    due = Delivery.objects.filter(conversation=conversation, message__seq__lte=seq, state__in=earlier)
    for delivery in due.select_related("message").order_by("message__seq"):
        delivery.state, delivery.updated_at = state, timezone.now()
        delivery.save(update_fields=["state", "updated_at"])
        record(conversation, "delivery", "customer", seq=delivery.message.seq, state=state, error="")
