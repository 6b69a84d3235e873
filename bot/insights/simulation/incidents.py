"""Draws what customers come with, what comes after it, and who of the unhappy buys again."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from bot.insights.simulation.people import pick, small_order
from bot.insights.simulation.plan import (
    AFTER,
    APART,
    ASKED_FIXED,
    ASKED_NPS,
    ASKED_RATING,
    BUYS_AGAIN,
    FAULTS,
    FIXED,
    HOURS,
    INFANT,
    INFANT_DAYS,
    KINDS,
    NPS,
    SCORES,
    Incident,
    Plan,
    Purchase,
    Wave,
)

YEAR = 365.0
CHURN = timedelta(days=90)
# The last days leave room for what follows and for surveys.
TAIL = timedelta(days=2)


def at_an_hour(day: datetime, random: Random) -> datetime:
    """A moment of that day on which customers write."""
    hour = random.choices(range(24), HOURS)[0]
    return day.replace(hour=hour, minute=random.randrange(60), second=random.randrange(60), microsecond=0)


def faults(plan: Plan, orders: list[Purchase], random: Random) -> list[Incident]:
    """Everything that fails by itself in the simulated time."""
    found = []
    for purchase in orders:
        for unit in purchase.units:
            for problem, rate in FAULTS.get(unit.sku, {}).items():
                found += _faults_of(plan, purchase, unit.sku, problem, rate * unit.qty, random)
    return found


def _faults_of(plan: Plan, purchase: Purchase, sku: str, problem: str, rate: float, random: Random) -> list[Incident]:
    """Failures come with INFANT times the rate first: as if those days were longer."""
    until = (plan.end - purchase.delivered_at).total_seconds() / 86400
    stretched = until + min(until, INFANT_DAYS) * (INFANT - 1)
    found, at = [], random.expovariate(rate / YEAR)
    while at < stretched:
        age = at / INFANT if at < INFANT_DAYS * INFANT else at - INFANT_DAYS * (INFANT - 1)
        moment = purchase.delivered_at + timedelta(days=age)
        if moment >= plan.start:
            unit = next(unit for unit in purchase.units if unit.sku == sku)
            found.append(Incident(purchase.buyer, "fault", moment, purchase, unit, problem))
        at += random.expovariate(rate / YEAR)
    return found


def wave(plan: Plan, number: int, told: Wave, orders: list[Purchase], random: Random) -> tuple[str, list[Incident]]:
    """(the lot of a wave, its failures): the lot of that product of which most was sold before it begins."""
    begins = plan.start + (plan.end - plan.start) * ((told.month - 1) / plan.months)
    sold: dict[str, int] = defaultdict(int)
    for purchase in orders:
        for unit in purchase.units:
            if unit.sku == told.sku and begins - timedelta(days=75) < purchase.ordered_at < begins:
                sold[unit.lot] += unit.qty
    lot = max(sold, key=lambda name: (sold[name], name), default="")
    found = []
    for purchase in orders:
        for unit in purchase.units:
            at = max(begins, purchase.delivered_at) + timedelta(days=random.uniform(0, told.spread))
            if unit.lot == lot and lot and random.random() < told.share and at < plan.end:
                found.append(Incident(purchase.buyer, "fault", at, purchase, unit, told.problem, wave=number))
    return lot, found


def others(plan: Plan, orders: list[Purchase], count: int, slugs: list[str], random: Random) -> list[Incident]:
    """Questions, returns, damage, lost parcels: as many as `count`."""
    kinds = {kind: chances.weight for kind, chances in KINDS.items() if chances.weight}
    found = []
    for _ in range(count):
        purchase, kind = random.choice(orders), pick(random, kinds)
        unit = purchase.units[0]
        if kind in ("question", "gap"):
            at = plan.start + (plan.end - plan.start) * random.random()
            problem = random.choice(slugs) if kind == "question" else ""
        else:
            at, problem = purchase.delivered_at + timedelta(days=random.uniform(0.5, 6)), kind
            if kind == "lost_parcel":
                at = purchase.ordered_at + timedelta(days=random.uniform(8, 12))
        if plan.start <= at < plan.end - TAIL:
            found.append(Incident(purchase.buyer, kind, at, purchase, unit, problem))
    return found


def spaced(incidents: list[Incident], random: Random) -> list[Incident]:
    """Those that may stay, in order: a customer's matters lie apart; what a wave brings goes before the rest."""
    taken: dict[int, list[datetime]] = defaultdict(list)
    kept = []
    for incident in sorted(incidents, key=lambda one: (one.wave is None, one.kind != "fault", one.at)):
        incident.at = at_an_hour(incident.at, random)
        if all(abs(incident.at - at) >= APART for at in taken[incident.buyer.number]):
            taken[incident.buyer.number].append(incident.at)
            kept.append(incident)
    return sorted(kept, key=lambda one: one.at)


