"""How good the prediction is on simulated shops: quiet ones, and ones with a wave of faults in a lot."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from bot.insights import prediction
from bot.insights.prediction import HORIZON, Units
from bot.insights.radar import trial
from bot.insights.radar.scan import Contact
from bot.insights.radar.trial import YEAR, Shop

# Days after the first contact of a wave on which the guess is made.
INTO_WAVE = 20.0
SHARE, SPREAD = 0.15, 60.0


def units(shop: Shop, contacts: Sequence[Contact]) -> Units:
    """The shop's units with the day of the first contact about each."""
    first: dict[tuple[str, float], float] = {}
    for contact in sorted(contacts, key=lambda one: one.day):
        first.setdefault((contact.product, contact.delivered), contact.day)
    rows = [(sku, lot, day) for sku, delivered in shop.deliveries.items() for lot, day in delivered]
    _skus, sku = np.unique([row[0] for row in rows], return_inverse=True)
    _lots, lot = np.unique([row[1] for row in rows], return_inverse=True)
    return Units(
        np.arange(len(rows)), np.arange(len(rows)), sku.astype(np.int64), lot.astype(np.int64),
        np.array([row[2] for row in rows]), np.array([first.get((row[0], row[2]), np.inf) for row in rows]),
    )  # fmt: skip


def run(shops: int, orders: int, seed: int, told: Callable[[str], None]) -> dict[str, dict[str, float]]:
    """{kind of shop: sums over `shops` shops of that kind, with precision and lift}."""
    random = np.random.default_rng(seed)
    found: dict[str, list[dict[str, float]]] = {"quiet": [], "wave": []}
    for number in range(shops):
        shop = trial.shop(orders, random)
        normal = trial.usual(shop, random)
        more = trial.wave(shop, SHARE, SPREAD, False, random)
        quiet = prediction.judge(units(shop, normal), 3 * YEAR - HORIZON - 1)
        struck = None
        if more:
            day = min(one.day for one in more) + INTO_WAVE
            struck = prediction.judge(units(shop, [*normal, *more]), day)
        for kind, measured in (("quiet", quiet), ("wave", struck)):
            if measured:
                found[kind].append(measured)
        told(f"{number + 1} of {shops} shops")
    return {kind: _summed(rows) for kind, rows in found.items()}


def _summed(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    total = {name: sum(row[name] for row in rows) for name in ("units", "predicted", "observed", "found")}
    top = sum(max(1, round(prediction.TOP * row["units"])) for row in rows)
    base, precision = total["observed"] / max(1, total["units"]), total["found"] / max(1, top)
    return {
        "shops": len(rows), **{name: round(value, 1) for name, value in total.items()}, "base_rate": round(base, 5),
        "precision": round(precision, 4), "lift": round(precision / base, 2) if base else 0.0,
    }  # fmt: skip


def report(measured: dict[str, dict[str, float]], orders: int) -> str:
    """The document."""
    names = {"quiet": "quiet", "wave": f"{INTO_WAVE:.0f} days into a wave of one lot"}
    rows = [
        f"| {names[kind]} | {one['shops']} | {one['base_rate']:.3%} | {one['precision']:.2%} | {one['lift']} "
        f"| {one['predicted']:.0f} | {one['observed']:.0f} |"
        for kind, one in measured.items()
    ]
    return f"""# Which units are likely to become a problem

Made by `make bench-prediction`, on simulated shops with {orders} orders a year. For each unit that was
delivered, the chance of a first contact about a fault within {HORIZON:.0f} days (`bot/insights/prediction.py`),
learnt from earlier days only. Precision is the share that came true among the likeliest {prediction.TOP:.0%}, lift
how many times that is the share among all units; the last two columns tell whether the chances are right.

| shop | shops | all units | precision | lift | problems foretold | that came |
|---|---|---|---|---|---|---|
{chr(10).join(rows)}
"""
