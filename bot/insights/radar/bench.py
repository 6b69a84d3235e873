"""What the radar finds and how often it is wrong, on simulated shops; the report and its plot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import Any

import numpy as np

from bot.insights.radar import rare, trial
from bot.insights.radar.scan import PAUSE
from bot.insights.radar.trial import Trial

FEW = 10
BUDGETS = (0.03, 0.1, 0.2, 0.3, 0.4, 0.5, 1.0, 2.0, 5.0, 15.0, 50.0, 200.0, 1000.0)
# (name, share of the units that fail, days, whole product)
WAVES = (
    ("one lot, 5 % fail", 0.05, 45.0, False),
    ("one lot, 10 % fail", 0.10, 45.0, False),
    ("one lot, 25 % fail", 0.25, 45.0, False),
    ("whole product, 3 % fail", 0.03, 30.0, True),
)


@dataclass(frozen=True)
class Waves:
    """Waves of one kind that had at least `FEW` contacts, and those that had fewer."""

    name: str
    trials: list[Trial]

    @property
    def large(self) -> list[Trial]:
        return [one for one in self.trials if one.failures >= FEW]


@dataclass(frozen=True)
class Trials:
    quiet: list[Trial]
    waves: list[Waves]
    orders: int

    @property
    def looks(self) -> float:
        """Looks in a year: each contact is one for its lot and one for its product."""
        return 2.0 * sum(one.contacts for one in self.quiet) / len(self.quiet)


def run(years: int, orders: int, seed: int, told: Callable[[str], None]) -> Trials:
    """`years` quiet years, and as many waves of each kind, each in a shop of its own."""
    random = np.random.default_rng(seed)
    quiet, waves = [], [Waves(name, []) for name, *_rest in WAVES]
    for year in range(years):
        shop = trial.shop(orders, random)
        normal = trial.usual(shop, random)
        quiet.append(trial.watch(shop, normal, []))
        for kept, (_name, share, spread, whole) in zip(waves, WAVES, strict=True):
            more = trial.wave(shop, share, spread, whole, random)
            if more:
                # What has nothing to do with the wave was heard in the quiet year.
                about = [one for one in normal if one.product == more[0].product]
                kept.trials.append(trial.watch(shop, about, more, whole=whole))
        told(f"{year + 1} of {years} years")
    return Trials(quiet, waves, orders)


def at(trials: Trials, budget: float) -> dict[str, Any]:
    """False alarms a year and how the waves are found with that budget."""
    below = rare.threshold(trials.looks, budget)
    found = {}
    for waves in trials.waves:
        after = [trial.found_after(one, below) for one in waves.large]
        heard = [count for count in after if count is not None]
        found[waves.name] = {
            "waves": len(after), "found": len(heard), "within_10": sum(count <= FEW for count in heard),
            "median": median(heard) if heard else None, "most": max(heard, default=None),
        }  # fmt: skip
    alarms = sum(trial.false_alarms(one, below, PAUSE) for one in trials.quiet)
    years = len(trials.quiet)
    return {
        "budget": budget, "below": below, "false_alarms_a_year": alarms / years, "waves": found,
        "interval": tuple(end / years for end in between(alarms)),
    }  # fmt: skip


def between(count: int, z: float = 1.96) -> tuple[float, float]:
    """The 95 % interval of what a Poisson count was to be expected (Byar's approximation to the exact one)."""
    low = count * (1 - 1 / (9 * count) - z / (3 * sqrt(count))) ** 3 if count else 0.0
    more = count + 1
    return low, more * (1 - 1 / (9 * more) + z / (3 * sqrt(more))) ** 3


def figures(trials: Trials) -> dict[str, Any]:
    """The line that the command ends with."""
    told = at(trials, rare.BUDGET)
    counted = list(told["waves"].values())
    waves = sum(kind["waves"] for kind in counted)
    return {
        "years": len(trials.quiet), "contacts_a_year": round(trials.looks / 2, 1),
        "false_alarms_a_year": round(told["false_alarms_a_year"], 3),
        "false_alarms_interval": [round(end, 3) for end in told["interval"]], "waves": waves,
        "found": sum(kind["found"] for kind in counted),
        "within_10_share": round(sum(kind["within_10"] for kind in counted) / max(1, waves), 3),
        "contacts_until_found_median": {name: kind["median"] for name, kind in told["waves"].items()},
        "contacts_until_found_most": {name: kind["most"] for name, kind in told["waves"].items()},
    }  # fmt: skip


def report(trials: Trials) -> str:
    """The document."""
    told, line = at(trials, rare.BUDGET), figures(trials)
    rows = [
        f"| {name} | {kind['waves']} | {kind['found']} | {kind['within_10']} | {kind['median']} | {kind['most']} |"
        for name, kind in told["waves"].items()
    ]
    low, high = told["interval"]
    return f"""# The radar: how soon it finds a fault, and how often it is wrong

Made by `make bench-radar`. {line["years"]} simulated years of a shop with {trials.orders} orders a year and about
{line["contacts_a_year"]:.0f} contacts about faults; a year before is what it learns from.
The test and its sources are in `bot/insights/radar/rare.py`: an exact conditional Poisson test at each new
contact, over windows of {", ".join(map(str, rare.WINDOWS))} days. All looks of a year together have a budget of
{rare.BUDGET} false alarms, which would hold if the usual rates at every age were known. They are learnt from few
contacts, so that more may ring.

False alarms: **{line["false_alarms_a_year"]} a year** in quiet years (95 % interval {low:.2f} to {high:.2f}).

Waves with at least {FEW} contacts, and how many of their contacts it took:

| wave | waves | found | within the first {FEW} | median | most |
|---|---|---|---|---|---|
{chr(10).join(rows)}

![The trade-off](pictures/radar.svg)

Each dot is a budget, from {BUDGETS[0]} to {BUDGETS[-1]:.0f}; the ring is the one that is used.

| budget | false alarms a year | 95 % interval | waves found | within the first {FEW} |
|---|---|---|---|---|
{chr(10).join(_row(at(trials, budget)) for budget in BUDGETS)}
"""


def _row(told: dict[str, Any]) -> str:
    counted, (low, high) = list(told["waves"].values()), told["interval"]
    waves, found, soon = (sum(kind[name] for kind in counted) for name in ("waves", "found", "within_10"))
    return (
        f"| {told['budget']:g} | {told['false_alarms_a_year']:.2f} | {low:.2f} to {high:.2f} "
        f"| {found} of {waves} | {soon} of {waves} |"
    )
