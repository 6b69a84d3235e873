"""Decisions of the shop: pure functions over facts and rules. They know no database, no clock and no model."""

from bot.shop.decisions import arrival, changes, parcel, people, recall, returns, warranty
from bot.shop.decisions.decision import (
    Decision,
    LineDecision,
    MissingFacts,
    Refund,
    ReturnShipping,
)
from bot.shop.decisions.facts import Facts, Fault, ItemFacts, OrderFacts
from bot.shop.decisions.missing import missing_choices, missing_facts, needs_lot
from bot.shop.policy_rules import Kind
from bot.shop.rulebook import Rulebook, current

__all__ = [
    "Decision", "Facts", "Fault", "ItemFacts", "Kind", "LineDecision", "MissingFacts", "OrderFacts", "Refund",
    "ReturnShipping", "decide", "missing_choices", "missing_facts", "needs_lot",
]  # fmt: skip


def decide(kind: Kind, facts: Facts, book: Rulebook | None = None) -> Decision:
    """What the rules say about a request of that kind, on the day `facts.today`.

    Raises MissingFacts when something has to be asked first. With `facts.danger` it never does: a person takes it.
    """
    book = book or current()
    missing = missing_facts(kind, facts, book)
    if missing:
        raise MissingFacts(missing)
    if facts.danger and missing_facts(kind, _calm(facts), book):
        return people.at_once(kind, facts, book)
    return people.escalate(facts, _by_rule(kind, facts, book), book)


def _calm(facts: Facts) -> Facts:
    return Facts(**{**vars(facts), "danger": False})


def _by_rule(kind: Kind, facts: Facts, book: Rulebook) -> Decision:
    if kind == "lost_parcel":
        return parcel.decide(facts, book)
    if kind == "cancel":
        return changes.cancel(facts, book)
    if kind == "address_change":
        return changes.address(facts, book)
    decision = recall.decide(kind, facts, book) or returns.before_delivery(kind, facts, book)
    if decision:
        return decision
    if kind in ("return", "exchange"):
        return returns.decide(kind, facts, book)
    if kind in ("damaged", "wrong_item"):
        return arrival.decide(kind, facts, book)
    return warranty.decide(facts, book)