def decide(incident: Incident, slugs: list[str], random: Random) -> Incident | None:
    """Draw how it goes and what is answered to surveys; returns the episode that follows, if one does."""
    incident.handed_off = random.random() < KINDS[incident.kind].handoff
    incident.after = pick(random, {**AFTER, "": 1 - sum(AFTER.values())}) if incident.wave is None else ""
    if incident.kind == "gap" and incident.after in ("same", "late"):
        incident.after = ""
    incident.well = incident.after != "same" and (incident.kind != "gap" or incident.handed_off)
    follow = _following(incident, slugs, random)
    last = follow if incident.after == "same" and follow else incident
    if random.random() < ASKED_RATING:
        last.answers["rating"] = random.choices(range(1, 6), SCORES[incident.well])[0]
    if incident.after == "other" or incident.kind == "gap":
        return follow
    if random.random() < ASKED_FIXED:
        last.answers["fixed"] = random.random() < FIXED[incident.well]
    if KINDS[incident.kind].incident and random.random() < ASKED_NPS:
        ranges = (range(9, 11), range(7, 9), range(7))
        last.answers["nps"] = random.choice(random.choices(ranges, NPS[incident.well])[0])
    return follow


def _following(incident: Incident, slugs: list[str], random: Random) -> Incident | None:
    if not incident.after:
        return None
    follow = replace(incident, after="", follows=incident.after, answers={}, well=incident.after != "same")
    follow.handed_off = random.random() < KINDS[incident.kind].handoff
    if incident.after == "other":
        slug = random.choice([slug for slug in slugs if slug != incident.problem])
        follow = replace(follow, kind="question", problem=slug, purchase=None, unit=None)
    return follow


def follow_at(incident: Incident, ended_at: datetime, random: Random) -> datetime:
    """When a following episode begins: safely inside its window, counted from the end of the one before."""
    days = random.uniform(10, 25) if incident.after == "late" else random.uniform(1.3, 6.3)
    return ended_at + timedelta(days=days)


class Returning:
    """Settles which unhappy customers buy again: takes orders away, or adds one. Call it in order of time."""

    def __init__(self, plan: Plan, orders: list[Purchase], random: Random) -> None:
        self.plan, self.random, self.added = plan, random, list[Purchase]()
        self.known = self.won = 0
        self.by_buyer: dict[int, list[Purchase]] = defaultdict(list)
        for purchase in orders:
            self.by_buyer[purchase.buyer.number].append(purchase)

    def settle(self, incident: Incident) -> None:
        at = incident.unhappy_at
        if at is None:
            return
        mine = [one for one in self.by_buyer[incident.buyer.number] if at < one.ordered_at <= at + CHURN]
        stays = self.random.random() < BUYS_AGAIN
        room = self.plan.end - at > CHURN
        if room:
            self.known, self.won = self.known + 1, self.won + stays
        if not stays or not room:
            for purchase in mine:
                purchase.dropped = True
            self.by_buyer[incident.buyer.number] = [p for p in self.by_buyer[incident.buyer.number] if not p.dropped]
        elif not mine:
            extra = small_order(incident.buyer, at + timedelta(days=self.random.uniform(3, 85)))
            self.by_buyer[incident.buyer.number].append(extra)
            self.added.append(extra)
