"""Which order a request is about: named, kept, or found among the customer's own; and the proof that it is theirs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta

from actions import asking, facts
from actions.outcomes import Asked, Ended
from actions.turn import Turn
from bot.shop import identity, understand
from bot.shop.clock import shop_day
from bot.shop.models import Order

PROOF = frozenset({"order_number", "email", "phone"})
ANOTHER = re.compile(
    r"\b(otro pedido|another order|(a |the |my )?other order|a different order|"
    r"factura (de la |del |de el |de )otr[oa]|invoice (of|for|from) the other)\b",
    re.I,
)
# What is done with such orders, or most often with them: who wants it means the only one of these.
FITTING: Mapping[str, frozenset[str]] = {
    "cancel": frozenset({"paid", "preparing"}),
    "address": frozenset({"paid", "preparing"}),
    "order_status": frozenset({"paid", "preparing", "shipped"}),
    "lost_parcel": frozenset({"paid", "preparing", "shipped"}),
}
# Of what the carrier says it brought, the order that is still to come is not the one.
SAID_DELIVERED = re.compile(r"\b(entregad[oa]s?|delivered)\b", re.I)


def access(turn: Turn) -> identity.Access:
    """What this conversation may hear about now."""
    verified = turn.metadata.get("verified") or {}
    return identity.access(
        turn.identity,
        turn.conversation,
        turn.now,
        channel=str(verified.get("channel") or ""),
        address=str(verified.get("address") or ""),
    )


def find_order(turn: Turn, known: facts.Known, learned: frozenset[str], flow: str, begins: bool) -> Order:
    """The proven order this is about; otherwise asks for what is missing, or ends where nothing may be looked up."""
    allowed = access(turn)
    if "order_number" not in learned:
        _reconsider(turn, known, allowed, begins)
    another = ANOTHER.search(turn.words) or (turn.asked == "order_number" and not begins)
    if another and not known.get("order_number") and len(allowed.orders) == 1:
        turn.say("utter_ask_for_order_number", asks="order_number")
        raise Asked("order_number")
    came = flow == "lost_parcel" and SAID_DELIVERED.search(turn.words)
    only = _only_order(allowed, known, "" if came else flow)
    number = known.get("order_number") or only or _wrote_about(turn, allowed, known)
    number = number or _told_by_age(turn, allowed, known)
    if number and allowed.may_see(number):
        known["order_number"] = number
        order = next(order for order in allowed.orders if order.number == number)
        _note(turn, order, allowed.level_of(order))
        return order
    if not number:
        asking.ask_order(turn, allowed)
        raise Asked("order_number")
    if not (known.get("email") or known.get("phone")):
        turn.say("utter_ask_for_email", asks="email")
        raise Asked("email")
    return _prove(turn, known, number, bool(learned & PROOF))


def any_order(turn: Turn) -> Order | None:
    """One of the orders of who writes, where only the person matters; None while nothing is proven."""
    allowed = access(turn)
    order = allowed.orders[0] if allowed.orders else None
    if order:
        _note(turn, order, allowed.level_of(order))
    return order


def _note(turn: Turn, order: Order, level: str) -> None:
    turn.note(order=order.number, customer=order.customer.reference, customer_name=order.customer.name, verified=level)


def _reconsider(turn: Turn, known: facts.Known, allowed: identity.Access, begins: bool) -> None:
    """The order of the matter before is only a guess: forget it for "another order", or for a product it lacks."""
    number = known.get("order_number")
    if not number or not allowed.may_see(number):
        return
    if ANOTHER.search(turn.words):
        known["order_number"] = None
    elif begins or turn.asked == "product":
        having = _having(allowed, known)
        if having and number not in {order.number for order in having}:
            known["order_number"] = None


def _having(allowed: identity.Access, known: facts.Known) -> tuple[Order, ...]:
    """The orders with a product that was named; none where none was."""
    wanted = set(known.get("product") or ())
    return tuple(
        order
        for order in allowed.orders
        if wanted & {sku for item in order.items.all() for sku in (item.sku, item.sku.removesuffix("-R"))}
    )


def under_way(turn: Turn) -> bool:
    """Whether a product that is named is on its way to this customer."""
    named = set(understand.products(turn.words))
    coming = [order for order in access(turn).orders if order.status in FITTING["order_status"]]
    return any(item.sku in named for order in coming for item in order.items.all())


def _only_order(allowed: identity.Access, known: facts.Known, flow: str) -> str | None:
    """The order that can be meant when none was named: the only one with the named product, or the only one of which
    this can be done."""
    orders = _having(allowed, known) or allowed.orders
    fitting = [order for order in orders if order.status in FITTING.get(flow, ())]
    if len(orders) > 1 and len(fitting) == 1:
        return fitting[0].number
    return orders[0].number if len(orders) == 1 else None


def _wrote_about(turn: Turn, allowed: identity.Access, known: facts.Known) -> str | None:
    """The order that our own message was about, where the customer may see it and names no other product."""
    number, sku = turn.wrote_about.get("order"), turn.wrote_about.get("sku")
    named = set(known.get("product") or ())
    return number if number and allowed.may_see(number) and (not named or sku in named) else None


def chosen(turn: Turn, known: facts.Known) -> str | None:
    """The number of the one of several orders that words like "the latest" or "the second one" choose."""
    return _told_by_age(turn, access(turn), known)


def _told_by_age(turn: Turn, allowed: identity.Access, known: facts.Known) -> str | None:
    orders = _having(allowed, known) or allowed.orders
    choice = understand.which_order(turn.words, turn.today) if len(orders) > 1 else None
    if choice is None:
        return None
    if choice.age:
        return orders[0 if choice.age == "newest" else -1].number
    if choice.position:
        place = choice.position - 1 if choice.position > 0 else choice.position
        return orders[place].number if -len(orders) <= place < len(orders) else None
    near = [order for order in orders if _is_of(order, turn.today - timedelta(choice.days_ago or 0), choice.within)]
    return near[0].number if len(near) == 1 else None


def _is_of(order: Order, day: date, within: int) -> bool:
    """Whether it was ordered or delivered around that day."""
    moments = [moment for moment in (order.ordered_at, order.delivered_at) if moment]
    return any(abs((shop_day(moment) - day).days) <= within for moment in moments)


def _prove(turn: Turn, known: facts.Known, number: str, said_now: bool) -> Order:
    """Try the number with the contact, once for each time that they are said: a proof that has expired is not renewed
    by what is remembered."""
    pair = "|".join((number, known.get("email") or "", known.get("phone") or ""))
    tried, proven = known.get("tried"), f"proven|{pair}"
    if not said_now and tried == proven:
        turn.say("utter_ask_for_email", asks="email")
        raise Asked("email")
    if said_now or tried != pair:
        result = identity.prove_order(
            turn.identity,
            turn.conversation,
            number,
            email=known.get("email"),
            phone=known.get("phone"),
            now=turn.now,
            message_id=turn.message_id,
        )
        if isinstance(result, identity.Proof):
            known["tried"] = proven
            _note(turn, result.order, "order")
            return result.order
        if isinstance(result, identity.Locked):
            turn.say("utter_locked")
            raise Ended
        known["tried"] = pair
        turn.say("utter_mismatch", asks="email")
    else:
        turn.say("utter_mismatch_still", asks="email")
    raise Asked("email")
