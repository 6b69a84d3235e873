"""How the load stands at this moment, for supervisors."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils import timezone

from bot.conversations.models import BOT, QUEUE, Conversation, Handoff
from bot.desk.access import display_name
from bot.desk.floor.models import Presence
from bot.desk.floor.presence import MOMENT
from bot.desk.floor.promises import BROKEN, SOON, Promise, promise
from bot.desk.inbox import who

SHOWN = 40


@dataclass(frozen=True)
class AgentLoad:
    """`state`: here, away, or offline. `waiting`: their customers who have had no first answer yet."""

    id: int
    name: str
    state: str
    seen_at: datetime | None
    open: int
    waiting: int
    soon: int
    broken: int


@dataclass(frozen=True)
class Pressing:
    """A conversation whose promise is about to be broken, or is."""

    id: UUID
    name: str
    holder: str
    reason: str
    priority: int
    promise: Promise


@dataclass(frozen=True)
class Load:
    open: int
    queued: int
    with_agents: int
    with_bot: int
    oldest: datetime | None
    soon: int
    broken: int
    agents: tuple[AgentLoad, ...]
    pressing: tuple[Pressing, ...]


def load(now: datetime | None = None) -> Load:
    """Read it from the database: a few queries, and one pass over the open handoffs."""
    now = now or timezone.now()
    handoffs = list(
        Handoff.objects.filter(state__in=Handoff.OPEN).select_related("conversation__identity__customer").order_by("pk")
    )
    promised = [(handoff, promise(handoff)) for handoff in handoffs]
    states = {handoff.pk: kept.state(now) for handoff, kept in promised if kept}
    counted = Counter(states.values())
    queued = [handoff for handoff in handoffs if handoff.conversation.owner == QUEUE]
    names = _names()
    pressing = sorted(
        ((handoff, kept) for handoff, kept in promised if kept and states[handoff.pk] in (SOON, BROKEN)),
        key=lambda pair: pair[1].due,
    )
    return Load(
        open=len(handoffs),
        queued=len(queued),
        with_agents=len(handoffs) - len(queued),
        with_bot=Conversation.objects.filter(owner=BOT).count(),
        oldest=min((handoff.created_at for handoff in queued), default=None),
        soon=counted[SOON],
        broken=counted[BROKEN],
        agents=tuple(_agents(handoffs, states, names, now)),
        pressing=tuple(_pressing(handoff, kept, names) for handoff, kept in pressing[:SHOWN]),
    )


def _names() -> dict[int, str]:
    """Everybody who may answer customers."""
    may = Permission.objects.filter(content_type__app_label="desk", codename="answer")
    accounts = get_user_model().objects.filter(is_active=True)
    found: Any = accounts.filter(Q(groups__permissions__in=may) | Q(user_permissions__in=may)).distinct()
    return {account.pk: display_name(account) for account in found.order_by("first_name", "username")}


def _agents(handoffs: list[Handoff], states: dict[int, str], names: dict[int, str], now: datetime) -> list[AgentLoad]:
    present = {row.agent_id: row for row in Presence.objects.all()}
    rows = []
    for pk, name in names.items():
        mine = [handoff for handoff in handoffs if handoff.conversation.agent_id == pk]
        seen = present.get(pk)
        here = seen is not None and seen.seen_at >= now - MOMENT
        rows.append(
            AgentLoad(
                id=pk,
                name=name,
                state="offline" if not here or seen is None else "away" if seen.away else "here",
                seen_at=seen.seen_at if seen else None,
                open=len(mine),
                waiting=sum(handoff.answered_at is None for handoff in mine),
                soon=sum(states.get(handoff.pk) == SOON for handoff in mine),
                broken=sum(states.get(handoff.pk) == BROKEN for handoff in mine),
            )
        )
    return rows


def _pressing(handoff: Handoff, kept: Promise, names: dict[int, str]) -> Pressing:
    conversation = handoff.conversation
    holder = names.get(conversation.agent_id or 0, "")
    return Pressing(conversation.pk, who(conversation), holder, handoff.reason, handoff.priority, kept)
