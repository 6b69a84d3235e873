"""Loads `orders.yml`, whose ages in days become dates counted back from a given day."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from django.db import models, transaction
from pydantic import Field

from bot.shop.catalogue import current as catalogue
from bot.shop.clock import shop_zone
from bot.shop.marked_yaml import load as load_yaml
from bot.shop.models import (
    Case,
    Customer,
    CustomerChannel,
    IdentityAttempt,
    IdentityLock,
    Order,
    OrderContact,
    OrderItem,
    OrderProof,
)  # fmt: skip
from bot.shop.policy_rules import Money, Status, Strict, Zone

PATH = Path(__file__).with_name("orders.yml")

type Days = int | None


class DemoCustomer(Strict):
    id: str
    name: str
    email: str
    phone: str
    language: Literal["es", "en"]
    channels: dict[str, str]
    company: bool = False
    points: int = 0


class DemoItem(Strict):
    sku: str
    qty: int = Field(ge=1)
    value: Money | None = None
    personalised: bool = False
    unsealed: bool | None = None
    lot: str = ""
    last_descale: Days = None


class DemoOrder(Strict):
    number: str
    customer: str
    status: Status
    ordered: int
    delivered: Days = None
    last_tracking: Days = None
    ship_to: Zone
    items: list[DemoItem]


class DemoStore(Strict):
    customers: list[DemoCustomer]
    orders: list[DemoOrder]


@dataclass
class Loaded:
    """What a run did. `kept` orders have cases, and their dates stay those that the cases were decided on."""

    created: int = 0
    changed: int = 0
    kept: list[str] = field(default_factory=list)


def load_demo(today: date, *, path: Path = PATH) -> Loaded:
    """Create or re-date the demo store for a day of the shop.

    A second run for the same day changes nothing. On a later day every order moves along, so that its windows stay
    as open as on the first; an order with a case stays where it is. Raises FileMistake for a broken file.
    """
    store, loaded = load_yaml(path, DemoStore), Loaded()
    with transaction.atomic():
        customers = {entry.id: _customer(entry, loaded) for entry in store.customers}
        for entry in store.orders:
            _order(entry, customers[entry.customer], today, loaded)
    return loaded


def reset_demo(*, path: Path = PATH) -> None:
    """Forget what happened to the demo orders: cases, contacts, proofs, and every identity's wrong tries."""
    numbers = [entry.number for entry in load_yaml(path, DemoStore).orders]
    with transaction.atomic():
        Case.objects.filter(order__number__in=numbers).delete()
        for model in (OrderContact, OrderProof):
            model._default_manager.filter(order__number__in=numbers).delete()
        IdentityAttempt.objects.all().delete()
        IdentityLock.objects.all().delete()


def _customer(entry: DemoCustomer, loaded: Loaded) -> Customer:
    values = entry.model_dump(exclude={"id", "channels"})
    customer = _put(Customer, {"reference": entry.id}, values, loaded)
    for channel, address in entry.channels.items():
        _put(CustomerChannel, {"channel": channel, "address": address}, {"customer_id": customer.pk}, loaded)
    return customer


def _order(entry: DemoOrder, customer: Customer, today: date, loaded: Loaded) -> None:
    if Case.objects.filter(order__number=entry.number).exists():
        loaded.kept.append(entry.number)
        return
    values = {
        "customer_id": customer.pk, "email": customer.email, "phone": customer.phone,
        "status": entry.status, "ship_to": entry.ship_to,
        "ordered_at": _moment(today, entry.ordered, time(0, 5)),
        "delivered_at": _moment(today, entry.delivered, time(12)),
        "last_movement_at": _moment(today, entry.last_tracking, time(12)),
    }  # fmt: skip
    order = _put(Order, {"number": entry.number}, values, loaded)
    for item in entry.items:
        _put(OrderItem, {"order_id": order.pk, "sku": item.sku}, _item(item, today), loaded)


def _item(item: DemoItem, today: date) -> dict[str, Any]:
    price = catalogue().get(item.sku).price
    return {
        "qty": item.qty,
        "unit_price": price if price is not None else Decimal(item.value or 0),
        "personalised": item.personalised,
        "unsealed": item.unsealed,
        "lot": item.lot,
        "last_descaled_on": None if item.last_descale is None else today - timedelta(days=item.last_descale),
    }


def _moment(today: date, days: Days, at: time) -> datetime | None:
    return None if days is None else datetime.combine(today - timedelta(days=days), at, tzinfo=shop_zone())


def _put[Row: models.Model](model: type[Row], key: dict[str, Any], values: dict[str, Any], loaded: Loaded) -> Row:
    """Create the row, or write it only where it differs."""
    row = model._default_manager.filter(**key).first()
    if row is None:
        loaded.created += 1
        return model._default_manager.create(**key, **values)
    different = [name for name, value in values.items() if getattr(row, name) != value]
    if different:
        loaded.changed += 1
        for name in different:
            setattr(row, name, values[name])
        row.save(update_fields=different)
    return row
