"""WooCommerce through its REST API v3. Needs read rights, and write for notes about refunds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from bot.shop.addresses import normal_email, normal_phone
from bot.shop.policy_rules import Status
from bot.shop.systems import reading
from bot.shop.systems.base import OrderEvent, RefundDraft, SystemCustomer, SystemLine, SystemOrder, WebhookRequest
from bot.shop.systems.rest import TIMEOUT, RestShop

STATUSES: Mapping[str, Status] = {
    "pending": "paid", "on-hold": "paid", "processing": "preparing", "completed": "shipped", "cancelled": "cancelled",
    "refunded": "cancelled", "failed": "cancelled", "trash": "cancelled",
}  # fmt: skip
# What WooCommerce sends when a webhook is saved: a form with the webhook's id instead of an order.
PING = b"webhook_id="
PAGES = 20


class WooCommerce(RestShop):
    name = "woocommerce"

    def __init__(self, url: str, key: str, secret: str, webhook_secrets: Sequence[str] = (),
                 transport: httpx.BaseTransport | None = None) -> None:  # fmt: skip
        super().__init__(
            httpx.Client(
                base_url=f"{url.rstrip('/')}/wp-json/wc/v3", auth=(key, secret), timeout=TIMEOUT, transport=transport
            )
        )
        self._url, self._secrets = url.rstrip("/"), webhook_secrets

    def order(self, number: str) -> SystemOrder | None:
        # A number is the id, unless a plugin numbers orders itself; then only a search finds it.
        told = self.get(f"/orders/{number}") if number.isdecimal() else None
        found = [told] if told else self.get("/orders", search=number, per_page=20) or []
        return next((order for order in map(self._order, found) if order.number == number), None)

    def orders_of(self, *, email: str = "", phone: str = "") -> Sequence[SystemOrder]:
        mail, number = normal_email(email), normal_phone(phone)
        found = self._pages(search=mail or number.removeprefix("+"), orderby="date", order="desc")
        # A search also finds those who only mention it.
        return [
            order for order in found
            if (mail and order.customer.email == mail) or (number and order.customer.phone == number)
        ]  # fmt: skip

    def customer(self, *, email: str = "", phone: str = "") -> SystemCustomer | None:
        return next((order.customer for order in self.orders_of(email=email, phone=phone)), None)

    def changed_since(self, moment: datetime) -> Sequence[SystemOrder]:
        since = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return list(self._pages(modified_after=since, dates_are_gmt="true", orderby="modified", order="asc"))

    def draft_refund(self, order: SystemOrder, lines: Mapping[str, int], reason: str) -> RefundDraft:
        # POST /refunds would book the refund at once, so what is to be done is left as a private note.
        amount = reading.amount(order, dict(lines))
        told = ", ".join(f"{count} × #{line}" for line, count in lines.items())
        note, path = f"Refund to check: {amount} € ({told}). {reason}", f"/orders/{order.key}/notes"
        # Whoever asks again after a lost answer does not leave it twice.
        if all(each.get("note") != note for each in self.get(path, type="internal") or ()):
            self.post(path, {"note": note, "customer_note": False})
        where = f"{self._url}/wp-admin/post.php?post={order.key}&action=edit"
        return RefundDraft(order=order.number, amount=amount, lines=dict(lines), reason=reason, where=where, kept=True)

    def event(self, request: WebhookRequest) -> OrderEvent:
        reading.check_signature(self._secrets, request.body, request.headers.get("x-wc-webhook-signature", ""))
        event_id = request.headers.get("x-wc-webhook-delivery-id") or request.headers["x-wc-webhook-signature"]
        topic = request.headers.get("x-wc-webhook-topic", "")
        about_order = topic.startswith("order.") and topic != "order.deleted" and not request.body.startswith(PING)
        order = self._order(self.read(json.loads, request.body)) if about_order else None
        return OrderEvent(event_id=event_id, topic=topic, order=order)

    def _pages(self, **params: str) -> Iterator[SystemOrder]:
        for page in range(1, PAGES + 1):
            found = self.get("/orders", page=page, per_page=100, **params) or []
            yield from map(self._order, found)
            if len(found) < 100:
                return

    def _order(self, told: Any) -> SystemOrder:
        return self.read(read_order, told)


def read_order(told: Mapping[str, Any]) -> SystemOrder:
    """An order of API v3, also as webhooks carry it."""
    billing = told["billing"]
    shipping = told.get("shipping") or {}
    place = shipping if shipping.get("country") else billing
    arrived = reading.arrived(reading.moment(told.get("date_completed_gmt")))
    status = STATUSES.get(told["status"], "preparing")
    email = normal_email(billing.get("email") or "")
    return SystemOrder(
        key=str(told["id"]),
        number=str(told["number"]),
        customer=SystemCustomer(
            reference=f"wc-{told['customer_id']}" if told.get("customer_id") else reading.guest(email),
            name=f"{billing.get('first_name', '')} {billing.get('last_name', '')}".strip(),
            email=email,
            phone=normal_phone(billing.get("phone") or "", billing.get("country") or "ES"),
            company=bool(billing.get("company")),
        ),
        status="delivered" if status == "shipped" and arrived else status,
        ship_to=reading.zone(place.get("country") or "", place.get("postcode") or ""),
        payment=reading.payment(told.get("payment_method") or ""),
        ordered_at=reading.moment(told["date_created_gmt"]),  # type: ignore[arg-type]
        delivered_at=arrived if status == "shipped" else None,
        lines=tuple(_line(each) for each in told["line_items"]),
    )


def _line(told: Mapping[str, Any]) -> SystemLine:
    paid = Decimal(told["total"]) + Decimal(told.get("total_tax") or 0)
    meta = {str(each.get("key")): str(each.get("value")) for each in told.get("meta_data") or ()}
    return SystemLine(
        line=str(told["id"]), sku=told.get("sku") or "", qty=told["quantity"],
        unit_price=(paid / told["quantity"]).quantize(Decimal("0.01")), lot=meta.get("lot", ""),
        personalised=bool(meta.get("engraving")),
    )  # fmt: skip
