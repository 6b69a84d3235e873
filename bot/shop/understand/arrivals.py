"""The day of delivery, as a question tells it: "me llegó el 2 de noviembre", "it came three weeks ago"."""

import re
from datetime import date, timedelta

from bot.shop.understand.ages import A_COUPLE, AGO, DAYS, MONTHS, UNITS
from bot.shop.understand.spoken import count
from bot.shop.understand.text import plain

SHORT = ("ene|jan", "feb", "mar", "abr|apr", "may", "jun", "jul", "ago|aug", "sept?", "oct", "nov", "dic|dec")
NAMES = tuple(f"{long}|{short}" for long, short in zip(MONTHS, SHORT, strict=True))
MONTH = rf"(?P<month>{'|'.join(NAMES)})\b"
DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?\b"
# Days and weeks are told exactly enough to count from.
EXACT = ("day", "week")
COMES = (
    r"\b(?:lleg(?:o|aron|a|an|ado)|entreg(?:ado|ada|ados|aron|asteis|o)|recib(?:i|imos|ido)|trajeron|trajo|"
    r"vino|vinieron|arriv(?:ed|es)|delivered|came|comes|received|got here|turned up)\b"
)
# A purchase between the two takes the day to itself.
WORDS = r"(?:\W+(?!compr|pedi|pague|bought|order|paid|\d)\w+){0,4}?\W+"
ON_A_DAY = tuple(
    re.compile(rf"{COMES}{WORDS}{day}") for day in (rf"{DAY}(?: de| of)? {MONTH}", rf"{MONTH} (?:the )?{DAY}")
)
LATELY = {"hoy": 0, "today": 0, "this morning": 0, "ayer": 1, "yesterday": 1, "anteayer": 2}
A_DAY_AGO = re.compile(rf"{COMES}{WORDS}(?P<lately>{'|'.join(LATELY)})\b")
SOME_AGO = re.compile(rf"{COMES}(?P<ago>.{{0,40}})")


def delivered_on(text: str, today: date) -> date | None:
    """The day of delivery that the text tells by its date, or by how many days or weeks ago it was; of several years
    the nearest. None where it tells none."""
    folded = plain(text)
    for pattern in ON_A_DAY:
        if told := pattern.search(folded):
            return _nearest(int(told["day"]), _month(told["month"]), today)
    if told := A_DAY_AGO.search(folded):
        return today - timedelta(days=LATELY[told["lately"]])
    if (told := SOME_AGO.search(folded)) and (ago := AGO.search(told["ago"])):
        number, unit = (ago[1], UNITS[ago[2]]) if ago[2] else (ago[3], UNITS[ago[4]])
        many = A_COUPLE.get(number) or count(number)
        return today - timedelta(days=many * DAYS[unit]) if many and unit in EXACT else None
    return None


def _month(name: str) -> int:
    return next(place for place, names in enumerate(NAMES, start=1) if re.fullmatch(names, name))


def _nearest(day: int, month: int, today: date) -> date | None:
    found = []
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            found.append(date(year, month, day))
        except ValueError:
            continue
    return min(found, key=lambda each: abs((each - today).days), default=None)
