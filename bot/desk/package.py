"""The handoff package: everything about a conversation that stands beside its transcript."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from bot.conversations.models import Conversation, Handoff, Message
from bot.desk.actions import name_of
from bot.desk.floor.promises import Promise, promise
from bot.desk.labels import DECISIONS, FACTS, KINDS, word
from bot.desk.limits import Limits, limits
from bot.desk.one_customer import OneCustomer, one_customer
from bot.desk.rated import RatingView, rating_of
from bot.desk.shop_view import CaseView, OrderView, cases, orders
from bot.desk.summary import Statement, summarise
from bot.shop.models import Case

SUMMARISED = 400


@dataclass(frozen=True)
class Past:
    """An earlier handoff of this conversation, or another conversation of the same customer.

    `label` is the state of a handoff, or who has the other conversation now: bot, queue, agent or resolved.
    """

    id: UUID | None
    channel: str
    label: str
    note: str
    agent: str
    at: datetime
    case: str = ""


@dataclass(frozen=True)
class Package:
    handoff: Handoff | None
    promise: Promise | None
    rating: RatingView | None
    limits: Limits
    facts: tuple[tuple[str, str], ...]
    orders: tuple[OrderView, ...]
    cases: tuple[CaseView, ...]
    summary: tuple[Statement, ...]
    handoffs: tuple[Past, ...]
    elsewhere: tuple[Past, ...]
    earlier_cases: tuple[Past, ...]
    trigger_seq: int
    one_customer: OneCustomer


def package(conversation: Conversation) -> Package:
    """Gather it from the database; a few short queries."""
    about = cases(conversation)
    present = _present(conversation)
    return Package(
        handoff=present,
        promise=promise(present),
        rating=rating_of(conversation),
        limits=limits(conversation),
        facts=tuple(shown_facts(conversation.facts)),
        orders=tuple(orders(conversation)),
        cases=tuple(about),
        summary=summary_of(conversation, about, present),
        handoffs=tuple(_earlier(conversation, present)),
        elsewhere=tuple(_elsewhere(conversation)),
        earlier_cases=tuple(_earlier_cases(conversation, [case.number for case in about])),
        trigger_seq=_trigger(conversation, present),
        one_customer=one_customer(conversation),
    )


def summary_of(conversation: Conversation, about: Sequence[CaseView], present: Handoff | None) -> tuple[Statement, ...]:
    """The summary of what was said since the conversation was last handed back or resolved."""
    recent = conversation.messages.order_by("-seq")
    cut = _cut(conversation, present)
    if cut:
        recent = recent.filter(created_at__gt=cut)
    gaps = conversation.events.filter(kind="gap").order_by("pk").values_list("data__seq", flat=True)
    messages = list(reversed(recent[:SUMMARISED]))
    return summarise(
        messages, facts=conversation.facts, cases=about, handoff=present, gaps=[seq for seq in gaps if seq]
    )


def _present(conversation: Conversation) -> Handoff | None:
    """The open handoff, or the last one where none is open."""
    handoffs = conversation.handoffs.select_related("agent").order_by("-pk")
    return handoffs.filter(state__in=Handoff.OPEN).first() or handoffs.first()


def _cut(conversation: Conversation, present: Handoff | None) -> datetime | None:
    """When the episode before this one ended. Of a conversation that is over, the last one is what is summarised."""
    closed = conversation.handoffs.exclude(closed_at=None).order_by("-closed_at")
    if present and present.closed_at:
        after = conversation.messages.filter(author=Message.Author.CUSTOMER, created_at__gt=present.closed_at)
        if not after.exists():
            closed = closed.exclude(pk=present.pk)
    return closed.values_list("closed_at", flat=True).first()


def shown_facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Facts that can be read: simple values under their labels."""
    return [
        (word(FACTS, name), "✓" if value is True else str(value))
        for name, value in facts.items()
        if isinstance(value, str | int | float) and value not in ("", False)
    ]


def _earlier(conversation: Conversation, present: Handoff | None) -> list[Past]:
    earlier = conversation.handoffs.order_by("-pk")
    if present:
        earlier = earlier.exclude(pk=present.pk)
    return [Past(None, "", past.state, past.note, name_of(past.agent_id), past.created_at) for past in earlier[:10]]


def _others(conversation: Conversation) -> QuerySet[Conversation]:
    """The customer's other conversations: one customer is what proofs connect, so that these are the same person's."""
    customers = Conversation.objects.filter(identity__customer=conversation.identity.customer_id)
    return customers.exclude(pk=conversation.pk).order_by("-updated_at")


def _elsewhere(conversation: Conversation) -> list[Past]:
    return [
        Past(
            other.pk, other.channel, other.owner.partition(":")[0] or "resolved", "", name_of(other.agent_id),
            other.updated_at,
        )
        for other in _others(conversation)[:10]
    ]  # fmt: skip


def _earlier_cases(conversation: Conversation, shown: Sequence[str]) -> list[Past]:
    """Cases that the customer opened in other conversations."""
    others = {str(pk): pk for pk in _others(conversation).values_list("pk", flat=True)[:50]}
    if not others:
        return []
    about = Q(conversation__in=others)
    for pk in others:
        about |= Q(conversation__startswith=f"{pk}:")
    found = Case.objects.filter(about).exclude(number__in=shown).order_by("-opened_at", "-pk")[:10]
    return [
        Past(
            others[case.conversation.partition(":")[0]], "", word(KINDS, case.kind), word(DECISIONS, case.decision), "",
            case.opened_at, case.number,
        )
        for case in found
    ]  # fmt: skip


def _trigger(conversation: Conversation, present: Handoff | None) -> int:
    """The number of the line that the handoff quotes, 0 where it quotes none."""
    words = present.trigger.strip() if present else ""
    if present is None or not words:
        return 0
    said = conversation.messages.filter(author=Message.Author.CUSTOMER, text__startswith=words[:100]).order_by("-seq")
    return next((line.seq for line in said[:20] if line.text.strip()[:300].strip() == words), 0)
