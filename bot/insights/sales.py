"""What was sold: orders that were not cancelled, and the units of them that were delivered."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from bot.shop.models import Order, OrderItem


def orders() -> QuerySet[Order]:
    return Order.objects.exclude(status=Order.Status.CANCELLED)


def items() -> QuerySet[OrderItem]:
    return OrderItem.objects.exclude(order__status=Order.Status.CANCELLED)


def delivered(before: datetime) -> QuerySet[OrderItem]:
    return items().filter(order__delivered_at__lt=before)
