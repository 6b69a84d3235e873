"""How the load stands at this moment, for supervisors."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from bot.conversations.models import BOT, QUEUE, Conversation, Handoff
from bot.desk.access import agents, display_name
from bot.desk.floor import presence
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
    names = {account.pk: display_name(account) for account in agents()}
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


def _agents(handoffs: list[Handoff], states: dict[int, str], names: dict[int, str], now: datetime) -> list[AgentLoad]:
    known, held = presence.states(now), defaultdict[int | None, list[Handoff]](list)
    for handoff in handoffs:
        held[handoff.conversation.agent_id].append(handoff)
    rows = []
    for pk, name in names.items():
        mine = held[pk]
        seen = known.get(pk, presence.Seen())
        rows.append(
            AgentLoad(
                id=pk,
                name=name,
                state=seen.state,
                seen_at=seen.at,
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
