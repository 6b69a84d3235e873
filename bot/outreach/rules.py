"""`outreach.yml`: when the shop writes first, as typed and checked rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bot.conversations.templates import all_templates, names_in
from bot.shop import catalogue
from bot.shop.days import add_months
from bot.shop.marked_yaml import load
from bot.shop.policy_rules import WEEKDAYS, Strict, Weekday, Zone
from channels.registry import CHANNELS

PATH = Path(__file__).with_name("outreach.yml")
# What a template of a rule may have filled in.
KNOWN_VALUES = frozenset({"name", "product", "order", "guide", "case", "date", "years"})
SUBJECT_VALUES = KNOWN_VALUES - {"guide"}

type EventName = Literal[
    "delivered", "maintenance", "warranty_ends", "recall", "anniversary", "quiet_case", "incident_over"
]
type Purpose = Literal["safety", "service", "survey", "marketing"]
DELAY = re.compile(r"(\d{1,4}) (hours|days) (after|before)")
EVERY = re.compile(r"([1-9]\d?) (months|days)")


def _delay(text: str) -> str:
    if text != "at once" and not DELAY.fullmatch(text):
        raise ValueError('write "at once", "20 hours after", "10 days after" or "30 days before"')
    return text


def _every(text: str) -> str:
    if not EVERY.fullmatch(text):
        raise ValueError('write "3 months" or "30 days"')
    return text


def _clock(text: str) -> str:
    try:
        time.fromisoformat(text)
    except ValueError:
        raise ValueError('write a time of the day in quotes, such as "21:00"') from None
    return text


def _channel(name: str) -> str:
    if name not in CHANNELS:
        raise ValueError(f"no such channel; there are {', '.join(CHANNELS)}")
    return name


def _sku(sku: str) -> str:
    if sku not in {product.sku for product in catalogue.current()}:
        raise ValueError("catalogue.yml has no such product")
    return sku


def _template(name: str) -> str:
    found = all_templates().get(name)
    if found is None:
        raise ValueError("templates.yml has no such text; correct the name or write it there")
    if unknown := sorted(set(found.variables) - KNOWN_VALUES):
        raise ValueError(f"its text wants {', '.join(unknown)}, but only {', '.join(sorted(KNOWN_VALUES))} are known")
    return name


def _subject(text: str) -> str:
    if unknown := sorted(set(names_in(text)) - SUBJECT_VALUES):
        raise ValueError(f"a subject cannot have {', '.join(unknown)} filled in")
    return text


type Clock = Annotated[str, AfterValidator(_clock)]
type ChannelName = Annotated[str, AfterValidator(_channel)]
type Sku = Annotated[str, AfterValidator(_sku)]
type SubjectText = Annotated[str, AfterValidator(_subject)]


class Quiet(Strict):
    """When nobody is written to, on the wall clocks of the customer and the shop."""

    from_: Clock = Field(alias="from")
    until: Clock
    days: list[Weekday] = []
    holidays: bool = True

    @property
    def begins(self) -> time:
        return time.fromisoformat(self.from_)

    @property
    def ends(self) -> time:
        return time.fromisoformat(self.until)

    @model_validator(mode="after")
    def some_of_a_day_is_left(self) -> Self:
        if self.begins == self.ends or len(set(self.days)) == len(WEEKDAYS):
            raise ValueError("these quiet hours leave no time to write in")
        return self


class Caps(Strict):
    per_day: int = Field(ge=1)
    per_week: int = Field(ge=1)
    per_month: int = Field(ge=1)


class Audience(Strict):
    """Whom a rule is for; what is empty sets no limit. `about` and `articles` are for conversations that ended."""

    skus: list[Sku] = []
    kinds_not: list[str] = []
    zones: list[Zone] = []
    languages: list[Literal["es", "en"]] = []
    about: list[str] = []
    articles: list[str] = []


class Subject(Strict):
    es: SubjectText
    en: SubjectText


class Rule(Strict):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    event: EventName
    delay: Annotated[str, AfterValidator(_delay)]
    keep: int | None = Field(default=None, ge=1, description="days in which it may still be sent")
    every: Annotated[str, AfterValidator(_every)] | None = None
    times: int | None = Field(default=None, ge=1)
    again_after: int | None = Field(default=None, ge=1, description="days between two of this rule to one customer")
    purpose: Purpose
    asks: Literal["nps", "fixed", "well"] | None = None
    audience: Audience = Audience()
    template: Annotated[str, AfterValidator(_template)]
    subject: Subject
    guides: Mapping[Sku, str] = {}
    channels: list[ChannelName] = Field(min_length=1)

    @model_validator(mode="after")
    def its_keys_go_together(self) -> Self:
        if (self.event == "maintenance") != (self.every is not None and self.times is not None):
            raise ValueError("`every` and `times` belong to maintenance, and maintenance needs both")
        if self.delay.endswith("before") != (self.event == "warranty_ends"):
            raise ValueError('"before" belongs to warranty_ends, and warranty_ends needs it')
        if (self.purpose == "survey") != (self.asks in ("nps", "fixed")):
            raise ValueError("a survey needs `asks: nps` or `asks: fixed`, and only a survey has one of them")
        if self.keep is None and self.event != "recall":
            raise ValueError("`keep` is missing: after how many days is it too late to send this?")
        if "guide" in all_templates()[self.template].variables and not self.guides:
            raise ValueError("its text has {guide}, so `guides` has to name an article for each product")
        return self

    @property
    def shift(self) -> timedelta:
        """From the event to the moment when it is due; negative before it."""
        found = DELAY.fullmatch(self.delay)
        if found is None:
            return timedelta(0)
        amount = timedelta(**{found[2]: int(found[1])})
        return -amount if found[3] == "before" else amount

    def origins(self, first: date, last: date) -> list[tuple[date, date]]:
        """From which days on upkeep is due between `first` and `last`: a span for each occurrence, a little wide where
        months differ in length."""
        found = EVERY.fullmatch(self.every or "")
        if found is None:
            return []
        step, wide = int(found[1]), timedelta(days=3 if found[2] == "months" else 0)
        turns = range(1, (self.times or 0) + 1)
        if found[2] == "days":
            return [(first - timedelta(days=step * turn), last - timedelta(days=step * turn)) for turn in turns]
        return [(add_months(first, -step * turn) - wide, add_months(last, -step * turn) + wide) for turn in turns]

    def occurrences(self, since: date) -> list[date]:
        """The days on which maintenance is due, counted from the last one."""
        found = EVERY.fullmatch(self.every or "")
        if found is None:
            return []
        step = int(found[1])
        if found[2] == "days":
            return [since + timedelta(days=step * turn) for turn in range(1, (self.times or 0) + 1)]
        return [add_months(since, step * turn) for turn in range(1, (self.times or 0) + 1)]

    def ends(self, due: datetime) -> datetime | None:
        """Until when it may still be sent."""
        return None if self.keep is None else due + timedelta(days=self.keep)


class Outreach(Strict):
    quiet: Quiet
    caps: Caps
    rules: list[Rule]

    @model_validator(mode="after")
    def ids_are_unique(self) -> Self:
        ids = [rule.id for rule in self.rules]
        if repeated := sorted({each for each in ids if ids.count(each) > 1}):
            raise ValueError(f"these ids appear twice: {', '.join(repeated)}")
        return self

    def get(self, rule: str) -> Rule | None:
        return next((each for each in self.rules if each.id == rule), None)


def read(path: Path = PATH) -> Outreach:
    """The rules of a file. Raises FileMistake naming the line."""
    return load(path, Outreach)


@lru_cache(maxsize=1)
def current() -> Outreach:
    """The shop's own rules, read once per process."""
    return read()
