"""The list on the left: who waits, for how long, and what was said last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from bot.conversations import signals
from bot.conversations.models import NOBODY, QUEUE, Conversation, Handoff, Message
from bot.desk.access import Agent, display_name
from bot.desk.filters import Filters
from bot.desk.floor.promises import Promise, promise
from bot.desk.models import Seen
from bot.desk.tools.models import Snooze

TABS = ("queue", "mine", "team", "all", "resolved")
COUNTED = ("queue", "mine", "team", "all")
PAGE = 60
SNIPPET = 140
NOTHING = Filters()


@dataclass(frozen=True)
class Entry:
    """One conversation in the list. `since` is when the customer began to wait, None where nobody waits; UTC.

    `keeper` is the account of the agent who has it, 0 for none; `urgency` and `asked_at` are its place in the queue.
    `asleep` says that its agent has put it aside.
    """

    id: UUID
    name: str
    channel: str
    language: str
    owner: str
    holder: str
    mine: bool
    reason: str
    priority: int
    since: datetime | None
    last_text: str
    last_author: str
    last_at: datetime
    unread: int
    keeper: int = 0
    urgency: int = 9
    asked_at: datetime | None = None
    moved_at: datetime | None = None
    promise: Promise | None = None
    customer: int = 0
    asleep: bool = False
    heard: int = 0


@dataclass(frozen=True)
class Inbox:
    tab: str
    filters: Filters
    entries: tuple[Entry, ...]
    more: bool
    counts: dict[str, int]
    attention: int

    @property
    def query(self) -> str:
        return self.filters.words

    @property
    def address(self) -> str:
        """The parameters of this list."""
        return f"tab={self.tab}&{self.filters.query()}".rstrip("&")


def read(agent: Agent, tab: str = "queue", filters: Filters = NOTHING, limit: int = PAGE) -> Inbox:
    """The conversations of a tab that match the filters, most pressing first."""
    tab = tab if tab in TABS else "queue"
    found = list(_ordered(filters.narrow(_of(agent, tab)), tab).values_list("pk", flat=True)[: limit + 1])
    shown = entries(agent, found[:limit])
    counts = counts_for(agent.owner, owners())
    return Inbox(tab, filters, shown, len(found) > limit, counts, counts["queue"] + len(_unread(agent, _mine(agent))))


def owners() -> dict[str, int]:
    """How many conversations each owner has; nobody's are left out."""
    held = Conversation.objects.exclude(owner=NOBODY).order_by()
    return dict(held.values_list("owner").annotate(n=Count("pk")))


def counts_for(owner: str, held: Mapping[str, int]) -> dict[str, int]:
    """What the tabs of the agent who is this owner count."""
    with_agents = sum(count for name, count in held.items() if name.startswith("agent:"))
    mine = held.get(owner, 0)
    return {"queue": held.get(QUEUE, 0), "mine": mine, "team": with_agents - mine, "all": sum(held.values())}


def _of(agent: Agent, tab: str) -> QuerySet[Conversation]:
    everything = Conversation.objects.all()
    if tab == "queue":
        return everything.filter(owner=QUEUE)
    if tab == "mine":
        return everything.filter(owner=agent.owner)
    if tab == "team":
        return everything.filter(owner__startswith="agent:").exclude(owner=agent.owner)
    if tab == "resolved":
        return everything.filter(owner=NOBODY)
    return everything.exclude(owner=NOBODY)


def _mine(agent: Agent) -> list[UUID]:
    return list(_of(agent, "mine").order_by("-updated_at").values_list("pk", flat=True)[:PAGE])


def _ordered(conversations: QuerySet[Conversation], tab: str) -> QuerySet[Conversation]:
    if tab == "resolved":
        return conversations.order_by(F("resolved_at").desc(nulls_last=True), "-updated_at")
    if tab in ("mine", "team"):
        # What was put aside stands last until it comes back.
        asleep = Exists(Snooze.objects.filter(conversation=OuterRef("pk"), ended_at=None))
        return conversations.annotate(asleep=asleep).order_by("asleep", "-updated_at")
    present = Handoff.objects.filter(conversation=OuterRef("pk"), state__in=Handoff.OPEN)
    ordered = conversations.annotate(
        urgency=Coalesce(Subquery(present.values("priority")[:1]), 9),
        asked_at=Subquery(present.values("created_at")[:1]),
    )
    if tab == "queue":
        return ordered.order_by("urgency", "asked_at", "created_at")
    return ordered.order_by("urgency", "-updated_at")


def entries(agent: Agent | None, ids: Sequence[UUID]) -> tuple[Entry, ...]:
    """The list's entries for these conversations, in this order.

    Without an agent they are as everybody sees them: nothing is theirs, and unread is what nobody has answered.
    """
    rows = {row.pk: row for row in Conversation.objects.filter(pk__in=ids).select_related("identity__customer")}
    last = _last_lines(ids)
    handoffs = {h.conversation_id: h for h in Handoff.objects.filter(conversation__in=ids, state__in=Handoff.OPEN)}
    waiting, names = _waiting(ids), _names(rows.values())
    unread = _unread(agent, ids) if agent else _unanswered(ids)
    heard = _heard(ids)
    asleep = set(Snooze.objects.filter(conversation__in=ids, ended_at=None).values_list("conversation", flat=True))
    return tuple(
        replace(
            _entry(agent, rows[pk], last.get(pk), handoffs.get(pk), waiting.get(pk), unread.get(pk, 0), names),
            asleep=pk in asleep,
            heard=heard.get(pk, 0),
        )
        for pk in ids
        if pk in rows
    )


