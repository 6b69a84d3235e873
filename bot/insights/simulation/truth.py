"""What is known of the simulated year because it was drawn so: the chances behind every figure, and exact counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from bot.insights.simulation.plan import (
    AFTER,
    ASKED_FIXED,
    BUYS_AGAIN,
    FIXED,
    KINDS,
    NPS,
    SCORES,
    Incident,
    Plan,
    Purchase,
)
from bot.shop.clock import shop_day

# What began later may not have had the time to come back, or to be quiet for a month.
UNRIPE = timedelta(days=45)


@dataclass
class Rate:
    """An expected share: the sum of the chances of `of` draws."""

    of: int = 0
    expected: float = 0.0

    def add(self, chance: float) -> None:
        self.of, self.expected = self.of + 1, self.expected + chance

    def told(self) -> dict[str, float]:
        return {"of": self.of, "rate": self.expected / self.of if self.of else 0.0}


@dataclass
class Truth:
    """Filled while the year is played. Rates are of the episodes that began in `period`."""

    plan: Plan
    rates: dict[str, Rate] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    episodes: int = 0
    messages: int = 0
    gaps: int = 0
    real_seconds: list[float] = field(default_factory=list)
    waves: list[dict[str, Any]] = field(default_factory=list)

    @property
    def until(self) -> datetime:
        return self.plan.end - UNRIPE

    def rate(self, name: str, chance: float) -> None:
        self.rates.setdefault(name, Rate()).add(chance)

    def played(self, primary: Incident, follow: Incident | None) -> None:
        """Take in one matter; `follow` is what came after it, if it still came."""
        for incident in filter(None, (primary, follow)):
            self.episodes += 1
            self.gaps += incident.kind == "gap"
            if incident.at >= self.until:
                continue
            self._of_episode(incident)
            self._of_surveys(incident)
        if primary.at < self.until:
            last = follow if follow and follow.follows == "same" else primary
            for first, end in {primary: last, **({follow: follow} if follow and follow is not last else {})}.items():
                if first.ended_at and end.ended_at:
                    self.real_seconds.append((end.ended_at - first.at).total_seconds())

    def _of_episode(self, incident: Incident) -> None:
        primary, gap, wave = not incident.follows, incident.kind == "gap", incident.wave is not None
        again = 0.0 if wave or not primary else AFTER["same"] * (not gap)
        other = AFTER["other"] if primary and not wave else 0.0
        late = 0.0 if wave or gap or not primary else AFTER["late"]
        asked = 0.0 if incident.follows or gap else ASKED_FIXED
        self.rate("handoff", KINDS[incident.kind].handoff)
        self.rate("quiet_week", 1 - again - other)
        if not gap:
            self.rate("repeated", again + late)
        if incident.follows in ("", "other"):
            solved = KINDS["gap"].handoff if gap else 1 - again - (1 - again - other) * asked * (1 - FIXED[True])
            self.rate("first_solved", solved)
        # Asked after the last episode of a matter that came back within the week, else after the first.
        direct = asked * FIXED[True] * (1 - again - other)
        self.rate("confirmed", ASKED_FIXED * FIXED[False] if incident.follows == "same" else direct)

    def _of_surveys(self, incident: Incident) -> None:
        if "rating" in incident.answers:
            self.rate("csat_mean", sum(score * share for score, share in enumerate(SCORES[incident.well], 1)))
            self.rate("satisfied", sum(SCORES[incident.well][3:]))
        if "nps" in incident.answers:
            promoters, _passive, detractors = NPS[incident.well]
            self.rate("promoters", promoters)
            self.rate("detractors", detractors)

    def told(self, orders: list[Purchase], known: int, won: int) -> dict[str, Any]:
        """The whole truth as JSON values. `known` unhappy customers had their 90 days, `won` of them bought again."""
        return {
            "seed": self.plan.seed, "months": self.plan.months, "until": self.plan.until.isoformat(),
            "period": [shop_day(self.plan.start).isoformat(), shop_day(self.until).isoformat()],
            "episodes": self.episodes, "messages": self.messages, "gaps": self.gaps,
            "rates": {name: rate.told() for name, rate in sorted(self.rates.items())},
            "churn": {"chance": BUYS_AGAIN, "known": known, "bought_again": won},
            "real_seconds_median": median(self.real_seconds) if self.real_seconds else None,
            "orders": _orders(orders, self.plan), "reasons": dict(self.reasons), "waves": self.waves,
        }  # fmt: skip


def _orders(orders: list[Purchase], plan: Plan) -> dict[str, int]:
    """Orders of the simulated time, and how many of them were not their customer's first."""
    seen: set[int] = set()
    made = again = 0
    for purchase in sorted(orders, key=lambda one: one.ordered_at):
        if purchase.ordered_at >= plan.start:
            made, again = made + 1, again + (purchase.buyer.number in seen)
        seen.add(purchase.buyer.number)
    return {"all": made, "repeat": again}
