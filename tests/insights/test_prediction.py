"""The prediction on a shop whose every chance is known: it ranks well, and its chances are right."""

from __future__ import annotations

import numpy as np

from bot.insights import prediction
from bot.insights.prediction import HORIZON, Units, features, learnt, probability

DAYS = 720.0


def shop(seed: int, bad_lot: bool = True) -> Units:
    """12,000 units of four products in monthly lots over two years; one lot fails ten times as often."""
    random = np.random.default_rng(seed)
    count = 12_000
    delivered = np.sort(random.uniform(0, DAYS, count))
    sku = random.integers(0, 4, count)
    lot = sku * 100 + (delivered // 30).astype(np.int64)
    yearly = np.array([0.02, 0.05, 0.10, 0.20])[sku]
    if bad_lot:
        yearly = np.where(lot == 2 * 100 + 21, 2.5, yearly)
    failed = delivered + random.exponential(365 / yearly)
    _names, lot = np.unique(lot, return_inverse=True)
    return Units(np.arange(count), np.arange(count) // 2, sku, lot.astype(np.int64), delivered, failed)


def judged(told: Units, day: float) -> tuple[np.ndarray, np.ndarray]:
    weights = learnt(told, [day - back for back in (120.0, 90.0, 60.0, 30.0)])
    assert weights is not None
    risk = told.at_risk(day)
    return probability(features(told, day)[risk], weights), told.failed[risk] < day + HORIZON


def test_the_likeliest_hundredth_holds_several_times_its_share() -> None:
    chances, came = judged(shop(1), DAYS - HORIZON)
    top = np.argsort(-chances)[: len(chances) // 100]
    assert came[top].mean() > 4 * came.mean()


def test_as_many_fail_as_the_chances_say_in_every_fifth() -> None:
    chances, came = judged(shop(2), DAYS - HORIZON)
    for part in np.array_split(np.argsort(chances), 5):
        expected = chances[part].sum()
        assert abs(came[part].sum() - expected) <= 4 * np.sqrt(expected) + 2


def test_without_a_bad_lot_no_lot_is_called_bad() -> None:
    chances, _came = judged(shop(3, bad_lot=False), DAYS - HORIZON)
    # The worst product fails in 0.2 of a year's units: 1.6 % in 30 days.
    assert chances.max() < 0.06


def test_where_nothing_ever_failed_nothing_is_predicted() -> None:
    told = shop(4)
    quiet = Units(told.item, told.order, told.sku, told.lot, told.delivered, np.full(len(told.item), np.inf))
    assert prediction.learnt(quiet, [DAYS - 60]) is None
