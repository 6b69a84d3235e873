"""Which of several orders is meant, from words about its age: "la última", "the older one", "la de octubre"."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from bot.shop import clock
from bot.shop.understand.amounts import ONE
from bot.shop.understand.lexicon import words
from bot.shop.understand.spoken import count
from bot.shop.understand.text import has, plain

DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}
UNITS = {
    "dia": "day", "semana": "week", "mes": "month", "ano": "year",
    "day": "day", "week": "week", "month": "month", "year": "year",
}  # fmt: skip
UNIT = r"(dia|semana|mes|ano|day|week|month|year)(?:e?s)?\b"
SOME = r"(\d{1,3}|[a-z]+|un par de|a couple of)"
# "Falla desde hace dos semanas" tells the age of the fault, not of the order.
AGO = re.compile(rf"(?<!desde )\bhace (?:como |unos |unas |casi |mas de )?{SOME} {UNIT}|\b{SOME} {UNIT} (?:ago|back)\b")
LAST = re.compile(rf"\b(?:{UNIT} pasad[oa]|last {UNIT})")
A_COUPLE = {"un par de": 2, "a couple of": 2, "a": 1, "an": 1}
MONTHS = (
    "enero|january", "febrero|february", "marzo|march", "abril|april", "mayo|may(?! be)", "junio|june", "julio|july",
    "agosto|august", "septiembre|setiembre|september", "octubre|october", "noviembre|november", "diciembre|december",
)  # fmt: skip
SEASONS = {
    "primavera|spring": 4,
    "verano|summer": 7,
    "otono|autumn|fall": 10,
    "invierno|winter": 1,
    "navidad|xmas|christmas": 12,
}
ORDINALS = (
    "primer[oa]?|first", "segund[oa]|second", "tercer[oa]?|third", "cuart[oa]|fourth", "quint[oa]|fifth",
)  # fmt: skip
OF_THE_LIST = re.compile(
    r"\b(?:de la lista|de la pantalla|de arriba|(?:on|in|of) the list|number|numero|opcion|option)\b"
)


@dataclass(frozen=True)
class OrderChoice:
    """How the customer told one order from the others: exactly one of these is set.

    `age`: the newest or the oldest. `position`: its place in the list as it was shown, 1 the first, -1 the last.
    `days_ago`: about how long ago it was bought or came, give or take `within` days.
    """

    age: Literal["newest", "oldest"] | None = None
    position: int | None = None
    days_ago: int | None = None
    within: int = 0


def which_order(text: str, today: date | None = None) -> OrderChoice | None:
    """The order that the words choose by its age or its place in a list, or None. `today` (the shop's own day where it
    is not given) tells how long ago "en octubre" is."""
    folded = plain(text)
    listed = has(folded, OF_THE_LIST)
    position = _position(folded)
    if position is not None and (listed or position > 1):
        return OrderChoice(position=position)
    if listed and has(folded, words("last_one")):
        return OrderChoice(position=-1)
    if long_ago := _days_ago(folded, today or clock.shop_day()):
        return long_ago
    for age, name in ((_NEWEST, "newest_order"), (_OLDEST, "oldest_order")):
        if has(folded, words(name)):
            return age
    return None


_NEWEST, _OLDEST = OrderChoice(age="newest"), OrderChoice(age="oldest")


def _position(folded: str) -> int | None:
    for place, ordinal in enumerate(ORDINALS, start=1):
        if re.search(rf"\b(?:{ordinal})\b", folded):
            return place
    return None


def _days_ago(folded: str, today: date) -> OrderChoice | None:
    if ago := AGO.search(folded):
        number, unit = (ago[1], ago[2]) if ago[2] else (ago[3], ago[4])
        many = A_COUPLE.get(number) or ONE.get(number) or count(number)
        size = DAYS[UNITS[unit]]
        return None if many is None else OrderChoice(days_ago=many * size, within=max(1, many * size // 4, size // 2))
    if last := LAST.search(folded):
        size = DAYS[UNITS[last[1] or last[2]]]
        return OrderChoice(days_ago=size, within=size // 2)
    if re.search(r"\b(?:ayer|yesterday)\b", folded):
        return OrderChoice(days_ago=1, within=1)
    if re.search(r"\b(?:esta semana|this week)\b", folded):
        return OrderChoice(days_ago=3, within=4)
    return _in_a_month(folded, today)


def _in_a_month(folded: str, today: date) -> OrderChoice | None:
    """The middle of the month or season that was named, the last one that has begun."""
    named = [(number, 15) for number, month in enumerate(MONTHS, start=1) if _since(month, folded)]
    named += [(number, 45) for season, number in SEASONS.items() if _since(season, folded)]
    if not named:
        return None
    month, within = named[0]
    year = today.year if month <= today.month else today.year - 1
    return OrderChoice(days_ago=max(0, (today - date(year, month, 15)).days), within=within)


def _since(names: str, folded: str) -> bool:
    return (
        re.search(rf"\b(?:en|de|del|por|in|from|around|last|este|this)(?: el| la)? (?:{names})\b", folded) is not None
    )
