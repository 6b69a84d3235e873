"""Two conversations of one customer about the same thing become one; each keeps its lines, and it can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from bot.conversations import ownership, passing
from bot.conversations.models import NOBODY, QUEUE, Conversation, Handoff, Message, record
from bot.conversations.ownership import change_owner, open_handoff
from bot.conversations.writing import append, lock
from bot.desk.access import Agent
from bot.desk.actions import Refused, not_a_colleagues
from bot.desk.tools.models import Join

SHOWN = 100


@dataclass(frozen=True)
class Duplicate:
    """Another open conversation of the same customer."""

    id: UUID
    channel: str
    said: str
    at: datetime


def candidates(conversation: Conversation) -> list[Duplicate]:
    """What this conversation could be a duplicate of."""
    others = Conversation.objects.filter(identity__customer=conversation.identity.customer_id)
    found = others.exclude(pk=conversation.pk).exclude(owner=NOBODY).order_by("-updated_at")[:10]
    return [Duplicate(each.pk, each.channel, _said(each), each.updated_at) for each in found]


def _said(conversation: Conversation) -> str:
    last = conversation.messages.filter(author=Message.Author.CUSTOMER).order_by("-seq").first()
    return " ".join(last.text.split())[:80] if last else ""


def joined(conversation: Conversation) -> Sequence[Join]:
    """The duplicates that ended in this conversation."""
    return list(conversation.joined_from.filter(undone_at=None).select_related("source").order_by("pk"))


def joined_to(conversation: Conversation) -> Join | None:
    """The conversation that this one is a duplicate of."""
    return conversation.joined_to.filter(undone_at=None).select_related("target").first()


def join(agent: Agent, source: Conversation, into: str) -> dict[str, Any]:
    """End `source`, which the caller holds, as a duplicate. The customer is told nothing: for them nothing ends.

    Raises `Refused` for another customer's conversation and for one that is over; `Taken` for a colleague's.
    """
    try:
        wanted = UUID(into)
    except ValueError:
        raise Refused(_("Choose the conversation that goes on.")) from None
    same = Conversation.objects.filter(identity__customer=source.identity.customer_id).exclude(pk=source.pk)
    if not same.filter(pk=wanted).exclude(owner=NOBODY).exists():
        raise Refused(_("Only open conversations of the same customer can be joined."))
    if not source.owner:
        raise Refused(_("This conversation is resolved already."))
    target = lock(wanted)
    not_a_colleagues(agent, target)
    owner, handoff = source.owner, open_handoff(source)
    if handoff:
        handoff.state, handoff.closed_at = Handoff.State.RESOLVED, timezone.now()
        handoff.save()
    change_owner(source, NOBODY, agent.owner, "duplicate")
    source.turn_due_at, source.resolved_at, source.answered_seq = None, timezone.now(), source.last_seq
    # The dialogue's memory stays: undone, the bot goes on where it was.
    record(source, "outcome", agent.owner, outcome="duplicate")
    append(source, Message.Author.SYSTEM, _("Joined with the customer's other conversation."), note=True)
    record(target, "join", agent.owner, source=str(source.pk))
    words = _("The customer's conversation on %(channel)s was joined with this one.")
    append(target, Message.Author.SYSTEM, words % {"channel": source.channel}, note=True)
    made = Join.objects.create(source=source, target=target, agent_id=agent.id)
    return {"join": made.pk, "owner": owner}


def undo(agent: Agent, source: Conversation, before: dict[str, Any]) -> None:
    """The source is as it was before. Raises `passing.TooLate`."""
    made = Join.objects.filter(pk=before.get("join") or 0, undone_at=None).first()
    if made is None or source.owner:
        raise passing.TooLate
    Join.objects.filter(pk=made.pk).update(undone_at=timezone.now())
    handoff = source.handoffs.filter(pk=before.get("handoff") or 0).first()
    owner = str(before.get("owner") or QUEUE)
    if handoff:
        handoff.state = Handoff.State.ACTIVE if owner.startswith("agent:") else Handoff.State.QUEUED
        handoff.closed_at = None
        handoff.save()
    change_owner(source, owner, agent.owner, "undo")
    source.resolved_at = None
    append(source, Message.Author.SYSTEM, _("Taken apart again."), note=True)
    record(made.target, "join", agent.owner, source=str(source.pk), undone=True)


def wrote_again(source_id: UUID) -> None:
    """The customer goes on in the duplicate: it comes to whoever has the conversation that it was joined with."""
    source = Conversation.objects.get(pk=source_id)
    made = joined_to(source)
    if made is None or source.agent_id:
        return
    target = Conversation.objects.get(pk=made.target_id)
    if target.agent_id:
        handoff = ownership.request(source_id, "asked_for_person", "system", trigger="joined")
        passing.offer(source_id, target.agent_id, "system", agent_name="")
        record(source, "join", "system", wrote=str(target.pk), handoff=handoff.pk)
    elif target.owner == QUEUE:
        ownership.request(source_id, "asked_for_person", "system", trigger="joined")
