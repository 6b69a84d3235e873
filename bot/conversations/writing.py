"""The only place where a message is added to a conversation."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from bot import tracing
from bot.conversations.models import Conversation, Delivery, Identity, Message, record
from bot.dialogue.base import Option
from bot.prepared import prepared
from channels.base import Template

# On these channels our own database is what the customer's page reads: a stored message is a sent one.
STORED_IS_SENT = frozenset({"web"})


def lock(conversation_id: UUID) -> Conversation:
    """Fetch the conversation for change; the caller holds a transaction. Raises Conversation.DoesNotExist."""
    found = _held(conversation_id)
    if not found:
        raise Conversation.DoesNotExist(f"There is no conversation {conversation_id}.")
    return found[0]


@prepared
def _held(conversation_id: UUID) -> QuerySet[Conversation]:
    return Conversation.objects.select_for_update().filter(pk=conversation_id)


def unanswered(conversation: Conversation) -> list[Message]:
    """The customer's lines that wait for the dialogue, in order."""
    return _unanswered(conversation.pk, conversation.answered_seq)


@prepared
def _unanswered(conversation: UUID, answered: int) -> QuerySet[Message]:
    said = Message.objects.filter(conversation=conversation, author=Message.Author.CUSTOMER, handled=False)
    return said.filter(seq__gt=answered).order_by("seq")


def append(
    conversation: Conversation,
    author: Message.Author,
    text: str,
    *,
    agent_id: int | None = None,
    note: bool = False,
    choice: str = "",
    options: Sequence[Option] = (),
    citations: Sequence[Mapping[str, Any]] = (),
    attachments: Sequence[Mapping[str, Any]] = (),
    asks: str = "",
    in_reply_to: UUID | None = None,
    template: Template | None = None,
    handled: bool = False,
    place: Identity | None = None,
) -> Message:
    """Add a line under the conversation's present epoch and queue it for delivery where that is due.

    `place` is where it goes if not to where the conversation is now; `handled` keeps a customer's line from the
    dialogue. The conversation is locked by the caller and saved here.
    """
    conversation.last_seq += 1
    choices, payloads = [], {}
    for option in options:
        key = secrets.token_urlsafe(9)
        choices.append({"id": key, "label": option.label})
        payloads[key] = option.payload
    message = Message.objects.create(
        conversation=conversation,
        identity=place or conversation.identity,
        seq=conversation.last_seq,
        epoch=conversation.epoch,
        author=author,
        agent_id=agent_id,
        text=text,
        note=note,
        handled=handled,
        choice=choice,
        choices=choices,
        payloads=payloads,
        citations=list(citations),
        attachments=list(attachments),
        asks=asks,
        in_reply_to=in_reply_to,
        template=template.model_dump(mode="json") if template else None,
    )
    outgoing = author != Message.Author.CUSTOMER and not note
    if outgoing:
        if author != Message.Author.SYSTEM:
            conversation.asks = asks
        _queue(conversation, message)
    conversation.updated_at = timezone.now()
    conversation.save()
    actor = f"agent:{agent_id}" if agent_id else str(author)
    kind = "note" if note else "message"
    record(conversation, kind, actor, seq=message.seq, id=str(message.pk), **tracing.carried())
    return message


def _queue(conversation: Conversation, message: Message) -> None:
    if message.identity.channel in STORED_IS_SENT:
        Delivery.objects.create(conversation=conversation, message=message, state="sent")
        return
    Delivery.objects.create(conversation=conversation, message=message)
    conversation.outbox_due_at = timezone.now()
