"""Simulated shops for the radar: a year to learn from, then a year to watch, with or without a wave of faults."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from bot.insights.radar.scan import Contact, Radar, Sold
from bot.insights.simulation.plan import FAULTS, INFANT, INFANT_DAYS, SOLD

YEAR = 365.0
WHOLE_PRODUCT = "whole product"


@dataclass(frozen=True)
class Shop:
    """Deliveries by product as (lot, day), over three years; the watched one is the last."""

    deliveries: dict[str, list[tuple[str, float]]]

    def sold(self) -> dict[str, Sold]:
        return {sku: Sold(units) for sku, units in self.deliveries.items()}


@dataclass(frozen=True)
class Trial:
    """`chances`: for each contact of the watched year, in order, (day, product, lot or empty, problem, chance,
    how many contacts of the wave there were by then)."""

    chances: list[tuple[float, str, str, str, float, int]]
    contacts: int
    wave: tuple[str, str, str] | None = None
    failures: int = 0


def shop(orders: int, random: np.random.Generator) -> Shop:
    """A shop with so many orders of appliances a year; a lot is a month's production."""
    whole = sum(SOLD.values())
    deliveries = {}
    for sku, weight in SOLD.items():
        days = np.sort(random.uniform(0, 3 * YEAR, random.poisson(3 * orders * weight / whole)))
        made = np.floor((days - random.uniform(10, 60, len(days))) / 30.4).astype(int)
        deliveries[sku] = [(f"{sku}-{lot}", float(day)) for lot, day in zip(made, days, strict=True)]
    return Shop(deliveries)


def usual(told: Shop, random: np.random.Generator) -> list[Contact]:
    """Contacts about what fails by itself: more in a unit's first weeks."""
    found = []
    for sku, units in told.deliveries.items():
        for problem, rate in FAULTS.get(sku, {}).items():
            at = random.exponential(YEAR / rate, len(units))
            ages = np.where(at < INFANT_DAYS * INFANT, at / INFANT, at - INFANT_DAYS * (INFANT - 1))
            found += [
                Contact(delivered + age, sku, lot, problem, delivered)
                for (lot, delivered), age in zip(units, ages, strict=True)
                if delivered + age < 3 * YEAR
            ]
    return found


def wave(told: Shop, share: float, spread: float, whole: bool, random: np.random.Generator) -> list[Contact]:
    """Contacts of one fault more: of one lot that is being sold, or (a bad update, say) of all of a product's units."""
    sku = str(random.choice(sorted(FAULTS)))
    problem = str(random.choice(sorted(FAULTS[sku])))
    begins = random.uniform(2.1, 2.75) * YEAR
    units = [(lot, day) for lot, day in told.deliveries[sku] if day < begins + spread]
    recent = [lot for lot, day in units if begins - 45 < day < begins - 10]
    lot = str(random.choice(sorted(recent))) if recent else units[-1][0]
    hit = [(name, day) for name, day in units if (whole or name == lot) and random.random() < share]
    return [Contact(max(begins, day) + float(random.uniform(0, spread)), sku, name, problem, day) for name, day in hit]


def watch(told: Shop, normal: list[Contact], more: list[Contact], *, whole: bool = False) -> Trial:
    """Let the radar hear everything in order, without ever ringing, and note how unlikely it found each contact."""
    radar = Radar(told.sold(), rings_below=0.0)
    marked = {id(contact) for contact in more}
    chances, watched, failures = [], 0, 0
    for contact in sorted([*normal, *more], key=lambda one: one.day):
        if contact.day >= 3 * YEAR:
            break
        radar.take(replace(contact) if contact.day < 2 * YEAR else contact)
        if contact.day < 2 * YEAR:
            continue
        watched, failures = watched + 1, failures + (id(contact) in marked)
        for lot in (contact.lot, ""):
            found = radar.look(contact.product, contact.problem, lot, contact.day)
            if found:
                chances.append((contact.day, contact.product, lot, contact.problem, found.chance, failures))
    first = more[0] if more else None
    about = (first.product, "" if whole else first.lot, first.problem) if first else None
    return Trial(chances, watched, about, failures)


def false_alarms(trial: Trial, below: float, pause: float) -> int:
    """How often a quiet year would have rung: a thing that rang is silent until `pause` days after its last contact."""
    rung: dict[tuple[str, str, str], float] = {}
    alarms = 0
    for day, product, lot, problem, chance, _failures in trial.chances:
        key = (product, lot, problem)
        if key in rung and day - rung[key] <= pause:
            rung[key] = day
        elif chance < below:
            alarms, rung[key] = alarms + 1, day
    return alarms


def found_after(trial: Trial, below: float) -> int | None:
    """After how many contacts of the wave it would have rung for its lot or its product; None: never."""
    if trial.wave is None:
        return None
    product, lot, problem = trial.wave
    for _day, seen, about, what, chance, failures in trial.chances:
        if failures and (seen, what) == (product, problem) and about in (lot, "") and chance < below:
            return failures
    return None
