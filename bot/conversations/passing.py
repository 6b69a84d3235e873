"""A conversation goes from one person to another, and what was done by mistake is taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from bot.conversations import notices
from bot.conversations.models import Conversation, Handoff, Message, agent_owner, record
from bot.conversations.ownership import change_owner, open_handoff
from bot.conversations.writing import append, lock


class TooLate(Exception):
    """Something else has happened to the conversation since: taking it back would undo that too."""


@transaction.atomic
def offer(conversation_id: UUID, agent_id: int, actor: str, *, agent_name: str, note: str = "") -> Handoff:
    """Give the conversation to an agent who has not asked for it. They accept by taking it or by writing.

    A customer who was talking to somebody is told who goes on; `note` is for the colleague only.
    """
    conversation = lock(conversation_id)
    handoff = open_handoff(conversation)
    if conversation.owner == agent_owner(agent_id) and handoff:
        return handoff
    told = bool(handoff and handoff.answered_at)
    handoff = handoff or Handoff(conversation=conversation, reason="asked_for_person", trigger="given by an agent")
    handoff.state, handoff.agent_id, handoff.taken_at = Handoff.State.ASSIGNED, agent_id, timezone.now()
    handoff.save()
    change_owner(conversation, agent_owner(agent_id), actor, "offer")
    conversation.turn_due_at = conversation.resolved_at = None
    conversation.answered_seq = conversation.last_seq
    record(conversation, "handoff", actor, verb="offer", handoff=handoff.pk, to=agent_id)
    leave_note(conversation, actor, note)
    if told:
        append(conversation, Message.Author.SYSTEM, notices.passed_on(conversation.language, agent_name))
    conversation.save()
    return handoff


def leave_note(conversation: Conversation, actor: str, note: str) -> None:
    """A note by whoever acts, for colleagues; the caller holds the lock."""
    if note:
        kind, _, number = actor.partition(":")
        author = Message.Author.AGENT if kind == "agent" else Message.Author.SYSTEM
        append(conversation, author, note, agent_id=int(number) if kind == "agent" else None, note=True)


@transaction.atomic
def put_back(conversation_id: UUID, agent_id: int, before: Mapping[str, Any], *, epoch: int, agent_name: str) -> None:
    """Undo the last change of owner: the agent has the conversation as before. Raises `TooLate`.

    `epoch` is the one that the change made. `before` holds `handoff` (its number), `facts` and `asks` of then.
    """
    conversation = lock(conversation_id)
    if conversation.epoch != epoch:
        raise TooLate
    handoff = conversation.handoffs.filter(pk=before.get("handoff") or 0).first()
    present = open_handoff(conversation)
    if handoff is None or (present and present.pk != handoff.pk) or _accepted(present, agent_id):
        raise TooLate
    if conversation.messages.filter(author=Message.Author.BOT, epoch=epoch).exists():
        raise TooLate
    was_closed = handoff.closed_at is not None
    handoff.state, handoff.agent_id, handoff.closed_at = Handoff.State.ACTIVE, agent_id, None
    handoff.save()
    mine = agent_owner(agent_id)
    change_owner(conversation, mine, mine, "undo")
    conversation.facts, conversation.asks = dict(before.get("facts") or {}), str(before.get("asks") or "")
    conversation.turn_due_at = conversation.resolved_at = None
    conversation.answered_seq = conversation.last_seq
    record(conversation, "handoff", mine, verb="undo", handoff=handoff.pk)
    if was_closed or handoff.answered_at:
        append(conversation, Message.Author.SYSTEM, notices.joined(conversation.language, agent_name))
    conversation.save()


def _accepted(handoff: Handoff | None, agent_id: int) -> bool:
    return bool(handoff and handoff.state == Handoff.State.ACTIVE and handoff.agent_id != agent_id)
