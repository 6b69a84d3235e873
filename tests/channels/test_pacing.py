"""Rates are kept on a clock of our own."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from channels import pacing
from channels.pacing import Pace


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(0, 3), min_size=1, max_size=60), st.integers(1, 5), st.sampled_from([0.5, 1.0, 30.0]))
def test_no_more_than_the_burst_and_the_rate_go_out_in_any_stretch(rests: list[float], burst: int, rate: float) -> None:
    now, moments = 0.0, []
    pace = Pace(rate, burst, lambda: now)
    for rest in rests:
        now += rest
        moments.append(now + pace.reserve("lucia"))
    assert moments == sorted(moments)
    for first in range(len(moments)):
        for last in range(first, len(moments)):
            assert last - first + 1 <= burst + (moments[last] - moments[first]) * rate + 1e-6


def test_customers_do_not_wait_for_each_other() -> None:
    pace = Pace(1, 1, lambda: 0.0)
    assert [pace.reserve("lucia"), pace.reserve("lucia"), pace.reserve("marc")] == [0.0, 1.0, 0.0]


def test_customers_of_long_ago_are_forgotten() -> None:
    pace = Pace(1, 1, lambda: 0.0)
    for number in range(pacing.REMEMBERED + 50):
        pace.reserve(str(number))
    assert len(pace.full_at) == pacing.REMEMBERED
