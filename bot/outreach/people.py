"""What planning is told of a customer: plain facts, read from the database elsewhere. Moments are aware."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Place:
    """Where a customer can be written to. `identity` is None where they have never written from there.

    `vouched`: it is certainly theirs, so any of their orders may be named there. `busy_until`: a conversation is going
    on there; None says that none is. `may_begin`: the channel lets us write first; else only while its window is open.
    `agreed`: to offers and news at this very address.
    """

    channel: str
    address: str
    identity: int | None = None
    conversation: UUID | None = None
    stopped: bool = False
    vouched: bool = True
    may_begin: bool = True
    needs_template: bool = False
    window_ends: datetime | None = None
    last_inbound: datetime | None = None
    busy_until: datetime | None = None
    agreed: bool = False

    def reachable(self, now: datetime) -> bool:
        """Whether anything at all may go there at `now`."""
        is_open = self.window_ends is not None and now < self.window_ends
        return not self.stopped and (self.may_begin or is_open)


@dataclass(frozen=True)
class Bought:
    """One line of a delivered order. `kind` is the catalogue's kind of the product."""

    order: str
    sku: str
    kind: str
    zone: str
    delivered_on: date
    warranty_ends_on: date | None = None
    serviced_on: date | None = None
    lot: str = ""
    recalled: bool = False


@dataclass(frozen=True)
class Incident:
    """A matter that a person, a case or a guide has ended. `about`: handoff, article, or the kind of a case.

    `name` stays the same however often it is looked up.
    """

    name: str
    conversation: UUID
    ended_at: datetime
    about: frozenset[str]
    articles: frozenset[str] = frozenset()
    order: str = ""
    sku: str = ""


@dataclass(frozen=True)
class QuietCase:
    """An open case that waits for its customer, who last wrote at `since`."""

    number: str
    conversation: UUID
    since: datetime
    order: str
    sku: str


@dataclass(frozen=True)
class Past:
    """What went out before, or tried to. `tried`: the channels that refused it for good; `over`: never again."""

    key: str
    rule: str
    purpose: str
    at: datetime
    over: bool = True
    tried: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Person:
    """A customer of the shop, or somebody who wrote without having proven to be one."""

    key: str
    name: str
    language: str
    zones: tuple[ZoneInfo, ...]
    country: str = "ES"
    bought: tuple[Bought, ...] = ()
    incidents: tuple[Incident, ...] = ()
    cases: tuple[QuietCase, ...] = ()
    places: tuple[Place, ...] = ()
    past: tuple[Past, ...] = ()
    said_no: bool = False
    with_person: bool = False
    open_case: bool = False
    unhappy: bool = False
