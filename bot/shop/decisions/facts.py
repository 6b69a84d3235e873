"""What is known when a decision is taken: plain data, no database and no clock."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter

from bot.shop.policy_rules import Part, Reason, Status, Zone

type Cause = Literal["drop", "misuse", "immersion", "third_party", "limescale"]
type Resolution = Literal[
    "repair", "replacement", "new_unit", "refund", "other_colour", "store_credit", "price_reduction"
]
type Payment = Literal["card", "paypal", "bizum", "bank_transfer", "instalments"]


@dataclass(frozen=True)
class Fault:
    """What fails and why, as the customer tells it. `other`: described, but no part with a rule of its own."""

    part: Part = "other"
    cause: Cause | None = None

    @property
    def exact(self) -> bool:
        """Whether a part or a cause is named, so that nothing more need be asked about it."""
        return self.part != "other" or self.cause is not None


@dataclass(frozen=True)
class ItemFacts:
    """One line of an order. `qty` is how many of it the case is about; prices are euros per unit.

    `unsealed`, `lot`, `last_descale`: from the record, or told by the customer; None is not known.
    `sealed_qty`: of several units, how many are still sealed. `lot_unknown`: asked, and could not be found.
    `descaled`: told by the customer, when there is no record. `repaired_*`: the last repair or replacement.
    """

    line: int
    sku: str
    qty: int
    unit_price: Decimal
    personalised: bool = False
    unsealed: bool | None = None
    sealed_qty: int | None = None
    lot: str | None = None
    lot_unknown: bool = False
    last_descale: date | None = None
    descaled: bool | None = None
    repaired_part: Part | None = None
    repaired_on: date | None = None


@dataclass(frozen=True)
class OrderFacts:
    """An order as the shop has it. Days are calendar days in the shop's time zone; `items` are all its lines."""

    number: str
    status: Status
    zone: Zone
    ordered_on: date
    items: tuple[ItemFacts, ...]
    delivered_on: date | None = None
    last_movement_on: date | None = None
    payment: Payment = "card"

    @property
    def goods(self) -> Decimal:
        """Value of the whole order in euros, shipping aside."""
        return sum((item.unit_price * item.qty for item in self.items), Decimal(0))


@dataclass(frozen=True)
class Facts:
    """Everything a decision needs. `today` is the day the customer asks; `items` those the case is about (none
    chosen yet: empty). None means that the customer has not been asked or has not said.

    `new_zone` None with a `new_address` means that the address could not be placed. `conversations` counts the
    different conversations about a problem with this order in the days that policies.yml says, this one included.
    """

    today: date
    order: OrderFacts
    items: tuple[ItemFacts, ...] = ()
    reason: Reason | None = None
    fault: Fault | None = None
    photo: bool | None = None
    resolution: Resolution | None = None
    pickup: bool | None = None
    new_address: str | None = None
    new_zone: Zone | None = None
    danger: bool = False
    legal_threat: bool = False
    conversations: int = 1

    @property
    def chosen(self) -> tuple[ItemFacts, ...]:
        """The items of the case: those named, or the only line of the order; empty when it has to be asked."""
        return self.items or (self.order.items if len(self.order.items) == 1 else ())


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Facts]:
    return TypeAdapter(Facts)


def to_json(facts: Facts) -> dict[str, Any]:
    """Facts as JSON values, for a case's inputs."""
    dumped: dict[str, Any] = _adapter().dump_python(facts, mode="json")
    return dumped


def from_json(value: dict[str, Any]) -> Facts:
    """The inverse of `to_json`. Raises pydantic.ValidationError for anything else."""
    return _adapter().validate_python(value)
