"""When the team is there, in Madrid's time, seen from UTC."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.days import is_holiday
from bot.shop.hours import next_opening, open_now, opening_words

MADRID = ZoneInfo("Europe/Madrid")


def madrid(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=MADRID).astimezone(UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        (madrid(2026, 5, 19, 9, 0), True), (madrid(2026, 5, 19, 8, 59), False),
        (madrid(2026, 5, 19, 19, 59), True),
        (madrid(2026, 5, 19, 20, 0), False), (madrid(2026, 5, 23, 13, 59), True),
        (madrid(2026, 5, 23, 14, 0), False),
        (madrid(2026, 5, 24, 12, 0), False), (madrid(2026, 12, 8, 12, 0), False),
        (madrid(2026, 12, 9, 12, 0), True),
        (datetime(2026, 1, 13, 8, 0, tzinfo=UTC), True), (datetime(2026, 7, 14, 7, 0, tzinfo=UTC), True),
        (datetime(2026, 1, 13, 7, 0, tzinfo=UTC), False),
    ],
)  # fmt: skip
def test_open(moment, is_open):
    assert open_now(moment) is is_open


@pytest.mark.parametrize(
    ("moment", "spanish", "english"),
    [
        (madrid(2026, 5, 19, 12, 0), "ahora", "now"),
        (madrid(2026, 5, 19, 7, 0), "hoy a las 09:00", "today at 09:00"),
        (madrid(2026, 5, 19, 21, 0), "mañana a las 09:00", "tomorrow at 09:00"),
        (madrid(2026, 5, 22, 23, 30), "mañana a las 10:00", "tomorrow at 10:00"),
        (madrid(2026, 5, 23, 15, 0), "el lunes a las 09:00", "on Monday at 09:00"),
        (madrid(2026, 5, 24, 15, 0), "mañana a las 09:00", "tomorrow at 09:00"),
        (madrid(2026, 12, 5, 15, 0), "el lunes a las 09:00", "on Monday at 09:00"),
        (madrid(2026, 12, 7, 21, 0), "el miércoles a las 09:00", "on Wednesday at 09:00"),
        (madrid(2026, 3, 28, 15, 0), "el lunes a las 09:00", "on Monday at 09:00"),
    ],
)
def test_the_next_opening_in_words(moment, spanish, english):
    assert (opening_words(moment, "es"), opening_words(moment, "en")) == (spanish, english)


@given(moment=st.datetimes(datetime(2025, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)))
def test_the_next_opening_is_open_and_nothing_before_it_is(moment):
    opens = next_opening(moment)
    assert open_now(opens) and opens >= moment
    assert not is_holiday(opens.date())
    if not open_now(moment):
        halfway = moment + (opens.astimezone(UTC) - moment) / 2
        assert not open_now(halfway) and not open_now(opens - timedelta(seconds=1))
