"""Which facts a decision still lacks, so that the dialogue asks for those and for nothing else.

Names are those of the design's `asks`. A fact that cannot change the outcome is never asked for.
"""

from bot.shop.decisions import arrival, changes, recall, returns, warranty
from bot.shop.decisions.decision import Decision
from bot.shop.decisions.facts import Facts
from bot.shop.policy_rules import Kind
from bot.shop.rulebook import Rulebook, current

WHOLE_ORDER: frozenset[Kind] = frozenset({"lost_parcel", "cancel", "address_change"})


def missing_facts(kind: Kind, facts: Facts, book: Rulebook | None = None) -> tuple[str, ...]:
    """Slots to ask for before `decide` can answer, in the order to ask. Empty when it can.

    `product` also stands for the lot of a toaster that may be recalled: `needs_lot` tells the two apart.
    """
    book = book or current()
    if facts.danger:
        return ()
    if kind in WHOLE_ORDER:
        asks_address = kind == "address_change" and changes.still_possible(facts, book) and not facts.new_address
        return ("address",) if asks_address else ()
    if facts.order.status == "cancelled":
        return ()
    if not facts.chosen:
        return () if facts.order.status != "delivered" and kind != "recall" else ("product",)
    if needs_lot(facts, book):
        return ("product",)
    if recall.decide(kind, facts, book) or returns.before_delivery(kind, facts, book):
        return ()
    if kind in ("return", "exchange"):
        return _of_return(facts, book)
    if kind in ("damaged", "wrong_item") and arrival.in_time(facts, book):
        return ("photo",) if facts.photo is None else ()
    return _of_warranty(facts, book)


def needs_lot(facts: Facts, book: Rulebook | None = None) -> bool:
    """Whether the missing `product` fact is the lot on the label under the toaster."""
    book = book or current()
    return facts.order.status != "cancelled" and any(recall.lot_is_missing(item, book) for item in facts.chosen)


def missing_choices(decision: Decision, facts: Facts) -> tuple[str, ...]:
    """What an approved customer still has to choose: `reason` (it may make transport free), `resolution`, `pickup`.

    A return needs no reason by law (LGDCU art. 102): anything the customer answers, `unspecified` included, will do.
    """
    if decision.outcome != "approved":
        return ()
    slots: list[str] = []
    if decision.kind in ("return", "exchange") and facts.reason is None:
        slots.append("reason")
    if len(decision.resolutions) > 1 and facts.resolution not in decision.resolutions:
        slots.append("resolution")
    offers_pickup = decision.shipping is not None and "pickup" in dict(decision.shipping.options)
    if decision.kind in ("return", "exchange") and offers_pickup and facts.pickup is None:
        slots.append("pickup")
    return tuple(slots)


def _of_return(facts: Facts, book: Rulebook) -> tuple[str, ...]:
    in_time = returns.window(facts, book)[0] == "approved"
    open_items = [item for item in facts.chosen if returns.never_returnable(item, book) is None]
    return ("condition",) if in_time and any(returns.seal_is_unknown(item, book) for item in open_items) else ()


def _of_warranty(facts: Facts, book: Rulebook) -> tuple[str, ...]:
    if any(book.catalogue.get(item.sku).gift_card for item in facts.chosen):
        return ()
    if facts.fault is None:
        return ("fault",) if any(warranty.fault_matters(facts, item, book) for item in facts.chosen) else ()
    unknown = [item for item in facts.chosen if item.descaled is None and warranty.descaling_matters(facts, item, book)]
    return ("descaled",) if unknown else ()
