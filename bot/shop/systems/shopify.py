"""Shopify through the REST Admin API, with a custom app's token (read_orders, read_customers, write_orders).

Shopify calls this API legacy; it stays open to a shop's own custom app. Orders older than 60 days also need the right
read_all_orders.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from bot.shop.addresses import normal_email, normal_phone
from bot.shop.policy_rules import Status
from bot.shop.systems import reading
from bot.shop.systems.base import OrderEvent, RefundDraft, SystemCustomer, SystemLine, SystemOrder, WebhookRequest
from bot.shop.systems.rest import TIMEOUT, RestShop


class Shopify(RestShop):
    name = "shopify"

    def __init__(self, url: str, token: str, webhook_secrets: Sequence[str] = (), version: str = "2025-10",
                 transport: httpx.BaseTransport | None = None) -> None:  # fmt: skip
        super().__init__(
            httpx.Client(
                base_url=f"{url.rstrip('/')}/admin/api/{version}", headers={"X-Shopify-Access-Token": token},
                timeout=TIMEOUT, transport=transport,
            )
        )  # fmt: skip
        self._url, self._secrets = url.rstrip("/"), webhook_secrets

    def order(self, number: str) -> SystemOrder | None:
        # The customer's "#1001" is the order's name; the # is only how it is shown.
        found = self._orders("/orders.json", name=number, status="any")
        return next((order for order in found if order.number == number.removeprefix("#")), None)

    def orders_of(self, *, email: str = "", phone: str = "") -> Sequence[SystemOrder]:
        told = self._customer(email, phone)
        found = self._orders(f"/customers/{told['id']}/orders.json", status="any") if told else []
        return sorted(found, key=lambda order: order.ordered_at, reverse=True)

    def customer(self, *, email: str = "", phone: str = "") -> SystemCustomer | None:
        told = self._customer(email, phone)
        return self.read(lambda each: _customer(each, {}, ""), told) if told else None

    def changed_since(self, moment: datetime) -> Sequence[SystemOrder]:
        since = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return self._orders("/orders.json", status="any", updated_at_min=since, order="updated_at asc", limit="250")

    def draft_refund(self, order: SystemOrder, lines: Mapping[str, int], reason: str) -> RefundDraft:
        # `calculate` books nothing: it tells what a refund of these lines would come to, tax and discounts considered.
        reading.amount(order, dict(lines))
        wanted = [{"line_item_id": int(line), "quantity": count, "restock_type": "no_restock"}
                  for line, count in lines.items()]  # fmt: skip
        told = self.post(f"/orders/{order.key}/refunds/calculate.json", {"refund": {"refund_line_items": wanted}})
        amount = self.read(_refund_amount, told)
        where = f"{self._url}/admin/orders/{order.key}/refund"
        return RefundDraft(order=order.number, amount=amount, lines=dict(lines), reason=reason, where=where, kept=False)

    def event(self, request: WebhookRequest) -> OrderEvent:
        signature = request.headers.get("x-shopify-hmac-sha256", "")
        reading.check_signature(self._secrets, request.body, signature)
        topic = request.headers.get("x-shopify-topic", "")
        whole = topic.startswith("orders/") and topic != "orders/delete"
        order = self.read(read_order, self.read(json.loads, request.body)) if whole else None
        return OrderEvent(event_id=request.headers.get("x-shopify-webhook-id") or signature, topic=topic, order=order)

    def _orders(self, path: str, **params: str) -> list[SystemOrder]:
        told = self.get(path, **params) or {}
        return [self.read(read_order, each) for each in told.get("orders", ())]

    def _customer(self, email: str, phone: str) -> Mapping[str, Any] | None:
        query = f"email:{normal_email(email)}" if email else f"phone:{normal_phone(phone)}"
        found = (self.get("/customers/search.json", query=query) or {}).get("customers", ())
        for each in found:
            mine = normal_email(each.get("email") or ""), normal_phone(each.get("phone") or "")
            if (email and mine[0] == normal_email(email)) or (phone and mine[1] == normal_phone(phone)):
                return dict(each)
        return None


def _refund_amount(told: Mapping[str, Any]) -> Decimal:
    lines = told["refund"]["refund_line_items"]
    return sum((Decimal(str(each["subtotal"])) + Decimal(str(each["total_tax"])) for each in lines), Decimal(0))


def read_order(told: Mapping[str, Any]) -> SystemOrder:
    """An order of the REST Admin API, also as webhooks carry it."""
    place = told.get("shipping_address") or told.get("billing_address") or {}
    status, delivered = _state(told)
    return SystemOrder(
        key=str(told["id"]),
        number=str(told["name"]).removeprefix("#"),
        customer=_customer(told.get("customer") or {}, told, place.get("country_code") or "ES"),
        status=status,
        ship_to=reading.zone(place.get("country_code") or "", place.get("zip") or ""),
        payment=reading.payment(" ".join(told.get("payment_gateway_names") or ())),
        ordered_at=reading.moment(told["created_at"]),  # type: ignore[arg-type]
        delivered_at=delivered,
        lines=tuple(_line(each) for each in told["line_items"]),
    )


def _state(told: Mapping[str, Any]) -> tuple[Status, datetime | None]:
    """The carrier's own word where a fulfilment has it; else some days after it left."""
    if told.get("cancelled_at"):
        return "cancelled", None
    if told.get("fulfillment_status") != "fulfilled":
        return ("preparing" if told.get("fulfillment_status") == "partial" else "paid"), None
    sent = [each for each in told.get("fulfillments") or () if each.get("status") != "cancelled"]
    if sent and all(each.get("shipment_status") == "delivered" for each in sent):
        return "delivered", max(filter(None, (reading.moment(each["updated_at"]) for each in sent)))
    if any(each.get("shipment_status") for each in sent):
        return "shipped", None
    left = max(filter(None, (reading.moment(each["created_at"]) for each in sent)), default=None)
    arrived = reading.arrived(left)
    return ("delivered", arrived) if arrived else ("shipped", None)


def _customer(told: Mapping[str, Any], order: Mapping[str, Any], country: str) -> SystemCustomer:
    billing = order.get("billing_address") or {}
    email = normal_email(order.get("email") or told.get("email") or "")
    phone = order.get("phone") or told.get("phone") or billing.get("phone") or ""
    name = f"{told.get('first_name') or billing.get('first_name') or ''} " \
           f"{told.get('last_name') or billing.get('last_name') or ''}"  # fmt: skip
    return SystemCustomer(
        reference=f"shopify-{told['id']}" if told.get("id") else reading.guest(email),
        name=name.strip(), email=email, phone=normal_phone(phone, country or "ES"),
        language=reading.language(order.get("customer_locale") or ""), company=bool(billing.get("company")),
    )  # fmt: skip


def _line(told: Mapping[str, Any]) -> SystemLine:
    off = sum((Decimal(each["amount"]) for each in told.get("discount_allocations") or ()), Decimal(0))
    # Prices are shown with tax where the shop sells in the EU; `discount_allocations` is of the whole line.
    price = Decimal(told["price"]) - off / told["quantity"]
    extras = {str(each.get("name")): str(each.get("value")) for each in told.get("properties") or ()}
    return SystemLine(
        line=str(told["id"]), sku=told.get("sku") or "", qty=told["quantity"],
        unit_price=price.quantize(Decimal("0.01")), lot=extras.get("lot", ""),
        personalised=bool(extras.get("engraving")),
    )  # fmt: skip
