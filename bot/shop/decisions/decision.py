"""What comes out: one decision, the clause it follows, and what happens next."""

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from pydantic import TypeAdapter

from bot.shop.decisions.facts import Facts, ItemFacts, Resolution
from bot.shop.policy_rules import Kind

type Outcome = Literal["approved", "refused", "technician", "pending_person"]
type ReasonCode = Literal[
    "", "within_window", "extended_window", "window_expired", "hygiene_unsealed", "food_opened", "personalised",
    "gift_card", "not_delivered", "order_cancelled", "damaged_on_arrival", "wrong_item", "no_photo", "legal_warranty",
    "commercial_warranty", "warranty_expired", "presumption_over", "wear_part", "misuse", "limescale", "immersion",
    "third_party_opening", "recall", "no_movement", "in_transit", "delivered_not_received", "before_preparing",
    "already_preparing", "before_leaving", "already_shipped", "identity_mismatch",
]  # fmt: skip
type NeedsPerson = Literal["safety", "legal", "high_value", "third_contact", "policy_check"]
type Method = Literal["drop_off", "label", "pickup"]
type Value = date | Decimal | int | str


class MissingFacts(Exception):
    """A decision was asked for before its facts were known. `slots` names them in the order to ask."""

    def __init__(self, slots: tuple[str, ...]) -> None:
        super().__init__(f"cannot decide yet; ask for: {', '.join(slots)} (see missing_facts)")
        self.slots = slots


@dataclass(frozen=True)
class LineDecision:
    """The decision about some units of one order line."""

    line: int
    sku: str
    qty: int
    outcome: Outcome
    reason_code: ReasonCode
    clause: str


@dataclass(frozen=True)
class Refund:
    """Euros that go back to the original payment method, at the latest on that day."""

    goods: Decimal
    shipping: Decimal
    latest_on: date

    @property
    def total(self) -> Decimal:
        return self.goods + self.shipping


@dataclass(frozen=True)
class ReturnShipping:
    """How the item travels back: every way open in the order's zone with its price, and the one chosen.

    `price` is what the customer pays for the chosen one (the first of `options` until they choose).
    """

    options: tuple[tuple[Method, Decimal], ...]
    method: Method
    price: Decimal

    @property
    def free(self) -> bool:
        return self.price == 0


@dataclass(frozen=True)
class Decision:
    """`deadline`: the last day of what was decided on (window, warranty, answer to a claim), if it has one.

    `kind` may differ from the one asked (a return of a recalled unit is a recall, damage told late a warranty).
    `next_steps` are keys of sentences.yml, `resolutions` what the customer may choose between. When a person must
    decide, `needs_person` says why and `proposal` what the rules alone would have decided. `reason_code` is
    empty only when danger came before any rule could be applied.
    """

    kind: Kind
    outcome: Outcome
    reason_code: ReasonCode
    clause: str
    lines: tuple[LineDecision, ...] = ()
    deadline: date | None = None
    refund: Refund | None = None
    shipping: ReturnShipping | None = None
    resolutions: tuple[Resolution, ...] = ()
    next_steps: tuple[str, ...] = ()
    needs_person: NeedsPerson | None = None
    proposal: "Decision | None" = None
    values: dict[str, Value] = field(default_factory=dict)

    def with_steps(self, *steps: str) -> "Decision":
        return replace(self, next_steps=(*self.next_steps, *steps))


def lines_for(
    items: tuple[ItemFacts, ...], outcome: Outcome, reason_code: ReasonCode, clause: str
) -> tuple[LineDecision, ...]:
    """The same decision for all units of every item."""
    return tuple(LineDecision(item.line, item.sku, item.qty, outcome, reason_code, clause) for item in items)


def simple(
    kind: Kind,
    facts: Facts,
    outcome: Outcome,
    reason_code: ReasonCode,
    clause: str,
    *,
    steps: tuple[str, ...] = (),
    deadline: date | None = None,
) -> Decision:
    """A decision that holds for everything the case is about (the whole order when nothing was chosen)."""
    items = facts.chosen or facts.order.items
    return Decision(
        kind, outcome, reason_code, clause, lines_for(items, outcome, reason_code, clause), deadline, next_steps=steps
    )


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Decision]:
    return TypeAdapter(Decision)


def to_json(decision: Decision) -> dict[str, Any]:
    """A decision as JSON values."""
    dumped: dict[str, Any] = _adapter().dump_python(decision, mode="json")
    return dumped


def from_json(value: dict[str, Any]) -> Decision:
    """The inverse of `to_json`, except that dates and euros in `values` come back as they were written for JSON.
    Raises pydantic.ValidationError for anything else."""
    return _adapter().validate_python(value)
