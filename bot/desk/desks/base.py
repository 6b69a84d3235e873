"""The contract between a handoff and whoever's desk takes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol


class DeskError(Exception):
    """The other desk refused or did not answer. `final`: trying again cannot help before somebody changes something."""

    def __init__(self, message: str, *, final: bool = False) -> None:
        super().__init__(message)
        self.final = final


class Unauthorized(Exception):
    """The request did not come from the other desk: its signature is missing, wrong or too old."""


class Unreadable(Exception):
    """The request came from the other desk but cannot be read."""


@dataclass(frozen=True)
class Who:
    """The customer, as another desk may know them. `reference` is ours and always the same for the same customer."""

    reference: str
    name: str
    phone: str
    email: str
    channel: str


@dataclass(frozen=True)
class Told:
    """A line for another desk. `name` is ours and unique; `author` is whose words they are."""

    name: str
    author: Literal["customer", "bot", "agent", "system"]
    text: str
    files: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Heard:
    """What another desk says. `name` is its own, so that it counts once."""

    name: str
    external_id: str
    kind: Literal["reply", "note", "resolved", "to_bot", "taken"]
    text: str = ""
    agent: str = ""
    files: tuple[tuple[str, str], ...] = ()


class Desk(Protocol):
    """What is asked of a desk. Ours reads the same database as everything else, so it has nothing to be told."""

    name: str

    def configured(self) -> bool:
        """Whether handoffs go there."""

    async def open(self, who: Who, known_as: str, summary: str, about: Mapping[str, str]) -> str:
        """Bring a conversation there (`known_as` when it was there before) and give its name there. `summary` is for
        the people who answer. Raises `DeskError`."""

    async def tell(self, external_id: str, line: Told) -> None:
        """Add a line. Raises `DeskError`; what timed out may have arrived."""

    async def has(self, external_id: str, names: Sequence[str]) -> set[str]:
        """Which of our lines the other desk already has. Raises `DeskError`."""

    async def close(self, external_id: str, state: Literal["resolved", "bot"]) -> None:
        """People have nothing to do there any more. Raises `DeskError`."""

    def authenticate(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Raise `Unauthorized` unless the other desk sent this; header names are lower case."""

    def parse(self, body: bytes) -> Sequence[Heard]:
        """What it says; unknown kinds give nothing. Raises `Unreadable`."""
