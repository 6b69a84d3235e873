"""`offers.yml` and the rule of tact: what may be offered to whom, and when nothing may. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from bot.outreach.rules import Sku
from bot.shop import catalogue
from bot.shop.marked_yaml import load
from bot.shop.policy_rules import Strict

PATH = Path(__file__).with_name("offers.yml")
YEAR = timedelta(days=365)
GOOD = {"rating": 4, "nps": 9}
# Of the Club: 100 points are 5 euros.
POINTS, POINTS_WORTH = 100, 5

type Signal = Literal["rating", "nps", "fixed"]
type Why = Literal["mood", "complaint", "open", "with_person", "said_no", "cap", "nothing_fits"]


class Offer(Strict):
    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    kind: Literal["product", "points", "friend"]
    sku: Sku | None = None
    fits: list[Sku] = []
    after_days: int = Field(default=0, ge=0)
    least_points: int | None = Field(default=None, ge=1)
    es: str
    en: str

    @model_validator(mode="after")
    def its_keys_go_together(self) -> Self:
        if (self.kind == "product") != (self.sku is not None and bool(self.fits)):
            raise ValueError("`sku` and `fits` belong to a product, and a product needs both")
        if (self.kind == "points") != (self.least_points is not None):
            raise ValueError("`least_points` belongs to points, and points need it")
        return self


class Offers(Strict):
    hold_out: Decimal = Field(ge=0, le=1)
    days_between: int = Field(ge=1)
    per_year: int = Field(ge=0)
    bought_within_days: int = Field(ge=1)
    offers: list[Offer]


@dataclass(frozen=True)
class Said:
    """What the customer has just let us know: a rating 1 to 5, a recommendation 0 to 10, fixed 1 or 0."""

    signal: Signal
    value: int

    @property
    def good(self) -> bool:
        return self.value == 1 if self.signal == "fixed" else self.value >= GOOD[self.signal]


@dataclass(frozen=True)
class Shown:
    """An offer made, or held out, before."""

    offer: str
    at: datetime


@dataclass(frozen=True)
class Buyer:
    """`owned`: product and since when. `complaint`: anger, a legal matter, a refusal or a bad rating of late."""

    key: str
    language: str
    owned: Sequence[tuple[str, date]] = ()
    points: int = 0
    complaint: bool = False
    open_case: bool = False
    with_person: bool = False
    said_no: bool = False
    past: Sequence[Shown] = ()


@dataclass(frozen=True)
class Choice:
    """`held_out`: nothing is said, it is only noted."""

    offer: Offer
    held_out: bool


def choose(rules: Offers, buyer: Buyer, said: Said, now: datetime) -> Choice | Why:
    """The one thing to offer now, or why nothing is."""
    if not said.good:
        return "mood"
    if buyer.said_no:
        return "said_no"
    if buyer.complaint:
        return "complaint"
    if buyer.with_person:
        return "with_person"
    if buyer.open_case:
        return "open"
    of_year = [each for each in buyer.past if each.at > now - YEAR]
    recent = timedelta(days=rules.days_between)
    if len(of_year) >= rules.per_year or any(each.at > now - recent for each in of_year):
        return "cap"
    made = {each.offer for each in of_year}
    for offer in rules.offers:
        if offer.id not in made and _fits(offer, buyer, now.date()):
            return Choice(offer, held_out(buyer.key, rules.hold_out))
    return "nothing_fits"


def _fits(offer: Offer, buyer: Buyer, today: date) -> bool:
    if offer.kind == "points":
        return buyer.points >= (offer.least_points or 0)
    if offer.kind == "friend":
        return bool(buyer.owned)
    long_enough = today - timedelta(days=offer.after_days)
    has_it = any(sku == offer.sku and since > today - timedelta(days=60) for sku, since in buyer.owned)
    return not has_it and any(sku in offer.fits and since <= long_enough for sku, since in buyer.owned)


def held_out(key: str, share: Decimal) -> bool:
    """Whether a customer belongs to those who are offered nothing: always the same ones, whatever the day."""
    place = int(sha256(f"hold-out {key}".encode()).hexdigest()[:8], 16)
    return place < int(share * 2**32)


def text(offer: Offer, buyer: Buyer) -> str:
    """The offer in the customer's language."""
    price = catalogue.current().get(offer.sku).price if offer.sku else None
    words = offer.en if buyer.language == "en" else offer.es
    worth = Decimal(buyer.points // POINTS * POINTS_WORTH)
    return words.format(price=money(price or Decimal(0), buyer.language), points=buyer.points,
                        worth=money(worth, buyer.language))  # fmt: skip


def money(amount: Decimal, language: str) -> str:
    shown = f"{amount:.2f}".removesuffix(".00")
    return f"€{shown}" if language == "en" else f"{shown.replace('.', ',')} €"


def read(path: Path = PATH) -> Offers:
    """The offers of a file. Raises FileMistake naming the line."""
    return load(path, Offers)


@lru_cache(maxsize=1)
def current() -> Offers:
    """The shop's own offers, read once per process."""
    return read()
