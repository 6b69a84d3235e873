"""The people and orders of the shop's tests, as facts without a database."""

from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

import yaml

from bot.shop import rulebook
from bot.shop.decisions import Facts, ItemFacts, OrderFacts
from bot.shop.demo.load import PATH

# A Tuesday in May: no December rule and no holiday near.
TODAY = date(2026, 5, 19)


@lru_cache
def demo_orders() -> dict[str, dict[str, Any]]:
    store = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return {order["number"]: order for order in store["orders"]}


def demo_facts(
    number: str, today: date = TODAY, skus: tuple[str, ...] = (), told: dict | None = None, **answers
) -> Facts:
    """A demo order with its ages counted back from `today`; `told` changes the chosen items."""
    entry = demo_orders()[number]

    def ago(days: int | None) -> date | None:
        return None if days is None else today - timedelta(days=days)

    items = tuple(
        item(row["sku"], row["qty"], line=line, price=row.get("value"), personalised=row.get("personalised", False),
             unsealed=row.get("unsealed"), lot=row.get("lot"), last_descale=ago(row.get("last_descale")))
        for line, row in enumerate(entry["items"])
    )  # fmt: skip
    facts = OrderFacts(
        entry["number"], entry["status"], entry["ship_to"], ago(entry["ordered"]), items,
        delivered_on=ago(entry.get("delivered")), last_movement_on=ago(entry.get("last_tracking")),
    )  # fmt: skip
    chosen = tuple(with_told(each, told) for each in items if each.sku in skus or (not skus and len(items) == 1))
    return Facts(today=today, order=facts, items=chosen, **answers)


def with_told(each: ItemFacts, told: dict | None) -> ItemFacts:
    return ItemFacts(**{**vars(each), **(told or {})})


def item(sku: str, qty: int = 1, *, line: int = 0, price: int | None = None, **known) -> ItemFacts:
    listed = rulebook.current().catalogue.get(sku).price
    return ItemFacts(line, sku, qty, Decimal(price) if price is not None else listed, **known)


def delivered(sku: str, on: date, today: date, *, qty: int = 1, zone: str = "mainland", **answers) -> Facts:
    """One line, delivered that day; keyword facts of the item are recognised by name."""
    known = {name: answers.pop(name) for name in list(answers) if name in ItemFacts.__dataclass_fields__}
    one = item(sku, qty, **known)
    order = OrderFacts("LB-10999", "delivered", zone, on - timedelta(days=2), (one,), delivered_on=on)
    return Facts(today=today, order=order, items=(one,), **answers)
