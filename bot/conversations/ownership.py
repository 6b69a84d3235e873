"""Who answers a conversation, and every way that this changes.

Each verb runs in one transaction, is safe to repeat, raises the epoch when the owner changes, writes the log and
tells the customer. States of a handoff: queued → assigned → active → returned | resolved | expired | abandoned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from bot.conversations import notices
from bot.conversations.models import BOT, NOBODY, QUEUE, Conversation, Handoff, Message, agent_owner, record
from bot.conversations.writing import append, lock
from channels.base import Template

REASONS = (
    "asked_for_person",
    "no_answer",
    "technical",
    "safety",
    "legal",
    "high_value",
    "third_contact",
    "fraud_or_payment",
    "very_upset",
    "others_order",
    "press",
    "policy_check",
)
PRIORITY = {"safety": 1, "legal": 2, "fraud_or_payment": 2, "very_upset": 2, "press": 2, "technical": 2}
# Payloads that the gateway carries out itself; the dialogue may offer them as buttons too.
GATEWAY = "gateway:"
LEAVE_QUEUE = notices.LEAVE_QUEUE


class NotYours(Exception):
    """Somebody else owns the conversation now; reload it and take it first if you mean to go on."""


def open_handoff(conversation: Conversation) -> Handoff | None:
    return conversation.handoffs.filter(state__in=Handoff.OPEN).first()


def change_owner(conversation: Conversation, owner: str, actor: str, reason: str) -> None:
    """Give the conversation to `owner` under a new epoch; the caller holds the lock and saves through `append`."""
    before, conversation.owner = conversation.owner, owner
    conversation.epoch += 1
    conversation.save()
    record(conversation, "owner", actor, before=before, after=owner, epoch=conversation.epoch, reason=reason)


@transaction.atomic
def request(conversation_id: UUID, reason: str, actor: str, trigger: str = "", priority: int | None = None) -> Handoff:
    """Put the conversation into the queue and tell the customer what happens next; a waiting one stays as it is."""
    if reason not in REASONS:
        raise ValueError(f"unknown handoff reason {reason!r}; the known ones are {', '.join(REASONS)}")
    conversation = lock(conversation_id)
    present = open_handoff(conversation)
    if present:
        urgency = priority or PRIORITY.get(reason, 3)
        if urgency < present.priority:
            present.priority, present.reason, present.trigger = urgency, reason, trigger[:300]
            present.save()
            record(conversation, "handoff", actor, verb="raise", handoff=present.pk, reason=reason)
        return present
    handoff = Handoff.objects.create(
        conversation=conversation,
        reason=reason,
        trigger=trigger[:300],
        priority=priority or PRIORITY.get(reason, 3),
    )
    change_owner(conversation, QUEUE, actor, reason)
    conversation.turn_due_at = None
    record(conversation, "handoff", actor, verb="request", handoff=handoff.pk, reason=reason)
    notice = notices.queued(conversation.language, reason, handoff.priority)
    if notice.buttons:
        record(conversation, "offer_contact", "system", reason="away")
    append(conversation, Message.Author.SYSTEM, notice.text, options=notice.options(LEAVE_QUEUE))
    return handoff


@transaction.atomic
def take(conversation_id: UUID, agent_id: int, *, agent_name: str, over: bool = True) -> Handoff:
    """Make the agent the owner, from the queue, the bot or (with `over`) a colleague.

    Of two agents at once one wins; the other, calling with `over=False`, gets `NotYours`.
    """
    conversation = lock(conversation_id)
    mine = agent_owner(agent_id)
    handoff = open_handoff(conversation)
    if conversation.owner == mine and handoff:
        if handoff.state == Handoff.State.ASSIGNED:
            _accept(conversation, handoff, mine, agent_name)
        return handoff
    if not over and conversation.agent_id:
        raise NotYours(f"agent {conversation.agent_id} has taken this conversation already")
    if not handoff:
        handoff = Handoff(conversation=conversation, reason="asked_for_person", trigger="taken by an agent")
    handoff.state, handoff.agent_id, handoff.taken_at = Handoff.State.ACTIVE, agent_id, timezone.now()
    handoff.save()
    change_owner(conversation, mine, mine, "take")
    conversation.turn_due_at = conversation.resolved_at = None
    conversation.answered_seq = conversation.last_seq
    record(conversation, "handoff", mine, verb="take", handoff=handoff.pk)
    append(conversation, Message.Author.SYSTEM, notices.joined(conversation.language, agent_name))
    return handoff


def _accept(conversation: Conversation, handoff: Handoff, mine: str, agent_name: str) -> None:
    """The agent takes what was offered to them; who was offered it keeps the epoch."""
    handoff.state, handoff.taken_at = Handoff.State.ACTIVE, timezone.now()
    handoff.save()
    record(conversation, "handoff", mine, verb="accept", handoff=handoff.pk)
    append(conversation, Message.Author.SYSTEM, notices.joined(conversation.language, agent_name))


@transaction.atomic
def reply(
    conversation_id: UUID,
    agent_id: int,
    text: str,
    *,
    agent_name: str,
    note: bool = False,
    template: Template | None = None,
    citations: Sequence[Mapping[str, Any]] = (),
) -> Message:
    """Write as the agent. A reply takes the conversation if nobody else has it; a note changes nothing.

    `template`: the text is that template's, which may be sent when the channel's reply window is closed.
    """
    if not note:
        take(conversation_id, agent_id, agent_name=agent_name, over=False)
    conversation = lock(conversation_id)
    message = append(conversation, Message.Author.AGENT, text, agent_id=agent_id, note=note, template=template,
                     citations=citations)  # fmt: skip
    if not note:
        conversation.handoffs.filter(state=Handoff.State.ACTIVE, answered_at=None).update(answered_at=timezone.now())
    return message


@transaction.atomic
def release(conversation_id: UUID, actor: str, reason: str = "released") -> Handoff | None:
    """Put an agent's conversation back into the queue, by the agent or because the agent fell silent."""
    conversation = lock(conversation_id)
    handoff = open_handoff(conversation)
    if not handoff or handoff.state == Handoff.State.QUEUED:
        return handoff
    # Whoever was offered it and never came was not announced to the customer.
    silent = handoff.state == Handoff.State.ASSIGNED and handoff.answered_at is None
    handoff.state, handoff.agent = Handoff.State.QUEUED, None
    handoff.save()
    change_owner(conversation, QUEUE, actor, reason)
    record(conversation, "handoff", actor, verb="release", handoff=handoff.pk, reason=reason)
    if not silent:
        append(conversation, Message.Author.SYSTEM, notices.back_in_queue(conversation.language))
    return handoff


