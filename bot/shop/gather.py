"""From the database to the facts of a decision."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from bot.shop.clock import shop_day
from bot.shop.decisions import Facts, ItemFacts, OrderFacts
from bot.shop.models import Order, OrderItem


def order_facts(order: Order) -> OrderFacts:
    """The order as decisions see it, its moments as the shop's calendar days."""
    return OrderFacts(
        number=order.number,
        status=cast(Any, order.status),
        zone=cast(Any, order.ship_to),
        payment=cast(Any, order.payment),
        ordered_on=shop_day(order.ordered_at),
        delivered_on=_day(order.delivered_at),
        last_movement_on=_day(order.last_movement_at),
        items=tuple(item_facts(item) for item in order.items.all()),
    )


def item_facts(item: OrderItem) -> ItemFacts:
    """One line of an order; `line` is its primary key."""
    return ItemFacts(
        line=item.pk,
        sku=item.sku,
        qty=item.qty,
        unit_price=item.unit_price,
        personalised=item.personalised,
        unsealed=item.unsealed,
        lot=item.lot or None,
        last_descale=item.last_descaled_on,
        repaired_part=cast(Any, item.repaired_part or None),
        repaired_on=item.repaired_on,
    )


def facts_for(
    order: Order,
    today: date,
    *,
    skus: Sequence[str] = (),
    qty: int | None = None,
    unsealed: bool | None = None,
    sealed_qty: int | None = None,
    lot: str | None = None,
    lot_unknown: bool = False,
    descaled: bool | None = None,
    **answers: Any,
) -> Facts:
    """Facts about an order on a day, with what the customer said.

    `skus` are the items of the case (none: not chosen yet); a sku that is not in the order is ignored. `qty` is how
    many units of each. What the record knows wins over `unsealed`, `lot` and `descaled`. `answers` are the other
    fields of `Facts`: reason, fault, photo, resolution, pickup, new_address, new_zone, danger, legal_threat,
    conversations. Raises TypeError for any other name.
    """
    facts = order_facts(order)

    def told(item: ItemFacts) -> ItemFacts:
        return replace(
            item,
            qty=max(1, min(item.qty, qty or item.qty)),
            unsealed=item.unsealed if item.unsealed is not None else unsealed,
            sealed_qty=sealed_qty if item.unsealed is None or sealed_qty is not None else None,
            lot=item.lot or lot,
            lot_unknown=lot_unknown,
            descaled=descaled,
        )

    chosen = [item for item in facts.items if item.sku in skus]
    if not skus and len(facts.items) == 1:
        chosen = list(facts.items)
    return Facts(today=today, order=facts, items=tuple(told(item) for item in chosen), **answers)


def _day(moment: datetime | None) -> date | None:
    return shop_day(moment) if moment else None
