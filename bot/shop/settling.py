"""Cases that come to their end without a mark by the team: the shop's system shows it, or the customer says so."""

from __future__ import annotations

from datetime import datetime

from bot.shop.cases import close
from bot.shop.models import Case, Order

# What the state of an order brings to its end: what was asked for is done, or can no longer be.
ENDED_BY = {
    Order.Status.CANCELLED: ("cancel", "address_change"),
    Order.Status.SHIPPED: ("address_change",),
    Order.Status.DELIVERED: ("address_change",),
}
# Made good without money: the customer knows best whether it is over.
MENDED = ("warranty", "damaged", "wrong_item", "exchange", "recall")


def by_order(order: Order, now: datetime) -> int:
    """Close what the order's state has ended; tell how many. A case that waits for a person is left to them.

    A parcel that is said to have come is no proof: some systems only guess when it did.
    """
    kinds = ENDED_BY.get(Order.Status(order.status), ())
    ended = Case.objects.filter(order=order, kind__in=kinds, state=Case.State.OPEN).exclude(decision="pending_person")
    for case in ended:
        close(case, now, actor="system", note=f"the order is {order.status}")
    return len(ended)


def by_customer(number: str, now: datetime) -> bool:
    """The customer said that it is fixed: close the case, unless money has to go back; tell whether it was."""
    case = Case.objects.filter(number=number, state=Case.State.OPEN, kind__in=MENDED).first()
    if case is None or case.decision not in ("approved", "technician") or (case.result or {}).get("refund"):
        return False
    close(case, now, actor="customer", note="is fixed")
    return True
