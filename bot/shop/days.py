"""Calendar arithmetic of the policies: whole days, months and years, and Spanish working days."""

import calendar
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays as public_holidays


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day of an aware moment on the shop's wall. Raises ValueError for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone; pass an aware datetime, e.g. django.utils.timezone.now().")
    return moment.astimezone(zone).date()


def add_days(day: date, days: int) -> date:
    return day + timedelta(days=days)


def add_months(day: date, months: int) -> date:
    """From date to date; a month without that day ends on its last one (Código Civil, art. 5.1)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """Like `add_months`: a 29 February ends on 28 February of a common year."""
    return add_months(day, years * 12)


@lru_cache(maxsize=64)
def national_holidays(country: str, year: int) -> frozenset[date]:
    """National holidays (no regional ones) of an ISO country code in one year."""
    return frozenset(public_holidays.country_holidays(country, years=year))


def is_holiday(day: date, country: str = "ES") -> bool:
    return day in national_holidays(country, day.year)


def is_working_day(day: date, country: str = "ES") -> bool:
    """Monday to Friday, national holidays aside."""
    return day.weekday() < 5 and not is_holiday(day, country)


def working_days_between(after: date, until: date, country: str = "ES") -> int:
    """Working days after the first day, up to and including the second."""
    span = (until - after).days
    return sum(is_working_day(add_days(after, offset), country) for offset in range(1, span + 1))


def add_working_days(day: date, count: int, country: str = "ES") -> date:
    """The day on which `count` working days after `day` have passed."""
    while count > 0:
        day = add_days(day, 1)
        count -= is_working_day(day, country)
    return day