@transaction.atomic
def give_back(conversation_id: UUID, actor: str, note: str = "") -> Handoff | None:
    """Return the conversation to the bot, which starts with no memory of what led to the handoff."""
    return _close(conversation_id, Handoff.State.RETURNED, BOT, actor, note)


@transaction.atomic
def leave_queue(conversation_id: UUID) -> Handoff | None:
    """The customer no longer waits for a person; with an agent already there nothing changes."""
    conversation = lock(conversation_id)
    if conversation.owner != QUEUE:
        return open_handoff(conversation)
    return _close(conversation_id, Handoff.State.ABANDONED, BOT, "customer", "")


@transaction.atomic
def resolve(conversation_id: UUID, actor: str, note: str = "") -> Handoff | None:
    """End the conversation. The customer's next message opens it again with the bot."""
    return _close(conversation_id, Handoff.State.RESOLVED, NOBODY, actor, note)


def _close(conversation_id: UUID, state: Handoff.State, owner: str, actor: str, note: str) -> Handoff | None:
    conversation = lock(conversation_id)
    handoff = open_handoff(conversation)
    if conversation.owner == owner:
        return handoff
    if handoff:
        handoff.state, handoff.note, handoff.closed_at = state, note, timezone.now()
        handoff.save()
    change_owner(conversation, owner, actor, state)
    conversation.fresh = True
    conversation.asks = ""
    conversation.facts = {}
    conversation.turn_due_at = None
    conversation.answered_seq = conversation.last_seq
    conversation.resolved_at = timezone.now() if owner == NOBODY else None
    record(conversation, "handoff", actor, verb=str(state), handoff=handoff.pk if handoff else None)
    if note:
        agent = (
            conversation.handoffs.filter(pk=handoff.pk).values_list("agent_id", flat=True).first() if handoff else None
        )
        append(conversation, Message.Author.AGENT, note, agent_id=agent, note=True)
    append(conversation, Message.Author.SYSTEM, notices.closed(conversation.language, state))
    return handoff


def reopen(conversation: Conversation) -> None:
    """A customer writes into a resolved conversation: a new episode with the bot; the caller holds the lock."""
    change_owner(conversation, BOT, "customer", "wrote again")
    conversation.episode += 1
    conversation.fresh = True
    conversation.resolved_at = None
