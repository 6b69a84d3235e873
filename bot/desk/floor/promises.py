"""What customers are promised (promises.yml), and how near each promise is to being broken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self

from django.utils import timezone
from pydantic import Field, model_validator

from bot.conversations.models import Handoff
from bot.shop import hours
from bot.shop.marked_yaml import load
from bot.shop.policy_rules import Strict

PATH = Path(__file__).with_name("promises.yml")
FIRST_ANSWER, RESOLUTION = "first_answer", "resolution"
KEPT, SOON, BROKEN = "kept", "soon", "broken"


class Target(Strict):
    first_answer_minutes: Annotated[int, Field(ge=1, le=10_000)]
    resolution_hours: Annotated[int, Field(ge=1, le=1_000)]

    @model_validator(mode="after")
    def answers_first(self) -> Self:
        if self.first_answer_minutes > self.resolution_hours * 60:
            raise ValueError(
                f"the first answer ({self.first_answer_minutes} min) comes after the end ({self.resolution_hours} h)"
            )
        return self

    def span(self, kind: str) -> timedelta:
        if kind == FIRST_ANSWER:
            return timedelta(minutes=self.first_answer_minutes)
        return timedelta(hours=self.resolution_hours)


class Promises(Strict):
    counts: Literal["opening_hours", "always"]
    warn_percent: Annotated[int, Field(ge=0, le=90)]
    danger: Target
    high: Target
    normal: Target

    def of(self, priority: int) -> Target:
        return {1: self.danger, 2: self.high}.get(priority, self.normal)


@dataclass(frozen=True)
class Promise:
    """The next thing a customer was promised: `kind` by `due`; `warn` is when the desk begins to say so. UTC."""

    kind: str
    due: datetime
    warn: datetime

    def state(self, now: datetime | None = None) -> str:
        """`kept` so far, `soon` to be broken, or `broken`."""
        now = now or timezone.now()
        return BROKEN if now >= self.due else SOON if now >= self.warn else KEPT

    @property
    def now(self) -> str:
        """The state at this moment, for templates."""
        return self.state()


def read(path: Path = PATH) -> Promises:
    """The promises of a file. Raises FileMistake naming the line."""
    return load(path, Promises)


@cache
def current() -> Promises:
    """The shop's own promises, read once per process."""
    return read()


def promise(handoff: Handoff | None) -> Promise | None:
    """What the customer of an open handoff was promised next; None where nothing is open."""
    if handoff is None or handoff.state not in Handoff.OPEN:
        return None
    kind = RESOLUTION if handoff.answered_at else FIRST_ANSWER
    return _promise(kind, handoff.priority, handoff.created_at, current())


def first_answer_due(now: datetime, priority: int = 3) -> datetime:
    """By when a customer who is handed over now is promised an answer (UTC)."""
    return _promise(FIRST_ANSWER, priority, now, current()).due


@lru_cache(maxsize=8_192)
def _promise(kind: str, priority: int, begins: datetime, promises: Promises) -> Promise:
    span = promises.of(priority).span(kind)
    warned = span * (100 - promises.warn_percent) / 100
    if promises.counts == "always":
        return Promise(kind, begins + span, begins + warned)
    return Promise(kind, _later(begins, span), _later(begins, warned))


def _later(begins: datetime, span: timedelta) -> datetime:
    return hours.add_open_time(begins, span).astimezone(UTC)
