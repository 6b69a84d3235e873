"""Plays one episode: the lines and the events that the real system would have written, with their times."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from random import Random
from typing import Any

from bot.insights.simulation import words
from bot.insights.simulation.people import pick
from bot.insights.simulation.plan import REASONS, Buyer, Incident
from bot.shop.clock import shop_zone

OPENS, CLOSES = time(9), time(20)
AGENTS = ("Ana Ruiz", "Bruno Sanz")


@dataclass(slots=True)
class Line:
    id: uuid.UUID
    seq: int
    epoch: int
    author: str
    text: str
    at: datetime
    agent: int = -1
    asks: str = ""
    citations: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Happening:
    kind: str
    actor: str
    at: datetime
    data: dict[str, Any]


@dataclass(slots=True)
class Turned:
    line: Line
    at: datetime
    intent: str
    milliseconds: int


@dataclass(slots=True)
class Handed:
    reason: str
    trigger: str
    agent: int
    asked_at: datetime
    taken_at: datetime
    answered_at: datetime
    closed_at: datetime


@dataclass(slots=True)
class Thread:
    """A conversation that grows episode by episode. `agents` are the accounts of the people who work here."""

    id: uuid.UUID
    buyer: Buyer
    agents: tuple[int, ...]
    begun_at: datetime
    lines: list[Line] = field(default_factory=list)
    events: list[Happening] = field(default_factory=list)
    turns: list[Turned] = field(default_factory=list)
    handoffs: list[Handed] = field(default_factory=list)
    epoch: int = 1
    episode: int = 1
    resolved: bool = False
    resolved_at: datetime | None = None
    numbers: int = 0


class Episode:
    """Writes one incident into a thread. `case` is the number of the case that is opened, if the kind opens one."""

    def __init__(self, thread: Thread, incident: Incident, case: str, random: Random) -> None:
        self.thread, self.incident, self.case, self.random = thread, incident, case, random
        self.now = incident.at
        self.language = thread.buyer.language

    def play(self) -> datetime:
        """Returns when it ended."""
        if self.thread.resolved:
            self._owner("bot", "customer", "wrote again")
            self.thread.resolved, self.thread.episode, self.thread.resolved_at = False, self.thread.episode + 1, None
        asked = self._opening()
        if self.incident.kind == "question":
            self._question(asked)
        elif self.incident.kind == "gap":
            self._gap(asked)
        else:
            self._request(asked)
        if self.incident.handed_off:
            self._handoff()
        ended = self.now
        if "rating" in self.incident.answers:
            self._rating()
        self.incident.ended_at = ended
        return ended

    def _opening(self) -> str:
        incident, language = self.incident, self.language
        if incident.kind == "question":
            return self.random.choice(words.articles()[language][incident.problem].questions)
        if incident.kind == "gap":
            return self.random.choice(words.GAPS[language])
        sku = incident.unit.sku if incident.unit else "CAF"
        fault = words.fault(language, incident.problem, self.random) if incident.kind == "fault" else ""
        said = words.say(language, incident.kind, product=words.product(sku, language), fault=fault)
        return words.say(language, "again", said=said) if incident.follows in ("same", "late") else said

    def _question(self, asked: str) -> None:
        article = words.articles()[self.language][self.incident.problem]
        line = self.customer(asked, first=True)
        place = {"es": "/es/ayuda", "en": "/en/help"}[self.language]
        cited = [{"slug": article.slug, "title": article.title, "url": f"{place}/{article.slug}/", "revision": 1}]
        self.bot(article.answer, line, "faq", citations=cited)
        if self.random.random() < 0.45:
            self.bot(self._say("welcome"), self.customer(self._say("thanks")), "thank")

    def _gap(self, asked: str) -> None:
        line = self.customer(asked, first=True)
        self.bot(self._say("unknown"), line, "faq")
        self.event("gap", "bot", seq=line.seq)

    def _request(self, asked: str) -> None:
        intent = {"fault": "warranty", "return": "return", "damaged": "damaged", "lost_parcel": "order_status"}
        name, number = intent[self.incident.kind], self.incident.purchase.number if self.incident.purchase else ""
        self.bot(self._say("order?"), self.customer(asked, first=True), name, asks="order_number")
        line = self.customer(self._say("order", number=number))
        if self.incident.kind in ("fault", "damaged"):
            self.bot(self._say("reason?"), line, "inform", asks="fault")
            line = self.customer(words.fault(self.language, self.incident.problem, self.random))
        self.bot(self._say("decided", case=self.case), line, "inform", case=self.case)

    def _handoff(self) -> None:
        reason = pick(self.random, REASONS[self.incident.kind])
        line = self.customer(self._say("person"))
        self.turn(line, "talk_to_person")
        asked_at = self.now
        self._owner("queue", "bot", reason)
        self.event("handoff", "bot", verb="request", reason=reason)
        self.write("system", self._say("queued"))
        self.now = _open_at(self.now) + timedelta(seconds=self.random.lognormvariate(5.6, 0.8))
        agent = self.random.randrange(len(self.thread.agents))
        actor, name, taken_at = f"agent:{self.thread.agents[agent]}", AGENTS[agent % len(AGENTS)], self.now
        self._owner(actor, actor, "take")
        self.event("handoff", actor, verb="take")
        self.write("system", self._say("joined", agent=name))
        self.pause(20, 90)
        self.write("agent", self._say("agent1", agent=name), agent=agent)
        answered_at = self.now
        self.pause(200, 1500)
        self.write("agent", self._say("agent2"), agent=agent)
        self.customer(self._say("ok"))
        self.pause(10, 120)
        self._owner("", actor, "resolved")
        self.event("handoff", actor, verb="resolved")
        self.thread.resolved, self.thread.resolved_at = True, self.now
        self.thread.handoffs.append(Handed(reason, line.text, agent, asked_at, taken_at, answered_at, self.now))
        self.write("system", self._say("closed"))

    def _rating(self) -> None:
        score = self.incident.answers["rating"]
        self.pause(5, 40)
        self.write("bot", self._say("rate?"), asks="rating")
        line = self.customer(str(score))
        self.event("rating", "customer", score=score, seq=line.seq)
        self.turn(line, "inform")

    def survey(self, kind: str, at: datetime) -> None:
        """NPS or "is it fixed?", asked and answered some days later."""
        self.now = at
        self.event("outreach_sent", "system", rule=kind)
        self.write("bot", self._say(f"{kind}?"))
        self.pause(60, 20_000)
        value = self.incident.answers[kind]
        said = str(value) if kind == "nps" else self._say("yes" if value else "no")
        line = self.customer(said)
        told = {"score": value, "comment": ""} if kind == "nps" else {"fixed": value}
        self.event(kind, "customer", seq=line.seq, **told)
        self.turn(line, "inform")

    def customer(self, text: str, *, first: bool = False) -> Line:
        if not first:
            self.pause(12, 110)
        return self.write("customer", text)

    def bot(self, text: str, line: Line, intent: str, *, asks: str = "", citations: Any = (), case: str = "") -> None:
        self.now += timedelta(seconds=self.random.uniform(0.4, 2.5))
        self.turn(line, intent, cited=[cited["slug"] for cited in citations], case=case)
        self.write("bot", text, asks=asks, citations=list(citations))

    def turn(self, line: Line, intent: str, **told: Any) -> None:
        milliseconds = self.random.randint(180, 1400)
        self.thread.turns.append(Turned(line, self.now, intent, milliseconds))
        self.event("turn", "bot", state="answered", seq=line.seq, intent=intent, ms=milliseconds, **told)

    def write(self, author: str, text: str, *, agent: int = -1, asks: str = "", citations: Any = ()) -> Line:
        thread = self.thread
        thread.numbers += 1
        name = uuid.UUID(int=self.random.getrandbits(128), version=4)
        line = Line(name, thread.numbers, thread.epoch, author, text, self.now, agent, asks, list(citations))
        thread.lines.append(line)
        actor = f"agent:{thread.agents[agent]}" if author == "agent" else author
        self.event("message", actor, seq=line.seq, id=str(name))
        return line

    def event(self, kind: str, actor: str, **data: Any) -> None:
        self.thread.events.append(Happening(kind, actor, self.now, data))

    def pause(self, least: float, most: float) -> None:
        self.now += timedelta(seconds=self.random.uniform(least, most))

    def _owner(self, after: str, actor: str, reason: str) -> None:
        self.thread.epoch += 1
        self.event("owner", actor, after=after, epoch=self.thread.epoch, reason=reason)

    def _say(self, key: str, **names: str) -> str:
        return words.say(self.language, key, **names)


def _open_at(moment: datetime) -> datetime:
    """The moment itself while the team works (Mon–Fri, 9 to 20), else when it opens next."""
    local = moment.astimezone(shop_zone())
    while local.isoweekday() > 5 or local.time() >= CLOSES:
        local = datetime.combine(local.date() + timedelta(days=1), OPENS, shop_zone())
    return local if local.time() >= OPENS else datetime.combine(local.date(), OPENS, shop_zone())
