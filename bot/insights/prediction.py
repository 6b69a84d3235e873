"""Which units are likely to become a problem in the next 30 days: a small model that can be read.

Three facts about a unit make a logistic regression: how often such a product fails at that age, how its lot has done
lately against that, and whether another unit of the same order has failed. It learns on days that lie far enough back
to know what came, and is measured on the last such day, which it has not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from bot.insights import sales
from bot.insights.matters import FAULTS
from bot.insights.radar.watching import day_of
from bot.shop.models import CaseItem

type Floats = NDArray[np.float64]

HORIZON = 30.0
LEARN_BACK = (150.0, 120.0, 90.0, 60.0)
RECENT = 60.0
AGES = np.array([0.0, 45.0, 180.0, 365.0, 3 * 365.0])
OLDEST = float(AGES[-1])
# Units' worth of supposing that a lot is like the others, and that an age is like the product.
LOT_PRIOR, AGE_PRIOR = 1.5, 3.0
RIDGE = 1e-3
TOP = 0.01


@dataclass(frozen=True)
class Units:
    """One row a unit: when it was delivered and when it first failed (infinity: never), in days."""

    item: NDArray[np.int64]
    order: NDArray[np.int64]
    sku: NDArray[np.int64]
    lot: NDArray[np.int64]
    delivered: Floats
    failed: Floats

    def at_risk(self, day: float) -> NDArray[np.bool_]:
        age = day - self.delivered
        risk: NDArray[np.bool_] = (age > 0) & (age < OLDEST) & (self.failed >= day)
        return risk


def units(now: datetime) -> Units:
    """What was delivered by now, and which of it had a case about a fault."""
    first: dict[int, float] = {}
    cases = CaseItem.objects.filter(case__kind__in=FAULTS, case__opened_at__lt=now).order_by("case__opened_at")
    for item, at in cases.values_list("item", "case__opened_at"):
        first.setdefault(item, day_of(at))
    found = list(sales.delivered(now).order_by("pk").values_list("pk", "order", "sku", "lot", "order__delivered_at"))
    skus, lots = _numbers(row[2] for row in found), _numbers((row[2], row[3]) for row in found)
    return Units(
        np.array([row[0] for row in found], dtype=np.int64), np.array([row[1] for row in found], dtype=np.int64),
        skus, lots, np.array([day_of(row[4]) if row[4] else np.inf for row in found], dtype=np.float64),
        np.array([first.get(row[0], np.inf) for row in found], dtype=np.float64),
    )  # fmt: skip


def _numbers(names: Any) -> NDArray[np.int64]:
    known: dict[Any, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)


def features(told: Units, day: float) -> Floats:
    """(a row a unit) × (1, log of the usual chance, log of the lot's ratio, another of the order failed)."""
    rates = _rates(told, day)
    band = np.clip(np.searchsorted(AGES, day - told.delivered, side="right") - 1, 0, len(AGES) - 2)
    usual = rates[told.sku, band] * HORIZON
    expected = rates[told.sku, band] * np.clip(day - np.maximum(told.delivered, day - RECENT), 0, RECENT)
    recent = (told.failed < day) & (told.failed >= day - RECENT)
    size = int(told.lot.max(initial=0)) + 1
    seen = np.bincount(told.lot, weights=recent, minlength=size)
    due = np.bincount(told.lot, weights=np.where(told.delivered < day, expected, 0.0), minlength=size)
    ratio = ((seen + LOT_PRIOR) / (due + LOT_PRIOR))[told.lot]
    orders, place = np.unique(told.order, return_inverse=True)
    failed = np.bincount(place, weights=told.failed < day, minlength=len(orders))[place] > 0
    return np.column_stack([np.ones_like(usual), np.log(usual), np.log(ratio), failed.astype(np.float64)])


def _rates(told: Units, day: float) -> Floats:
    """Failures a day by product and age band, from everything before `day`; an age with little to go by is like all."""
    size = int(told.sku.max(initial=0)) + 1
    counts, days = np.zeros((size, len(AGES) - 1)), np.zeros((size, len(AGES) - 1))
    end = np.minimum(told.failed, day)
    for band in range(len(AGES) - 1):
        begin, until = told.delivered + AGES[band], told.delivered + AGES[band + 1]
        inside = np.clip(np.minimum(end, until) - begin, 0, None)
        fails = (told.failed < day) & (told.failed >= begin) & (told.failed < until)
        days[:, band] = np.bincount(told.sku, weights=inside, minlength=size)
        counts[:, band] = np.bincount(told.sku, weights=fails, minlength=size)
    everybody = (counts.sum() + 1) / (days.sum() + 1)
    own = (counts.sum(1) + 1) / (days.sum(1) + 1 / everybody)
    rates: Floats = (counts + AGE_PRIOR) / (days + AGE_PRIOR / own[:, None])
    return rates


def fit(rows: Floats, labels: Floats, steps: int = 30) -> Floats:
    """Weights of a logistic regression by Newton's method, with a small ridge."""
    weights = np.zeros(rows.shape[1])
    weights[:2] = (0.0, 1.0)
    for _ in range(steps):
        chance = probability(rows, weights)
        slope = rows.T @ (labels - chance) - RIDGE * weights
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows + RIDGE * np.eye(rows.shape[1])
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if np.abs(step).max() < 1e-8:
            break
    return weights


def probability(rows: Floats, weights: Floats) -> Floats:
    chance: Floats = 1 / (1 + np.exp(-np.clip(rows @ weights, -30, 30)))
    return chance


def learnt(told: Units, days: list[float]) -> Floats | None:
    """The weights from what these days saw; None where nothing failed after any of them."""
    rows, labels = [], []
    for day in days:
        risk = told.at_risk(day)
        rows.append(features(told, day)[risk])
        labels.append((told.failed[risk] < day + HORIZON).astype(np.float64))
    known = np.concatenate(labels) if labels else np.empty(0)
    return fit(np.concatenate(rows), known) if known.sum() >= 5 else None


@dataclass(frozen=True)
class Likely:
    """A unit with the chance (0 to 1) of a problem in the next 30 days."""

    item: int
    chance: float


def likely(now: datetime | None = None, limit: int = 100) -> list[Likely]:
    """The units most likely to become a problem, the likeliest first; empty where there is too little to learn from."""
    now = now or timezone.now()
    told, today = units(now), day_of(now)
    weights = learnt(told, [today - back + HORIZON for back in LEARN_BACK]) if len(told.item) else None
    if weights is None:
        return []
    risk = np.flatnonzero(told.at_risk(today))
    chances = probability(features(told, today)[risk], weights)
    best = np.argsort(-chances, kind="stable")[:limit]
    return [Likely(int(told.item[risk[one]]), float(chances[one])) for one in best]


def measure(now: datetime | None = None) -> dict[str, float] | None:
    """How good it would have been 30 days ago, learnt from before; None where too little is known.

    `precision` is the share of problems among the likeliest 1 %, `lift` how many times that is the share among all;
    `predicted` and `observed` are counts and tell whether the chances are right.
    """
    now = now or timezone.now()
    told = units(now)
    return judge(told, day_of(now) - HORIZON) if len(told.item) else None


def judge(told: Units, day: float) -> dict[str, float] | None:
    """The same for any day of which the 30 days after are known."""
    weights = learnt(told, [day - back for back in (120.0, 90.0, 60.0, 30.0)])
    if weights is None:
        return None
    risk = told.at_risk(day)
    chances = probability(features(told, day)[risk], weights)
    came = told.failed[risk] < day + HORIZON
    top = np.argsort(-chances, kind="stable")[: max(1, round(TOP * len(chances)))]
    base, precision = float(came.mean()), float(came[top].mean())
    return {
        "units": len(chances), "base_rate": base, "precision": precision, "lift": precision / base if base else 0.0,
        "predicted": float(chances.sum()), "observed": float(came.sum()), "found": float(came[top].sum()),
        "predicted_in_top": float(chances[top].sum()),
    }  # fmt: skip