def _entry(
    agent: Agent | None,
    row: Conversation,
    last: Message | None,
    handoff: Handoff | None,
    waiting: datetime | None,
    unread: int,
    names: dict[int, str],
) -> Entry:
    since = handoff.created_at if handoff and row.owner == QUEUE else waiting if row.owner else None
    return Entry(
        id=row.pk,
        name=who(row),
        channel=row.channel,
        language=row.language,
        owner=row.owner.partition(":")[0] or "resolved",
        holder=names.get(row.agent_id or 0, ""),
        mine=agent is not None and row.owner == agent.owner,
        reason=handoff.reason if handoff else "",
        priority=handoff.priority if handoff else 3,
        since=since,
        last_text=_snippet(last),
        last_author=last.author if last else "",
        last_at=last.created_at if last else row.updated_at,
        unread=unread,
        keeper=row.agent_id or 0,
        urgency=handoff.priority if handoff else 9,
        asked_at=handoff.created_at if handoff else row.created_at,
        moved_at=row.resolved_at or row.updated_at,
        promise=promise(handoff),
        customer=row.identity.customer_id,
    )


def who(conversation: Conversation) -> str:
    """The customer's name, or what the channel calls them. A web visitor's id means nothing to anyone."""
    identity = conversation.identity
    if identity.customer.name:
        return identity.customer.name
    if identity.phone:
        return identity.phone
    return identity.external_id if identity.channel != "web" else ""


def _snippet(line: Message | None) -> str:
    if line is None:
        return ""
    text = " ".join(line.text[: SNIPPET * 2].split())
    return text if len(text) <= SNIPPET else text[: SNIPPET - 1] + "…"


def _last_lines(ids: Sequence[UUID]) -> dict[UUID, Message]:
    """What was said last by somebody; what the system told the customer counts only where nobody spoke."""
    spoken = Message.objects.filter(conversation=OuterRef("pk")).order_by("-seq")
    human = spoken.exclude(author=Message.Author.SYSTEM).filter(note=False)
    chosen = Conversation.objects.filter(pk__in=ids).annotate(
        line=Coalesce(Subquery(human.values("pk")[:1]), Subquery(spoken.values("pk")[:1]))
    )
    lines = [pk for pk in chosen.values_list("line", flat=True) if pk]
    return {line.conversation_id: line for line in Message.objects.filter(pk__in=lines)}


def _waiting(ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """Since when the customer's words are without an answer from the bot or an agent."""
    answers = Message.objects.filter(
        conversation=OuterRef("conversation"), author__in=[Message.Author.BOT, Message.Author.AGENT], note=False
    ).order_by("-seq")
    open_lines = (
        Message.objects.filter(conversation__in=ids, author=Message.Author.CUSTOMER, handled=False)
        .annotate(answered=Coalesce(Subquery(answers.values("seq")[:1]), 0))
        .filter(seq__gt=F("answered"))
        .order_by("conversation", "-seq")
    )
    return dict(open_lines.values_list("conversation", "created_at"))


def _heard(ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many lines the customer has written in all: by it a page knows which of them it has counted."""
    lines = Message.objects.filter(conversation__in=ids, author=Message.Author.CUSTOMER)
    return dict(lines.order_by().values("conversation").annotate(n=Count("pk")).values_list("conversation", "n"))


def _unread(agent: Agent, ids: Sequence[UUID]) -> dict[UUID, int]:
    seen = Seen.objects.filter(agent=agent.id, conversation=OuterRef("conversation")).values("seq")[:1]
    fresh = (
        Message.objects.filter(conversation__in=ids, author=Message.Author.CUSTOMER)
        .annotate(seen=Coalesce(Subquery(seen), 0))
        .filter(seq__gt=F("seen"))
    )
    return dict(fresh.order_by().values("conversation").annotate(n=Count("pk")).values_list("conversation", "n"))


def _unanswered(ids: Sequence[UUID]) -> dict[UUID, int]:
    answers = Message.objects.filter(
        conversation=OuterRef("conversation"), author__in=[Message.Author.BOT, Message.Author.AGENT], note=False
    ).order_by("-seq")
    waiting = (
        Message.objects.filter(conversation__in=ids, author=Message.Author.CUSTOMER)
        .annotate(answered=Coalesce(Subquery(answers.values("seq")[:1]), 0))
        .filter(seq__gt=F("answered"))
    )
    return dict(waiting.order_by().values("conversation").annotate(n=Count("pk")).values_list("conversation", "n"))


def _names(rows: Iterable[Conversation]) -> dict[int, str]:
    holders = {row.agent_id for row in rows if row.agent_id}
    return {account.pk: display_name(account) for account in get_user_model().objects.filter(pk__in=holders)}


def mark_seen(agent: Agent, conversation: Conversation, seq: int) -> None:
    """The agent has this conversation before them, read to line `seq`."""
    changed = Seen.objects.filter(agent=agent.id, conversation=conversation).update(seq=seq)
    if not changed:
        Seen.objects.get_or_create(agent_id=agent.id, conversation=conversation, defaults={"seq": seq})
    if conversation.channel == "web" and conversation.agent_id == agent.id:
        signals.agent_read(conversation.pk, agent.id, seq)
