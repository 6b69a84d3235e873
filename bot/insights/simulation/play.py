"""Makes the year: draws it, plays it customer by customer, and writes it down."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from django.db import transaction

from bot.insights.simulation import conversation_rows, incidents, people, words
from bot.insights.simulation.plan import MARK, Buyer, Incident, Plan, Purchase
from bot.insights.simulation.shop_rows import KIND, Shop
from bot.insights.simulation.talk import Episode, Thread
from bot.insights.simulation.truth import Truth
from bot.shop.models import Case, CaseCounter, Customer, Order

CHUNK = 400
# Of what is drawn so much is left when each customer's matters are spaced.
SPARE = 1.5


def simulate(plan: Plan, told: Callable[[str], None] = lambda text: None) -> dict[str, Any]:
    """Write the year of a plan into the database, in one transaction; returns its truth. Same plan, same year."""
    with transaction.atomic():
        return _Year(plan, told).run()


@dataclass
class _Chunk:
    bought: list[tuple[Buyer, list[Purchase]]] = field(default_factory=list)
    talked: list[tuple[Buyer, list[Thread]]] = field(default_factory=list)
    opened: list[tuple[Incident, str, str, str]] = field(default_factory=list)


class _Year:
    def __init__(self, plan: Plan, told: Callable[[str], None]) -> None:
        self.plan, self.told, self.truth = plan, told, Truth(plan)
        self.random = Random(plan.seed)  # noqa: S311 (a seeded year is the point)
        self.slugs = sorted(words.articles()["es"])
        self.agents = conversation_rows.staff()
        self.shop = Shop(plan.end)
        self.chunk = _Chunk()

    def run(self) -> dict[str, Any]:
        buyers = people.buyers(self.plan, self.random)
        orders = people.purchases(self.plan, buyers, self.random)
        for number, purchase in enumerate(orders, 1):
            purchase.number = f"SIM-{number:06d}"
        matters = self._matters(orders)
        self.told(f"{len(buyers)} customers, {len(orders)} orders, {len(matters)} matters drawn")
        self.returning = incidents.Returning(self.plan, orders, self.random)
        by_buyer: dict[int, list[Incident]] = defaultdict(list)
        for incident in matters:
            by_buyer[incident.buyer.number].append(incident)
        buyers = [buyer for buyer in buyers if self.returning.by_buyer[buyer.number]]
        for position, buyer in enumerate(buyers, 1):
            self._buyer(buyer, by_buyer[buyer.number])
            if position % CHUNK == 0:
                self._write()
                self.told(f"{position} of {len(buyers)} customers written, {self.truth.messages} messages")
        self._write()
        self.shop.write_counters()
        kept = [one for mine in self.returning.by_buyer.values() for one in mine]
        return self.truth.told(kept, self.returning.known, self.returning.won)

    def _matters(self, orders: list[Purchase]) -> list[Incident]:
        found: list[Incident] = []
        for number, wave in enumerate(self.plan.waves):
            lot, failed = incidents.wave(self.plan, number, wave, orders, self.random)
            self.truth.waves.append({"product": wave.sku, "lot": lot, "problem": wave.problem})
            found += failed
        found += incidents.faults(self.plan, orders, self.random)
        rest = max(0, round((self.plan.conversations - len(found)) * SPARE))
        found += incidents.others(self.plan, orders, rest, self.slugs, self.random)
        kept = incidents.spaced(found, self.random)
        for number, told in enumerate(self.truth.waves):
            mine = [one for one in kept if one.wave == number]
            told |= {"failures": len(mine), "first": mine[0].at.isoformat() if mine else None}
        return kept

    def _buyer(self, buyer: Buyer, matters: list[Incident]) -> None:
        threads: list[Thread] = []
        for incident in matters:
            if incident.purchase is not None and incident.purchase.dropped:
                continue
            if not threads or buyer.channel in ("web", "mail"):
                threads.append(self._thread(buyer, incident))
            self._matter(threads[-1], incident)
        self.truth.messages += sum(thread.numbers for thread in threads)
        mine = self.returning.by_buyer[buyer.number]
        for extra in mine:
            extra.number = extra.number or f"SIM-X{buyer.number:06d}-{len(self.chunk.bought)}-{mine.index(extra)}"
        self.chunk.bought.append((buyer, mine))
        self.chunk.talked.append((buyer, threads))

    def _thread(self, buyer: Buyer, incident: Incident) -> Thread:
        return Thread(uuid.UUID(int=self.random.getrandbits(128), version=4), buyer, self.agents, incident.at)

    def _matter(self, thread: Thread, incident: Incident) -> None:
        """One matter: its first episode, what follows, the surveys, and whether the customer buys again."""
        follow = incidents.decide(incident, self.slugs, self.random)
        case = self.shop.case_number(incident.at) if incident.kind in KIND else ""
        begun = thread.numbers
        if case:
            message = f"sim-{thread.id}-{begun}"
            self.chunk.opened.append((incident, case, f"{thread.id}:{thread.episode}", message))
        ended = Episode(thread, incident, case, self.random).play()
        self._surveys(thread, incident)
        if follow:
            follow.at = incidents.follow_at(incident, ended, self.random)
            if follow.at < self.plan.end - timedelta(days=1):
                Episode(thread, follow, case, self.random).play()
                self._surveys(thread, follow)
            else:
                follow = None
        self.truth.played(incident, follow)
        self.returning.settle(incident if incident.unhappy_at or not follow else follow)

    def _surveys(self, thread: Thread, incident: Incident) -> None:
        answers, at = incident.answers, incident.ended_at
        if at is None:
            return
        if answers.get("rating", 5) in (1, 2):
            incident.unhappy_at = thread.events[-1].at
        for kind, days in (("fixed", 2), ("nps", 3)):
            asked = at + timedelta(days=days, seconds=self.random.uniform(0, 20_000))
            if kind not in answers or asked > self.plan.end - timedelta(days=1):
                answers.pop(kind, None)
                continue
            Episode(thread, incident, "", self.random).survey(kind, asked)
            bad = not answers["fixed"] if kind == "fixed" else int(str(answers["nps"])) <= 6
            if bad and incident.unhappy_at is None:
                incident.unhappy_at = thread.events[-1].at

    def _write(self) -> None:
        chunk, self.chunk = self.chunk, _Chunk()
        self.shop.write_orders(chunk.bought)
        self.shop.write_cases(chunk.opened)
        conversation_rows.write(chunk.talked)


def forget() -> None:
    """Take an earlier simulated year out of the database."""
    with transaction.atomic():
        conversation_rows.forget()
        mine = Order.objects.filter(customer__reference__startswith=MARK)
        cases = Case.objects.filter(order__in=mine)
        simulated = set(cases.values_list("number", flat=True))
        cases.delete()
        _count_back(simulated)
        mine.delete()
        Customer.objects.filter(reference__startswith=MARK).delete()


def _count_back(gone: set[str]) -> None:
    """Let months whose last case was a simulated one count on from the last that stayed, so that a seed's year is the
    same when it is made again."""
    highest = _highest(gone)
    stayed = _highest(set(Case.objects.values_list("number", flat=True)))
    for counter in CaseCounter.objects.filter(month__in=highest):
        if counter.last == highest[counter.month]:
            counter.last = stayed.get(counter.month, 0)
            counter.save()


def _highest(numbers: set[str]) -> dict[str, int]:
    """The last running number of each month."""
    found: dict[str, int] = {}
    for number in numbers:
        _letter, month, running, _check = number.split("-")
        found[month] = max(found.get(month, 0), int(running))
    return found
