"""Recalled lots. A recalled unit is a recall whatever was asked."""

from bot.shop.decisions import transport
from bot.shop.decisions.decision import Decision, lines_for, simple
from bot.shop.decisions.facts import Facts, ItemFacts
from bot.shop.policy_rules import Kind
from bot.shop.rulebook import Rulebook

ABOVE: frozenset[Kind] = frozenset({"return", "exchange", "damaged", "wrong_item", "warranty", "recall"})


def is_recalled(item: ItemFacts, book: Rulebook) -> bool:
    rule = book.policies.recall.lots
    return item.sku == rule.sku and item.lot is not None and item.lot.upper() in rule.lots


def lot_is_missing(item: ItemFacts, book: Rulebook) -> bool:
    """Whether the lot must be read from the label under the product."""
    return item.sku == book.policies.recall.lots.sku and not item.lot and not item.lot_unknown


def decide(kind: Kind, facts: Facts, book: Rulebook) -> Decision | None:
    """The recall that comes before the kind asked, or None when it does not apply. Never None for kind `recall`."""
    if kind not in ABOVE or facts.order.status == "cancelled":
        return None
    items = facts.chosen or facts.order.items
    recalled = tuple(item for item in items if is_recalled(item, book))
    if recalled:
        return _approved(facts, book, recalled, others=len(recalled) < len(items))
    if any(item.sku == book.policies.recall.lots.sku and not item.lot and item.lot_unknown for item in items):
        pending = simple("recall", facts, "pending_person", "recall", book.policies.people.lot_unknown.id)
        return Decision(
            **{**vars(pending), "needs_person": "policy_check", "next_steps": ("stop_using", "person_decides")}
        )
    if kind == "recall":
        return simple("recall", facts, "refused", "recall", book.policies.recall.lots.id, steps=("keep_using",))
    return None


def _approved(facts: Facts, book: Rulebook, items: tuple[ItemFacts, ...], *, others: bool) -> Decision:
    clause = book.policies.recall.lots.id
    lines = lines_for(items, "approved", "recall", clause)
    shipping = transport.return_shipping(facts, book, free=True)
    money = transport.refund(facts, book, lines, at_fault=True)
    steps = ["stop_using", transport.STEP_BY_METHOD[shipping.method]]
    if facts.resolution == "refund":
        steps += transport.refund_steps(facts, money)
    elif facts.resolution is not None:
        steps.append("new_unit_sent")
    if others:
        steps.append("other_items_apart")
    return Decision(
        "recall", "approved", "recall", clause, lines,
        refund=money, shipping=shipping, resolutions=("refund", "new_unit"), next_steps=tuple(steps),
    )  # fmt: skip
