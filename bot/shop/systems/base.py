"""The contract of a shop system. `tests/shop/system_contract.py` is the suite that each one passes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from bot.shop.policy_rules import Status, Zone

type Payment = Literal["card", "paypal", "bizum", "bank_transfer", "instalments"]


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SystemCustomer(Frozen):
    """`reference` is the system's own id; a guest's is made of their mail address."""

    reference: str = Field(min_length=1, max_length=64)
    name: str
    email: str
    phone: str = ""
    language: Literal["es", "en"] = "es"
    company: bool = False


class SystemLine(Frozen):
    """One line of an order. `line` is the system's own id of it; `unit_price`: what was paid for one, with tax."""

    line: str
    sku: str
    qty: int = Field(ge=1)
    unit_price: Decimal
    lot: str = ""
    personalised: bool = False


class SystemOrder(Frozen):
    """`key` is the system's own id, `number` what the customer was told. Moments are aware."""

    key: str
    number: str = Field(max_length=32)
    customer: SystemCustomer
    status: Status
    ship_to: Zone
    payment: Payment = "card"
    ordered_at: datetime
    delivered_at: datetime | None = None
    lines: tuple[SystemLine, ...]


class RefundDraft(Frozen):
    """What a person is asked to refund; nothing has been paid. `where` they do it; `kept`: it is noted there."""

    order: str
    amount: Decimal
    lines: Mapping[str, int]
    reason: str
    where: str
    kept: bool


class OrderEvent(Frozen):
    """A webhook that was signed by the system. `order` is None for one that is about something else."""

    event_id: str = Field(max_length=200)
    topic: str
    order: SystemOrder | None


class WebhookRequest(Frozen):
    """As it arrived; header names are lower case."""

    headers: Mapping[str, str]
    body: bytes = Field(repr=False)


class ShopUnavailable(Exception):
    """The system did not answer, refused our key, or said something that cannot be read. Trying again may help."""


class BadSignature(Exception):
    """The webhook was not signed by the system with the secret that both know."""


class NotSupported(Exception):
    """The system cannot do this at all; the text says what to do instead."""


class ShopSystem(Protocol):
    """Every method but `event` may call the network and raises `ShopUnavailable`."""

    name: str

    def order(self, number: str) -> SystemOrder | None:
        """The order that the customer calls by this number."""

    def orders_of(self, *, email: str = "", phone: str = "") -> Sequence[SystemOrder]:
        """The orders made with this mail address or phone (E.164), newest first."""

    def customer(self, *, email: str = "", phone: str = "") -> SystemCustomer | None:
        """Who has this mail address or phone."""

    def changed_since(self, moment: datetime) -> Sequence[SystemOrder]:
        """Orders that changed after a moment, oldest change first; for systems that send no webhooks."""

    def draft_refund(self, order: SystemOrder, lines: Mapping[str, int], reason: str) -> RefundDraft:
        """Prepare a refund of so many units of these lines for a person to carry out. Nothing is paid, and the same
        again, such as after an answer that was lost, prepares nothing twice. Raises ValueError for units not in it."""

    def event(self, request: WebhookRequest) -> OrderEvent:
        """Read a webhook. Raises `BadSignature`, and `NotSupported` where the system sends none."""
