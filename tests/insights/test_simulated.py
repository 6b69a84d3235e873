"""A simulated half year: its figures lie where its truth says that they must, and the radar finds its wave."""

from __future__ import annotations

from datetime import date
from math import sqrt
from typing import Any

import pytest

from bot.conversations.models import Message
from bot.insights import figures, reading
from bot.insights.figures import Scope
from bot.insights.models import Episode
from bot.insights.radar import watching
from bot.insights.simulation.plan import Plan, Wave
from bot.insights.simulation.play import forget, simulate

UNTIL = date(2026, 11, 1)
# So many standard errors: the figure of a right programme lies outside once in 15,000 runs, and the seed is fixed.
ERRORS = 4.0
YEAR = Plan(UNTIL, months=8, seed=3, conversations=1_500, waves=(Wave("EB2", "battery", 6, 0.35),))


@pytest.fixture(scope="module")
def year(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """The truth of a year that all tests of this file look at."""
    with django_db_blocker.unblock():
        truth = simulate(YEAR)
        reading.replay(YEAR.end)
        yield truth
        forget()
        reading.replay(YEAR.end)


@pytest.fixture
def told(year: dict[str, Any], db: None) -> dict[str, tuple[float | None, int]]:
    since, until = map(date.fromisoformat, year["period"])
    # The last day of the period is cut by its hour; whole days before it are compared.
    scope = Scope(since, date.fromordinal(until.toordinal() - 1))
    return {one.definition.key: (one.value, one.of) for one in figures.figures(scope)}


RATES = {
    "first_contact": "first_solved", "confirmed": "confirmed", "quiet_week": "quiet_week", "repeated": "repeated",
    "handoff": "handoff", "csat": "satisfied",
}  # fmt: skip


@pytest.mark.parametrize("figure", sorted(RATES))
def test_a_rate_lies_in_the_confidence_interval_of_the_truth(figure: str, year: dict[str, Any], told: Any) -> None:
    value, of = told[figure]
    truth = year["rates"][RATES[figure]]
    assert of == pytest.approx(truth["of"] if figure != "confirmed" else of, rel=0.05)
    assert abs(value - truth["rate"]) <= ERRORS * sqrt(truth["rate"] * (1 - truth["rate"]) / of)


def test_nps_and_the_mean_rating_lie_there_too(year: dict[str, Any], told: Any) -> None:
    nps, answers = told["nps"]
    truth = 100 * (year["rates"]["promoters"]["rate"] - year["rates"]["detractors"]["rate"])
    assert abs(nps - truth) <= ERRORS * 100 * 0.9 / sqrt(answers)
    mean, ratings = told["rating"]
    assert abs(mean - year["rates"]["csat_mean"]["rate"]) <= ERRORS * 1.3 / sqrt(ratings)


def test_what_is_counted_exactly_is_exact(year: dict[str, Any], db: None) -> None:
    whole = Scope(YEAR.start.date(), UNTIL)
    told = {one.definition.key: (one.value, one.of) for one in figures.figures(whole)}
    assert told["episodes"][0] == year["episodes"] == Episode.objects.count()
    assert Message.objects.count() == year["messages"]
    assert told["gaps"][0] * year["episodes"] == pytest.approx(year["gaps"])
    repeat, orders = told["repeat_orders"]
    assert (orders, repeat * orders) == (year["orders"]["all"], pytest.approx(year["orders"]["repeat"]))


def test_churn_avoided_is_as_often_as_it_was_drawn(year: dict[str, Any], db: None) -> None:
    told = {one.definition.key: one for one in figures.figures(Scope(YEAR.start.date(), UNTIL))}["churn_avoided"]
    assert told.value is not None
    chance = year["churn"]["chance"]
    assert told.of == pytest.approx(year["churn"]["known"], rel=0.02)
    assert abs(told.value - chance) <= ERRORS * sqrt(chance * (1 - chance) / told.of)


def test_the_median_of_the_real_time_is_the_drawn_one(year: dict[str, Any], told: Any) -> None:
    # Matters without a name (gaps) end with their own episode in both.
    assert told["real_time"][0] == pytest.approx(year["real_seconds_median"], rel=0.05)


def test_the_radar_finds_the_wave_and_its_lot(year: dict[str, Any], db: None) -> None:
    wave = year["waves"][0]
    found = []
    for day in range(0, 60, 2):
        found = watching.watch(YEAR.start + (YEAR.end - YEAR.start) * (5 / 8) + day * (YEAR.end - YEAR.start) / 240)
        if found:
            break
    alarm = found[0]
    assert (alarm.product, alarm.lot, alarm.problem) == (wave["product"], wave["lot"], wave["problem"])
    assert watching.episodes_of(alarm).filter(started_at__lte=alarm.raised_at).count() <= 10
    owners = watching.owners(alarm)
    assert {owner.lot for owner in owners} == {wave["lot"]}
    assert any(owner.wrote for owner in owners)
    # Looking again raises nothing twice.
    assert watching.watch(YEAR.end) == [] or all(one.pk != alarm.pk for one in watching.watch(YEAR.end))
