"""The arithmetic and the queues behind docs/capacity.md."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench import capacity_page, needs
from tests.bench.needs import Costs, Habits, needed
from tests.bench.queueing import simulated

COSTS = Costs(
    turn={"web": 0.02, "rasa": 0.02, "actions": 0.06, "worker": 0.001, "chroma": 0.004, "database": 0.005},
    stream=60_000, stream_idle=1e-5, streams=5_000, stored=9_000, events=5, watched=3e-5,
)  # fmt: skip


def test_one_queue_waits_as_the_theory_says() -> None:
    # Poisson arrivals, one exponential server: the time in it is exponential, with mean 1 / (service - arrival).
    waited = simulated({"actions": 0.05}, {"actions": 1}, 10, turns=60_000)
    assert waited.turns == 60_000
    assert waited.busy["actions"] == pytest.approx(0.5, rel=0.05)
    assert waited.median == pytest.approx(0.1 * 0.6931, rel=0.1)
    assert waited.p95 == pytest.approx(0.1 * 2.9957, rel=0.12)


def test_the_same_seed_gives_the_same_waits() -> None:
    processes = {"web": 1, "rasa": 2, "actions": 2, "database": 1}
    cost = {name: COSTS.turn[name] for name in processes}
    assert simulated(cost, processes, 15, turns=2_000) == simulated(cost, processes, 15, turns=2_000)


def test_a_process_less_makes_customers_wait() -> None:
    enough, few = {"actions": 3}, {"actions": 2}
    cost = {"actions": 0.06}
    assert simulated(cost, few, 30, turns=8_000).p95 > 1.5 * simulated(cost, enough, 30, turns=8_000).p95


@given(st.floats(1e3, 1e8), st.floats(1, 10))
def test_more_conversations_never_need_less(conversations: float, times: float) -> None:
    small, large = (needed(count, COSTS, Habits()) for count in (conversations, conversations * times))
    for place in needs.PLACES:
        # Beyond what the one log can carry there is no number of web processes, and the page says so.
        out_of_reach = place == "web" and large.watching >= needs.BUSY
        assert large.processes[place] == 0 if out_of_reach else large.processes[place] >= small.processes[place]
    assert large.rate >= small.rate and large.stored_a_month >= small.stored_a_month


@given(st.floats(1e4, 5e7))
def test_nobody_is_busier_than_planned(conversations: float) -> None:
    need = needed(conversations, COSTS, Habits())
    for place in needs.PLACES:
        busy = need.rate * COSTS.turn[place] / need.processes[place]
        if place == "web":
            busy += need.streams * COSTS.stream_idle / need.processes[place] + need.watching
            assert need.streams / need.processes[place] <= COSTS.streams
        assert busy <= needs.BUSY + 1e-9


def test_the_dearest_place_gives_way_first() -> None:
    assert needs.first_to_give_way(COSTS) == ("actions", pytest.approx(10))
    assert needs.ceiling(COSTS) == ("log", pytest.approx(4_000))


def test_the_page_says_what_was_measured_and_what_was_assumed() -> None:
    page = capacity_page.page(
        COSTS, Habits(), capacity_page.About("postgresql", 120, 0.2, 0.4, "2026-11-22"), turns=400
    )
    for words in ("100 million", "first bottleneck", "assumed", "actions", "59 kB", "9.0 kB"):
        assert words in page, words
    rows = re.findall(r"^\| (1|10|100) million \|", page, re.M)
    assert rows[:3] == ["1", "10", "100"]
