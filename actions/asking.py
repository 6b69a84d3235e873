"""How each fact is asked for, with the choices that this order allows."""

from __future__ import annotations

from decimal import Decimal

from actions.turn import Button, Turn, pick
from bot.shop import sentences
from bot.shop.decisions import Decision
from bot.shop.identity import Access
from bot.shop.models import Order
from bot.shop.rulebook import current

MOST_CHOICES = 10
RESOLUTIONS = {
    "repair": ("Que lo reparéis", "Repair it"),
    "replacement": ("Que me lo cambiéis por otro", "Replace it"),
    "new_unit": ("Uno nuevo", "A new one"),
    "refund": ("El dinero", "A refund"),
    "other_colour": ("Otro color", "Another colour"),
    "store_credit": ("Un vale con un 5 % más", "Store credit with 5% extra"),
    "price_reduction": ("Una rebaja", "A price reduction"),
}


def ask_order(turn: Turn, allowed: Access) -> None:
    """Which order; a proven customer picks among their own."""
    if allowed.level == "none" or not allowed.orders:
        turn.say("utter_ask_for_order_number", asks="order_number")
        return
    buttons = [pick("order_number", order.number, _order_label(order, turn.language)) for order in allowed.orders]
    turn.say("utter_ask_which_order", asks="order_number", buttons=buttons[:MOST_CHOICES])


def _order_label(order: Order, language: str) -> str:
    catalogue = current().catalogue
    names = ", ".join(catalogue.get(item.sku).called(language) for item in order.items.all())
    return f"{order.number} · {names}"[:72]


def ask_product(turn: Turn, order: Order, *, unknown: bool = False) -> None:
    """Which item of the order; `unknown` when the customer named something that is not in it."""
    catalogue = current().catalogue
    items = list(order.items.all())
    buttons = [pick("product", item.sku, catalogue.get(item.sku).called(turn.language)) for item in items]
    if len(items) > 1:
        buttons.append(pick("product", "all", "Everything" if turn.language == "en" else "Todo"))
    turn.say(
        "utter_product_not_in_order" if unknown else "utter_ask_for_product",
        asks="product",
        buttons=buttons,
        order=order.number,
    )


def ask_resolution(turn: Turn, decision: Decision) -> None:
    index = 1 if turn.language == "en" else 0
    labels = [RESOLUTIONS[name][index] for name in decision.resolutions]
    buttons: list[Button] = [
        pick("resolution", name, label) for name, label in zip(decision.resolutions, labels, strict=True)
    ]
    options = [label[0].lower() + label[1:] for label in labels]
    named = (" or " if index else " o ").join(filter(None, (", ".join(options[:-1]), options[-1])))
    turn.say("utter_ask_for_resolution", asks="resolution", buttons=buttons, options=named)


def ask_pickup(turn: Turn, decision: Decision) -> None:
    price = dict(decision.shipping.options).get("pickup", Decimal(0)) if decision.shipping else Decimal(0)
    if not price:
        turn.say("utter_ask_for_pickup_free", asks="pickup")
        return
    turn.say("utter_ask_for_pickup", asks="pickup", price=sentences.money(price, turn.language))


def ask(turn: Turn, slot: str) -> None:
    """A fact whose question is the same for every order."""
    turn.say(f"utter_ask_for_{slot}", asks=slot)
