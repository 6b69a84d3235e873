"""From the events of one conversation, in order, to its episodes. Pure: no database, no clock.

An episode begins with a customer's line when none is open: the conversation is new, was resolved, or nobody has
written for `SILENCE` while no person had it. An answer to one of our surveys, and the question, begin nothing and
prolong nothing; they belong to the episode before. Lines of ours that nobody asked for (outreach) begin nothing either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

SILENCE = timedelta(hours=24)
SURVEYS = frozenset({"rating", "nps", "fixed"})
UNHAPPY_SCORE, DETRACTOR = 2, 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the log."""

    kind: str
    actor: str
    data: dict[str, Any]
    at: datetime


@dataclass(slots=True)
class Told:
    """An episode as its events tell it. `cases` are case numbers, `articles` slugs, newest last.

    `matter` is what an erased customer's case was about (`bot.insights.matters.told`)."""

    started_at: datetime
    ended_at: datetime
    resolved: bool = False
    handed_off: bool = False
    waiting: bool = False
    answered: bool = False
    gaps: int = 0
    score: int | None = None
    nps: int | None = None
    fixed: bool | None = None
    unhappy_at: datetime | None = None
    matter: dict[str, Any] = field(default_factory=dict)
    cases: list[str] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    cited: Counter[str] = field(default_factory=Counter)
    hours: Counter[str] = field(default_factory=Counter)
    offers: Counter[str] = field(default_factory=Counter)

    @property
    def settled(self) -> bool:
        """Resolved, or the customer's last line was answered (not with "I do not know") and no person is awaited."""
        return self.resolved or (self.answered and not self.waiting)


def fold(entries: Iterable[Entry], zone: ZoneInfo) -> list[Told]:
    """The episodes of one conversation. `hours` are counted on the shop's clock."""
    log = list(entries)
    return _Folding(log, zone).run()


class _Folding:
    def __init__(self, log: Sequence[Entry], zone: ZoneInfo) -> None:
        self.log, self.zone = log, zone
        self.surveyed = _survey_lines(log)
        self.episodes: list[Told] = []
        self.open: Told | None = None
        self.person = False

    def run(self) -> list[Told]:
        for entry in self.log:
            handle = getattr(self, f"on_{entry.kind}", None)
            if handle:
                handle(entry)
        return self.episodes

    def on_message(self, entry: Entry) -> None:
        author = entry.actor.partition(":")[0]
        if entry.data.get("seq") in self.surveyed:
            return
        if author == "customer":
            self._customer_wrote(entry)
        elif self.open and author in ("bot", "agent"):
            if author == "agent":
                self.open.answered, self.open.waiting = True, False
            if not self._silent_since(entry.at):
                self.open.ended_at = entry.at

    def _customer_wrote(self, entry: Entry) -> None:
        if self.open is None or self._silent_since(entry.at):
            self.open = Told(entry.at, entry.at)
            self.episodes.append(self.open)
        self.open.ended_at, self.open.answered = entry.at, False
        local = entry.at.astimezone(self.zone)
        self.open.hours[f"{local.isoweekday()}-{local.hour:02d}"] += 1

    def _silent_since(self, at: datetime) -> bool:
        return bool(self.open and not self.person and at - self.open.ended_at > SILENCE)

    def on_turn(self, entry: Entry) -> None:
        if not self.open or entry.data.get("seq") in self.surveyed:
            return
        self.open.answered = entry.data.get("state") == "answered"
        for slug in entry.data.get("cited") or ():
            self.open.cited[slug] += 1
            self.open.articles.append(slug)
        if entry.data.get("case"):
            self.open.cases.append(entry.data["case"])
        self.open.matter = entry.data.get("matter") or self.open.matter

    def on_gap(self, entry: Entry) -> None:
        if self.open:
            self.open.gaps += 1
            self.open.answered = False

    def on_handoff(self, entry: Entry) -> None:
        verb = entry.data.get("verb")
        if not self.open:
            return
        if verb == "request":
            self.open.handed_off = self.open.waiting = True
            self.open.reasons[str(entry.data.get("reason") or "asked_for_person")] += 1
        elif verb == "take":
            self.open.handed_off, self.open.waiting = True, False
        elif verb in ("returned", "resolved"):
            self.open.waiting = False

    def on_owner(self, entry: Entry) -> None:
        after = str(entry.data.get("after") or "")
        self.person = after == "queue" or after.startswith("agent:")
        if self.open and not after:
            self.open.resolved, self.open.ended_at = True, max(entry.at, self.open.ended_at)
            self.open = None

    def on_offer_shown(self, entry: Entry) -> None:
        self._offer("shown", entry)

    def on_offer_held_out(self, entry: Entry) -> None:
        self._offer("held_out", entry)

    def on_offer_purchase(self, entry: Entry) -> None:
        self._offer("bought_held_out" if entry.data.get("held_out") else "bought_shown", entry)

    def _offer(self, what: str, entry: Entry) -> None:
        if self.episodes:
            self.episodes[-1].offers[f"{what}:{entry.data.get('offer') or ''}"] += 1

    def on_rating(self, entry: Entry) -> None:
        self._survey(entry, "score", entry.data.get("score"), lambda score: score <= UNHAPPY_SCORE)

    def on_nps(self, entry: Entry) -> None:
        self._survey(entry, "nps", entry.data.get("score"), lambda score: score <= DETRACTOR)

    def on_fixed(self, entry: Entry) -> None:
        self._survey(entry, "fixed", entry.data.get("fixed"), lambda fixed: not fixed)

    def _survey(self, entry: Entry, name: str, value: Any, unhappy: Any) -> None:
        if not self.episodes or value is None:
            return
        episode = self.episodes[-1]
        setattr(episode, name, value)
        if unhappy(value) and episode.unhappy_at is None:
            episode.unhappy_at = entry.at


def _survey_lines(log: Sequence[Entry]) -> set[int]:
    """Numbers of the lines of outreach and surveys: what we wrote unasked, and the customer's answer to a survey.

    An answer whose event names no line is the customer's last one.
    """
    lines = [(int(entry.data.get("seq") or 0), entry.actor) for entry in log if entry.kind == "message"]
    before = {line: earlier for (earlier, author), (line, _author) in pairwise(lines) if author == "bot"}
    found, last = set(), 0
    for entry in log:
        if entry.kind == "message" and entry.actor == "customer":
            last = int(entry.data.get("seq") or 0)
        elif entry.kind == "outreach_sent" and entry.data.get("seq"):
            found.add(int(entry.data["seq"]))
        elif entry.kind in SURVEYS:
            answer = int(entry.data.get("seq") or last)
            found |= {answer, before.get(answer, answer)}
    return found
