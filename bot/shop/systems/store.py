"""Our own tables as a shop system: the demo store, and what was mirrored from another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.shop.addresses import normal_email, normal_phone
from bot.shop.models import Customer, Order
from bot.shop.systems import reading
from bot.shop.systems.base import (
    NotSupported,
    OrderEvent,
    RefundDraft,
    SystemCustomer,
    SystemOrder,
    WebhookRequest,
)


class OwnStore:
    name = "own"

    def order(self, number: str) -> SystemOrder | None:
        found = Order.objects.select_related("customer").filter(number=number).first()
        return _order(found) if found else None

    def orders_of(self, *, email: str = "", phone: str = "") -> Sequence[SystemOrder]:
        known = {"email__iexact": normal_email(email)} if email else {"phone": normal_phone(phone)}
        return [_order(order) for order in Order.objects.select_related("customer").filter(**known)]

    def customer(self, *, email: str = "", phone: str = "") -> SystemCustomer | None:
        known = {"email__iexact": normal_email(email)} if email else {"phone": normal_phone(phone)}
        found = Customer.objects.filter(**known).first()
        return _customer(found) if found else None

    def changed_since(self, moment: datetime) -> Sequence[SystemOrder]:
        return []

    def draft_refund(self, order: SystemOrder, lines: Mapping[str, int], reason: str) -> RefundDraft:
        amount = reading.amount(order, dict(lines))
        return RefundDraft(order=order.number, amount=amount, lines=dict(lines), reason=reason,
                           where="the shop's own books", kept=False)  # fmt: skip

    def event(self, request: WebhookRequest) -> OrderEvent:
        raise NotSupported("Our own tables send no webhooks: SHOP_SYSTEM names the system that does.")


def _order(order: Order) -> SystemOrder:
    lines = [
        {"line": str(item.pk), "sku": item.sku, "qty": item.qty, "unit_price": item.unit_price, "lot": item.lot,
         "personalised": item.personalised}
        for item in order.items.all()
    ]  # fmt: skip
    told = {
        "key": str(order.pk), "number": order.number, "customer": _customer(order.customer), "status": order.status,
        "ship_to": order.ship_to, "payment": order.payment, "ordered_at": order.ordered_at,
        "delivered_at": order.delivered_at, "lines": lines,
    }  # fmt: skip
    return SystemOrder.model_validate(told)


def _customer(customer: Customer) -> SystemCustomer:
    return SystemCustomer(
        reference=customer.reference, name=customer.name, email=normal_email(customer.email), phone=customer.phone,
        language=reading.language(customer.language), company=customer.company,
    )  # fmt: skip
