"""What a shop system tells, kept in our own tables, which all decisions read."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from bot.shop import settling
from bot.shop.catalogue import current as catalogue
from bot.shop.models import Case, Customer, Order, OrderItem, SystemEvent, SystemSync
from bot.shop.systems.base import OrderEvent, ShopUnavailable, SystemOrder
from bot.shop.systems.registry import system

log = logging.getLogger(__name__)

# For so long an order that was just asked for is not asked for again.
FRESH = timedelta(minutes=2)


def bring(number: str) -> None:
    """Fetch the order that a customer names, known here or not; when the system is down what we have counts.

    Asked for every number alike, so that how long it takes tells nobody which orders exist.
    """
    if settings.SHOP_SYSTEM == "own" or not number:
        return
    since = timezone.now() - FRESH
    if SystemSync.objects.filter(name=f"order {number}"[:64], at__gt=since).exists():
        return
    try:
        found = system().order(number)
    except ShopUnavailable as error:
        log.warning("the shop system could not be asked: %s", error)
        return
    SystemSync.objects.update_or_create(name=f"order {number}"[:64], defaults={"at": timezone.now()})
    if found:
        store(found)


@transaction.atomic
def store(told: SystemOrder) -> Order:
    """Write an order and its customer down. Lines that cases are about stay, with what was learnt of them."""
    mine = told.customer
    customer, _ = Customer.objects.update_or_create(
        reference=mine.reference,
        defaults={"name": mine.name, "email": mine.email, "phone": mine.phone, "language": mine.language,
                  "company": mine.company},
    )  # fmt: skip
    order, _ = Order.objects.update_or_create(
        number=told.number,
        defaults={
            "customer": customer, "email": mine.email, "phone": mine.phone, "status": told.status,
            "ship_to": told.ship_to, "payment": told.payment, "ordered_at": told.ordered_at,
            "delivered_at": told.delivered_at,
        },
    )  # fmt: skip
    _lines(order, told)
    settling.by_order(order, timezone.now())
    return order


def _lines(order: Order, told: SystemOrder) -> None:
    known = {product.sku for product in catalogue()}
    present = {(item.sku, item.unit_price): item for item in order.items.all()}
    for line in told.lines:
        if line.sku not in known:
            log.warning("order %s has a line with sku %r, which catalogue.yml does not know", order.number, line.sku)
            continue
        item = present.pop((line.sku, line.unit_price), None) or OrderItem(order=order, sku=line.sku)
        item.qty, item.unit_price = line.qty, line.unit_price
        item.lot, item.personalised = line.lot or item.lot, line.personalised or item.personalised
        item.save()
    for gone in present.values():
        if not Case.objects.filter(items__item=gone).exists():
            gone.delete()


@transaction.atomic
def take_in(event: OrderEvent, name: str) -> bool:
    """Store what a webhook told; tell whether it was new. The same delivery again changes nothing."""
    _, created = SystemEvent.objects.get_or_create(
        system=name, event_id=event.event_id, defaults={"topic": event.topic[:60]}
    )
    if created and event.order:
        store(event.order)
    return created


def sync(since: datetime | None = None) -> int:
    """Fetch everything that changed since the last time, or since a moment; tell how many orders."""
    began, name = timezone.now(), settings.SHOP_SYSTEM
    last = SystemSync.objects.filter(name=name).values_list("at", flat=True).first()
    changed = system().changed_since(since or last or began - timedelta(days=30))
    for order in changed:
        store(order)
    # A minute back: the system's clock and ours differ.
    SystemSync.objects.update_or_create(name=name, defaults={"at": began - timedelta(minutes=1)})
    return len(changed)
