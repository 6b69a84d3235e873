"""What brings a case to its end besides the team: the shop's system, and the customer who says that it is mended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.shop import settling
from bot.shop.models import Case, CaseItem, Customer, Order, OrderItem

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 19, 10, 0, tzinfo=UTC)


def case(kind: str, decision: str = "approved", status: str = "delivered", **result: Any) -> Case:
    """A case about Lucía's toaster; its order may have gone on meanwhile."""
    lucia, _ = Customer.objects.get_or_create(reference="c01", defaults={"name": "Lucía", "email": "l@correo.example"})
    order = Order.objects.create(
        number=f"LB-{Order.objects.count() + 1}", customer=lucia, email=lucia.email, status=status,
        ship_to="mainland", ordered_at=NOW,
    )  # fmt: skip
    item = OrderItem.objects.create(order=order, sku="CH2", unit_price=39)
    made = Case.objects.create(
        number=f"C-{order.pk}", order=order, asked_kind=kind, kind=kind, decision=decision, clause="x", inputs={},
        result=result, rules="r", conversation="t:1", message_id="m", decided_on=NOW.date(), opened_at=NOW,
    )  # fmt: skip
    CaseItem.objects.create(case=made, item=item, qty=1, open_key=f"{item.pk}:{kind}")
    return made


@pytest.mark.parametrize(
    "kind, decision, status, after",
    [
        ("cancel", "approved", "cancelled", "closed"),
        ("cancel", "pending_person", "cancelled", "open"),
        ("cancel", "approved", "preparing", "open"),
        ("address_change", "approved", "shipped", "closed"),
        ("lost_parcel", "approved", "delivered", "open"),
        ("return", "approved", "delivered", "open"),
        ("warranty", "technician", "delivered", "open"),
    ],
)
def test_the_state_of_an_order_ends_what_it_settles(kind: str, decision: str, status: str, after: str) -> None:
    one = case(kind, decision, status)
    for _again in range(2):
        settling.by_order(one.order, NOW)
    one.refresh_from_db()
    assert one.state == after
    assert one.events.filter(event="closed").count() == (after == "closed")
    assert CaseItem.objects.filter(case=one, open_key=None).exists() == (after == "closed")


def test_a_customer_who_says_that_it_is_mended_ends_it_unless_money_is_owed() -> None:
    mended, owed = case("warranty", "technician"), case("damaged", refund={"goods": "39"})
    waits, lost = case("warranty", "pending_person"), case("lost_parcel")
    assert [settling.by_customer(each.number, NOW) for each in (mended, owed, waits, lost)] == [
        True,
        False,
        False,
        False,
    ]
    assert not settling.by_customer("article-1", NOW), "an article's answer is no case"
    assert mended.events.get(event="closed").actor == "customer"
