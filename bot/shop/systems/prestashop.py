"""PrestaShop through its webservice (1.7 to 9), as JSON. The key needs GET on orders, customers, addresses, countries.

The webservice sends no webhooks: changes are asked for (`manage.py shop_sync`). It has no drafts of refunds either, and
a slip that is made through it is final; a draft is therefore only told, with the page where a person makes it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx

from bot.shop.addresses import normal_email, normal_phone
from bot.shop.policy_rules import Status
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
from bot.shop.systems.rest import TIMEOUT, RestShop

# The states that PrestaShop is installed with; a shop that added its own names them in PRESTASHOP_STATES.
STATES: Mapping[int, Status] = {
    1: "paid", 2: "paid", 3: "preparing", 4: "shipped", 5: "delivered", 6: "cancelled", 7: "cancelled",
    8: "cancelled", 9: "paid", 10: "paid", 11: "paid", 12: "paid",
}  # fmt: skip


class PrestaShop(RestShop):
    name = "prestashop"

    def __init__(self, url: str, key: str, zone: ZoneInfo, states: Mapping[int, Status] | None = None,
                 transport: httpx.BaseTransport | None = None) -> None:  # fmt: skip
        super().__init__(
            httpx.Client(base_url=f"{url.rstrip('/')}/api", auth=(key, ""), timeout=TIMEOUT, transport=transport)
        )
        self._url, self._zone, self._states = url.rstrip("/"), zone, {**STATES, **(states or {})}

    def order(self, number: str) -> SystemOrder | None:
        # The customer knows the reference (XKBKNABJK); several orders of one basket share it, and the first one counts.
        found = self._list("orders", **{"filter[reference]": f"[{number}]", "sort": "[id_ASC]"})
        return self._order(found[0]) if found else None

    def orders_of(self, *, email: str = "", phone: str = "") -> Sequence[SystemOrder]:
        ids = self._customer_ids(email, phone)
        found = [each for pk in ids for each in self._list("orders", **{"filter[id_customer]": f"[{pk}]"})]
        return sorted(map(self._order, found), key=lambda order: order.ordered_at, reverse=True)

    def customer(self, *, email: str = "", phone: str = "") -> SystemCustomer | None:
        ids = self._customer_ids(email, phone)
        return self.read(lambda told: self._customer(told, {}), self._one("customers", ids[0])) if ids else None

    def changed_since(self, moment: datetime) -> Sequence[SystemOrder]:
        # Dates are the shop's wall clock and carry no zone.
        since = moment.astimezone(self._zone).strftime("%Y-%m-%d %H:%M:%S")
        found = self._list("orders", **{"filter[date_upd]": f">[{since}]", "date": "1", "sort": "[date_upd_ASC]"})
        return [self._order(each) for each in found]

    def draft_refund(self, order: SystemOrder, lines: Mapping[str, int], reason: str) -> RefundDraft:
        amount = reading.amount(order, dict(lines))
        where = f"{self._url} → Orders → {order.number} → Partial refund"
        return RefundDraft(order=order.number, amount=amount, lines=dict(lines), reason=reason, where=where, kept=False)

    def event(self, request: WebhookRequest) -> OrderEvent:
        raise NotSupported("PrestaShop's webservice sends no webhooks; `manage.py shop_sync` asks for what changed.")

    def _list(self, resource: str, **params: str) -> list[Mapping[str, Any]]:
        """Nothing found is an empty list instead of an object (PrestaShop's PHP)."""
        told = self.get(f"/{resource}", output_format="JSON", display="full", **params)
        return list(told.get(resource, ())) if isinstance(told, Mapping) else []

    def _one(self, resource: str, pk: str) -> Mapping[str, Any]:
        found = self._list(resource, **{"filter[id]": f"[{pk}]"})
        return found[0] if found else {}

    def _customer_ids(self, email: str, phone: str) -> list[str]:
        if email:
            return [
                str(each["id"]) for each in self._list("customers", **{"filter[email]": f"[{normal_email(email)}]"})
            ]
        # Phones are kept as they were typed, so the last digits find them and the whole number decides.
        wanted, tail = normal_phone(phone), phone[-4:]
        ids: dict[str, None] = {}
        for name in ("phone", "phone_mobile"):
            for each in self._list("addresses", **{f"filter[{name}]": f"%[{tail}]"}):
                if normal_phone(str(each.get(name) or "")) == wanted and str(each.get("id_customer")) != "0":
                    ids[str(each["id_customer"])] = None
        return list(ids)

    def _order(self, told: Mapping[str, Any]) -> SystemOrder:
        customer = self._one("customers", str(told["id_customer"]))
        address = self._one("addresses", str(told["id_address_delivery"]))
        country = self._one("countries", str(address.get("id_country") or 0))
        return self.read(lambda each: self._read(each, customer, address, country), told)

    def _read(self, told: Mapping[str, Any], customer: Mapping[str, Any], address: Mapping[str, Any],
              country: Mapping[str, Any]) -> SystemOrder:  # fmt: skip
        status = self._states.get(int(told["current_state"]), "preparing")
        iso = str(country.get("iso_code") or "ES")
        ordered = self._moment(told["date_add"])
        return SystemOrder(
            key=str(told["id"]),
            number=str(told["reference"]),
            customer=self._customer(customer, {**address, "iso": iso}),
            status=status,
            ship_to=reading.zone(iso, str(address.get("postcode") or "")),
            payment=reading.payment(f"{told.get('module', '')} {told.get('payment', '')}"),
            ordered_at=ordered or datetime.now(UTC),
            # The day of the state's change is not in an order; its last change is never earlier than it.
            delivered_at=self._moment(told["date_upd"]) if status == "delivered" else None,
            lines=tuple(_line(each) for each in told["associations"]["order_rows"]),
        )

    def _customer(self, told: Mapping[str, Any], address: Mapping[str, Any]) -> SystemCustomer:
        phone = str(address.get("phone_mobile") or address.get("phone") or "")
        return SystemCustomer(
            reference=f"ps-{told['id']}", name=f"{told.get('firstname', '')} {told.get('lastname', '')}".strip(),
            email=normal_email(told["email"]), phone=normal_phone(phone, str(address.get("iso") or "ES")),
            company=bool(told.get("company") or address.get("company")),
        )  # fmt: skip

    def _moment(self, told: str) -> datetime | None:
        if not told or told.startswith("0000"):
            return None
        return datetime.strptime(told, "%Y-%m-%d %H:%M:%S").replace(tzinfo=self._zone)


def _line(told: Mapping[str, Any]) -> SystemLine:
    price = Decimal(str(told["unit_price_tax_incl"])).quantize(Decimal("0.01"))
    return SystemLine(
        line=str(told["id"]), sku=str(told.get("product_reference") or ""), qty=int(told["product_quantity"]),
        unit_price=price, personalised=str(told.get("id_customization") or "0") != "0",
    )  # fmt: skip
