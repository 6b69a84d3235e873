"""Rules that meet dates: windows, warranties, seasons, leap days, clock changes, working days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.days import (
    add_days,
    add_months,
    add_working_days,
    add_years,
    is_working_day,
    local_day,
    working_days_between,
)
from bot.shop.decisions import Fault, decide
from tests.shop.shop_cast import delivered

MADRID = ZoneInfo("Europe/Madrid")
days = st.dates(date(2023, 1, 1), date(2032, 12, 31))
later = st.integers(min_value=0, max_value=4000)


def returned(on: date, today: date) -> tuple[str, str]:
    decision = decide("return", delivered("AL1", on, today))
    return decision.outcome, decision.reason_code


@given(on=days, first=later, more=later)
def test_a_return_refused_one_day_is_never_accepted_later(on, first, more):
    asked, again = on + timedelta(days=first), on + timedelta(days=first + more)
    if returned(on, asked)[0] == "refused":
        assert returned(on, again)[0] == "refused"


@given(on=days)
def test_the_return_deadline_is_the_last_day_that_is_accepted(on):
    deadline = decide("return", delivered("AL1", on, on)).deadline
    assert deadline >= on + timedelta(days=30)
    assert returned(on, deadline)[0] == "approved"
    assert returned(on, deadline + timedelta(days=1)) == ("refused", "window_expired")


@given(on=days)
def test_christmas_deliveries_have_until_the_end_of_january(on):
    season = (on.month, on.day) >= (11, 15)
    deadline = decide("return", delivered("AL1", on, on)).deadline
    assert deadline == (date(on.year + 1, 1, 31) if season else on + timedelta(days=30))


@pytest.mark.parametrize(
    ("on", "today", "reason"),
    [
        (date(2026, 11, 14), date(2026, 12, 14), "within_window"),
        (date(2026, 11, 14), date(2026, 12, 15), "window_expired"),
        (date(2026, 11, 15), date(2026, 12, 15), "within_window"),
        (date(2026, 11, 15), date(2026, 12, 16), "extended_window"),
        (date(2026, 12, 31), date(2027, 1, 30), "within_window"),
        (date(2026, 12, 31), date(2027, 1, 31), "extended_window"),
        (date(2026, 12, 31), date(2027, 2, 1), "window_expired"),
        (date(2027, 1, 1), date(2027, 1, 31), "within_window"),
        (date(2027, 1, 1), date(2027, 2, 1), "window_expired"),
        (date(2028, 2, 1), date(2028, 3, 2), "within_window"),
        (date(2028, 2, 1), date(2028, 3, 3), "window_expired"),
    ],
)
def test_the_edges_of_the_return_window(on, today, reason):
    assert returned(on, today)[1] == reason


RANK = {"approved": 0, "technician": 1, "refused": 2}


@given(on=days, first=later, more=later, sku=st.sampled_from(["BR20", "BR20-R", "VX12", "EB2", "AL1", "CH2"]),
       part=st.sampled_from(["motor", "pump", "battery", "filter", "other"]))  # fmt: skip
def test_time_never_improves_a_warranty(on, first, more, sku, part):
    lot = {"lot": "CH2-2512"} if sku == "CH2" else {}
    outcomes = [
        decide("warranty", delivered(sku, on, on + timedelta(days=after), fault=Fault(part), **lot)).outcome
        for after in (first, first + more)
    ]
    assert RANK[outcomes[0]] <= RANK[outcomes[1]]


@pytest.mark.parametrize(
    ("sku", "on", "today", "outcome"),
    [
        ("AL1", date(2024, 2, 29), date(2026, 2, 28), "approved"),
        ("AL1", date(2024, 2, 29), date(2026, 3, 1), "technician"),
        ("AL1", date(2024, 2, 29), date(2027, 2, 28), "technician"),
        ("AL1", date(2024, 2, 29), date(2027, 3, 1), "refused"),
        ("BR20-R", date(2027, 3, 1), date(2028, 3, 1), "approved"),
        ("BR20-R", date(2027, 3, 1), date(2028, 3, 2), "technician"),
        ("BR20-R", date(2027, 3, 1), date(2029, 3, 2), "refused"),
    ],
)
def test_warranty_years_run_from_date_to_date(sku, on, today, outcome):
    assert decide("warranty", delivered(sku, on, today, fault=Fault())).outcome == outcome


@pytest.mark.parametrize(
    ("today", "reason"),
    [(date(2026, 5, 10), "legal_warranty"), (date(2026, 5, 11), "wear_part")],
)
def test_a_battery_wears_out_after_24_months_to_the_day(today, reason):
    facts = delivered("EB2", date(2024, 5, 10), today, fault=Fault("battery"))
    assert decide("warranty", facts).reason_code == reason


@pytest.mark.parametrize(("after", "reason"), [(90, "legal_warranty"), (91, "limescale")])
def test_the_first_descale_is_due_after_90_days(after, reason):
    on = date(2026, 1, 7)
    fault = Fault(cause="limescale")
    facts = delivered("BR20", on, on + timedelta(days=after), fault=fault, descaled=False)
    assert decide("warranty", facts).reason_code == reason


@pytest.mark.parametrize(
    ("repaired_part", "part", "today", "outcome"),
    [
        ("motor", "motor", date(2027, 4, 1), "approved"),
        ("motor", "motor", date(2027, 4, 2), "refused"),
        ("motor", "other", date(2027, 4, 1), "refused"),
        ("other", "motor", date(2027, 4, 1), "approved"),
    ],
)
def test_a_repaired_part_has_one_more_year(repaired_part, part, today, outcome):
    facts = delivered(
        "AL1", date(2023, 3, 1), today, fault=Fault(part), repaired_part=repaired_part, repaired_on=date(2026, 4, 1)
    )
    assert decide("warranty", facts).outcome == outcome


@given(on=days, after=st.integers(min_value=0, max_value=30), photo=st.booleans())
def test_damage_has_a_week_and_then_is_a_warranty(on, after, photo):
    decision = decide("damaged", delivered("AL1", on, on + timedelta(days=after), photo=photo, fault=Fault()))
    if after > 7:
        assert (decision.kind, decision.reason_code) == ("warranty", "legal_warranty")
    else:
        assert decision.reason_code == ("damaged_on_arrival" if photo else "no_photo")
        assert decision.needs_person == (None if photo else "policy_check")


@given(start=days, count=st.integers(min_value=1, max_value=25))
def test_working_days_count_both_ways(start, count):
    end = add_working_days(start, count)
    assert is_working_day(end)
    assert working_days_between(start, end) == count
    assert working_days_between(start, end - timedelta(days=1)) == count - 1


def test_national_holidays_do_not_count():
    assert working_days_between(date(2026, 12, 4), date(2026, 12, 9)) == 2  # 7 and 9; the 8th is a holiday
    assert not is_working_day(date(2026, 10, 12))
    assert is_working_day(date(2026, 9, 24))  # La Mercè is a holiday of Barcelona only


@given(day=days, months=st.integers(min_value=1, max_value=60))
def test_months_end_on_the_same_day_or_the_last_one(day, months):
    end = add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end.day < day.day and add_days(end, 1).day == 1)


@given(day=days, years=st.integers(min_value=1, max_value=10))
def test_years_are_twelve_months(day, years):
    assert add_years(day, years) == add_months(day, 12 * years)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 3, 28, 22, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 28, 23, 0, tzinfo=UTC), date(2026, 3, 29)),  # winter time: midnight is 23:00 UTC
        (datetime(2026, 3, 29, 22, 0, tzinfo=UTC), date(2026, 3, 30)),  # summer time since 02:00: 22:00 UTC
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_a_day_is_one_on_the_shops_wall_also_when_clocks_change(moment, day):
    assert local_day(moment, MADRID) == day


def test_a_moment_without_time_zone_is_refused():
    with pytest.raises(ValueError, match="no time zone"):
        local_day(datetime(2026, 5, 1), MADRID)
