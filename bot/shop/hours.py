"""When the team is there, on the shop's wall clock, national holidays and further closed days considered."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.shop.clock import shop_zone
from bot.shop.days import is_holiday
from bot.shop.policy_rules import OpeningHours
from bot.shop.rulebook import current
from bot.shop.sentences import MONTHS

WEEKDAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
# The longest closed stretch has a week to end: a weekend and any run of national holidays fit in it twice.
LOOK_AHEAD_DAYS = 15


def open_now(now: datetime, hours: OpeningHours | None = None) -> bool:
    """Whether somebody is there at an aware moment; the closing minute itself is closed."""
    begins, ends = next(shifts(now, hours))
    return begins <= now < ends


def next_opening(now: datetime, hours: OpeningHours | None = None) -> datetime:
    """The next moment of opening, in the time zone of the hours; `now` itself when it is open."""
    begins, _ = next(shifts(now, hours))
    return max(begins, now).astimezone(_zone(hours or _team()))


def add_open_time(start: datetime, span: timedelta, hours: OpeningHours | None = None) -> datetime:
    """The moment (UTC) at which the team has been there for `span` since `start`."""
    left = span
    for begins, ends in shifts(start, hours):
        begins = max(begins, start)
        if left <= ends - begins:
            return begins + left
        left -= ends - begins
    raise AssertionError("shifts never end")


def shifts(since: datetime, hours: OpeningHours | None = None) -> Iterator[tuple[datetime, datetime]]:
    """The times (UTC, begin and end) at which the team is there, from the one that is not over at `since` on.

    Never ends. Raises ValueError where there is none for weeks on end.
    """
    rule = hours or _team()
    zone, day, empty = _zone(rule), since.astimezone(_zone(rule)).date(), 0
    while True:
        found = [] if _closed(day, rule) else rule.week.on(day)
        empty = 0 if found else empty + 1
        if empty > LOOK_AHEAD_DAYS:
            raise ValueError(f"{rule.id}: no opening in {LOOK_AHEAD_DAYS} days; check its week in policies.yml")
        for shift in found:
            # Wall times are put on the clock one by one: a day on which it is changed has 23 or 25 hours.
            begins = datetime.combine(day, shift.opens, zone).astimezone(UTC)
            ends = datetime.combine(day, shift.closes, zone).astimezone(UTC)
            if begins < ends and ends > since:
                yield begins, ends
        day += timedelta(days=1)


def opening_words(now: datetime, language: str, hours: OpeningHours | None = None) -> str:
    """When we open again, in words: "hoy a las 09:00", "mañana a las 09:00", "el lunes a las 09:00"; "ahora" (now)
    while it is open."""
    english = language == "en"
    if open_now(now, hours):
        return "now" if english else "ahora"
    opens = next_opening(now, hours)
    days = (opens.date() - now.astimezone(opens.tzinfo).date()).days
    return f"{_day_words(opens, days, english)} {'at' if english else 'a las'} {opens:%H:%M}"


def _day_words(opens: datetime, days: int, english: bool) -> str:
    if days < 2:
        return (("today", "tomorrow") if english else ("hoy", "mañana"))[days]
    weekday = WEEKDAYS["en" if english else "es"][opens.weekday()]
    month = MONTHS["en" if english else "es"][opens.month - 1]
    if days < 7:
        return f"on {weekday}" if english else f"el {weekday}"
    return f"on {weekday} {opens.day} {month}" if english else f"el {weekday} {opens.day} de {month}"


def _team() -> OpeningHours:
    return current().policies.hours.team


def _zone(rule: OpeningHours) -> ZoneInfo:
    return ZoneInfo(rule.zone) if rule.zone else shop_zone()


def _closed(day: date, rule: OpeningHours) -> bool:
    return is_holiday(day, rule.holidays) or f"{day:%m-%d}" in rule.closed or f"{day:%Y-%m-%d}" in rule.closed
