"""When the team is there, on the shop's wall clock, national holidays considered."""

from datetime import datetime, timedelta

from bot.shop.clock import shop_zone
from bot.shop.days import is_holiday
from bot.shop.policy_rules import Opening, OpeningHours
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
    local = now.astimezone(shop_zone())
    opening = _opening(local, hours or current().policies.hours.team)
    return opening is not None and opening.opens <= local.time() < opening.closes


def next_opening(now: datetime, hours: OpeningHours | None = None) -> datetime:
    """The next moment of opening, in the shop's time zone; `now` itself when it is open."""
    rule, local = hours or current().policies.hours.team, now.astimezone(shop_zone())
    if open_now(now, rule):
        return local
    for days in range(LOOK_AHEAD_DAYS):
        day = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0) + timedelta(days=days)
        opening = _opening(day, rule)
        if opening is None:
            continue
        opens = day.replace(hour=opening.opens.hour, minute=opening.opens.minute)
        if opens > local:
            return opens
    raise ValueError(f"{rule.id}: no opening in {LOOK_AHEAD_DAYS} days; check its week in policies.yml")


def opening_words(now: datetime, language: str, hours: OpeningHours | None = None) -> str:
    """When we open again, in words: "hoy a las 09:00", "mañana a las 09:00", "el lunes a las 09:00"; "ahora" (now)
    while it is open."""
    english = language == "en"
    if open_now(now, hours):
        return "now" if english else "ahora"
    opens = next_opening(now, hours)
    days = (opens.date() - now.astimezone(shop_zone()).date()).days
    return f"{_day_words(opens, days, english)} {'at' if english else 'a las'} {opens:%H:%M}"


def _day_words(opens: datetime, days: int, english: bool) -> str:
    if days < 2:
        return (("today", "tomorrow") if english else ("hoy", "mañana"))[days]
    weekday = WEEKDAYS["en" if english else "es"][opens.weekday()]
    month = MONTHS["en" if english else "es"][opens.month - 1]
    if days < 7:
        return f"on {weekday}" if english else f"el {weekday}"
    return f"on {weekday} {opens.day} {month}" if english else f"el {weekday} {opens.day} de {month}"


def _opening(local: datetime, rule: OpeningHours) -> Opening | None:
    return None if is_holiday(local.date(), rule.holidays) else rule.week.on(local.date())
