"""Orders from a CSV file that any system can export: one row a line of an order. `docs/shops.md` has the columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path

from bot.shop.addresses import normal_email, normal_phone
from bot.shop.marked_yaml import FileMistake
from bot.shop.systems import reading
from bot.shop.systems.base import (
    NotSupported,
    OrderEvent,
    RefundDraft,
    SystemCustomer,
    SystemLine,
    SystemOrder,
    WebhookRequest,
)

NEEDED = ("order", "status", "ordered_at", "name", "email", "country", "postcode", "sku", "quantity", "unit_price")
MORE = ("delivered_at", "phone", "customer", "language", "company", "payment", "lot", "personalised")


class CsvFile:
    """Read anew whenever the file has changed. Raises `FileMistake` naming the line."""

    name = "csv"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._orders: dict[str, SystemOrder] = {}

    def order(self, number: str) -> SystemOrder | None:
        return self._read().get(number)

    def orders_of(self, *, email: str = "", phone: str = "") -> Sequence[SystemOrder]:
        mail, number = normal_email(email), normal_phone(phone)
        found = [
            order for order in self._read().values()
            if (mail and order.customer.email == mail) or (number and order.customer.phone == number)
        ]  # fmt: skip
        return sorted(found, key=lambda order: order.ordered_at, reverse=True)

    def customer(self, *, email: str = "", phone: str = "") -> SystemCustomer | None:
        return next((order.customer for order in self.orders_of(email=email, phone=phone)), None)

    def changed_since(self, moment: datetime) -> Sequence[SystemOrder]:
        """All of them, where the file is newer: it does not tell when an order changed."""
        changed = datetime.fromtimestamp(self._path.stat().st_mtime, UTC) > moment
        return list(self._read().values()) if changed else []

    def draft_refund(self, order: SystemOrder, lines: Mapping[str, int], reason: str) -> RefundDraft:
        amount = reading.amount(order, dict(lines))
        return RefundDraft(order=order.number, amount=amount, lines=dict(lines), reason=reason,
                           where="the system that the file comes from", kept=False)  # fmt: skip

    def event(self, request: WebhookRequest) -> OrderEvent:
        raise NotSupported("A file sends no webhooks; `manage.py shop_sync` reads it.")

    def _read(self) -> dict[str, SystemOrder]:
        stat = self._path.stat()
        stamp = (stat.st_mtime_ns, stat.st_size)
        if stamp != self._stamp:
            self._orders = {order.number: order for order in read(self._path)}
            self._stamp = stamp
        return self._orders


def read(path: Path) -> Iterator[SystemOrder]:
    """The orders of a file, in its order. The rows of one order stand together."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        head = file.readline()
        file.seek(0)
        # Spanish spreadsheets write a semicolon.
        rows = csv.DictReader(file, delimiter=";" if head.count(";") > head.count(",") else ",")
        if missing := [name for name in NEEDED if name not in (rows.fieldnames or ())]:
            raise FileMistake(f"{path.name} line 1: these columns are missing: {', '.join(missing)}")
        numbered = list(enumerate(rows, 2))
    for number, group in groupby(numbered, key=lambda each: each[1]["order"]):
        lines = list(group)
        try:
            yield _order(number, [row for _, row in lines])
        except (ValueError, InvalidOperation, TypeError) as error:
            raise FileMistake(f"{path.name} line {lines[0][0]}: order {number} cannot be read: {error}") from error


def _order(number: str, rows: Sequence[Mapping[str, str]]) -> SystemOrder:
    first = rows[0]
    email = normal_email(first["email"])
    customer = SystemCustomer(
        reference=first.get("customer") or reading.guest(email), name=first["name"], email=email,
        phone=normal_phone(first.get("phone") or ""), language=reading.language(first.get("language") or ""),
        company=_yes(first.get("company")),
    )  # fmt: skip
    told = {
        "key": number, "number": number, "customer": customer, "status": first["status"],
        "ship_to": reading.zone(first["country"], first["postcode"]),
        "payment": reading.payment(first.get("payment") or ""), "ordered_at": reading.moment(first["ordered_at"]),
        "delivered_at": reading.moment(first.get("delivered_at")),
        "lines": [_line(place, row) for place, row in enumerate(rows, 1)],
    }  # fmt: skip
    return SystemOrder.model_validate(told)


def _line(place: int, row: Mapping[str, str]) -> SystemLine:
    return SystemLine(
        line=str(place), sku=row["sku"], qty=int(row["quantity"]), lot=row.get("lot") or "",
        unit_price=Decimal(row["unit_price"].replace(",", ".")), personalised=_yes(row.get("personalised")),
    )  # fmt: skip


def _yes(text: str | None) -> bool:
    return (text or "").strip().lower() in ("1", "yes", "true", "sí", "si")
