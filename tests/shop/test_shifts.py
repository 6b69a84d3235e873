"""Opening hours with a pause at noon, further closed days, other clocks, and time that counts only while open."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.shop.hours import add_open_time, next_opening, open_now, opening_words, shifts
from bot.shop.policy_rules import OpeningHours

MADRID = ZoneInfo("Europe/Madrid")
CLOSED = dict.fromkeys(("wednesday", "thursday", "friday", "saturday", "sunday"))


def hours(monday: object, tuesday: object = None, **more: object) -> OpeningHours:
    week = {"monday": monday, "tuesday": tuesday, **CLOSED}
    body = {"id": "hours.test", "es": "x", "en": "x", "holidays": "ES", "week": week, **more}
    return OpeningHours.model_validate_json(json.dumps(body), strict=True)


def shift(opens: str, closes: str) -> dict[str, str]:
    return {"opens": opens, "closes": closes}


SPLIT = hours([shift("09:00", "14:00"), shift("16:30", "20:00")], shift("09:00", "14:00"))


def madrid(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=MADRID).astimezone(UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "is_open", "words"),
    [
        (8, 59, False, "hoy a las 09:00"), (9, 0, True, "ahora"), (13, 59, True, "ahora"),
        (14, 0, False, "hoy a las 16:30"), (16, 29, False, "hoy a las 16:30"), (16, 30, True, "ahora"),
        (20, 0, False, "mañana a las 09:00"),
    ],
)  # fmt: skip
def test_a_shop_that_closes_at_noon(hour: int, minute: int, is_open: bool, words: str) -> None:
    monday = madrid(2026, 5, 18, hour, minute)
    assert open_now(monday, SPLIT) is is_open
    assert opening_words(monday, "es", SPLIT) == words


def test_open_time_leaves_out_the_pause_the_night_and_closed_days() -> None:
    assert add_open_time(madrid(2026, 5, 18, 13, 30), timedelta(hours=1), SPLIT) == madrid(2026, 5, 18, 17, 0)
    assert add_open_time(madrid(2026, 5, 18, 19, 30), timedelta(hours=1), SPLIT) == madrid(2026, 5, 19, 9, 30)
    closed = SPLIT.model_copy(update={"closed": ["05-19", "2026-05-25"]})
    assert add_open_time(madrid(2026, 5, 18, 19, 30), timedelta(hours=1), closed) == madrid(2026, 5, 26, 9, 30)


def test_the_canaries_open_an_hour_later_than_madrid() -> None:
    canary = SPLIT.model_copy(update={"zone": "Atlantic/Canary"})
    assert not open_now(madrid(2026, 5, 18, 9, 30), canary)
    assert open_now(madrid(2026, 5, 18, 14, 30), canary)


@pytest.mark.parametrize(
    ("day", "more", "told"),
    [
        ([shift("09:00", "14:00"), shift("13:00", "20:00")], {}, "before the one until 14:00:00 has ended"),
        ([shift("16:00", "20:00"), shift("09:00", "14:00")], {}, "before the one until 20:00:00 has ended"),
        (shift("14:00", "09:00"), {}, "opens at 14:00:00 but closes at 09:00:00"),
        (None, {}, "closed on every day"),
        (shift("09:00", "14:00"), {"zone": "Madrid"}, "write one like Europe/Madrid"),
        (shift("09:00", "14:00"), {"closed": ["24-12"]}, "pattern"),
    ],
)
def test_what_cannot_be_kept_is_refused(day: object, more: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        hours(day, **more)


moments = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))
spans = st.timedeltas(timedelta(0), timedelta(days=3))
rules = st.sampled_from([SPLIT, None, SPLIT.model_copy(update={"zone": "America/New_York"})])


@given(moments, spans, spans, rules)
def test_open_time_adds_up(start: datetime, one: timedelta, other: timedelta, rule: OpeningHours | None) -> None:
    whole = add_open_time(start, one + other, rule)
    assert add_open_time(add_open_time(start, one, rule), other, rule) == whole
    assert whole >= start + one + other


@given(moments, rules)
def test_shifts_follow_one_another(start: datetime, rule: OpeningHours | None) -> None:
    ends = start
    for number, (begins, end) in enumerate(islice(shifts(start, rule), 6)):
        assert begins < end
        assert begins >= ends or number == 0
        assert open_now(max(begins, start), rule) and not open_now(end, rule)
        ends = end
    assert next_opening(start, rule) >= start
