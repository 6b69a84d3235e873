"""Damaged or wrong on arrival: a week to say so, with a photo; later it is a warranty matter."""

from dataclasses import replace

from bot.shop.days import add_days
from bot.shop.decisions import transport, warranty
from bot.shop.decisions.decision import Decision, ReasonCode, lines_for
from bot.shop.decisions.facts import Facts
from bot.shop.policy_rules import Kind
from bot.shop.rulebook import Rulebook


def in_time(facts: Facts, book: Rulebook) -> bool:
    delivered = facts.order.delivered_on
    return delivered is not None and facts.today <= add_days(delivered, book.policies.arrival.window.days)


def decide(kind: Kind, facts: Facts, book: Rulebook) -> Decision:
    """A `damaged` or `wrong_item` case about delivered, not recalled items."""
    if not in_time(facts, book):
        return warranty.decide(facts, book).with_steps("arrival_window_over")
    approved = _approved(kind, facts, book)
    if facts.photo:
        return approved
    return replace(
        approved, outcome="pending_person", reason_code="no_photo", clause=book.policies.arrival.no_photo.id,
        lines=lines_for(facts.chosen, "pending_person", "no_photo", book.policies.arrival.no_photo.id),
        next_steps=("person_decides", "photo_helps"), needs_person="policy_check", proposal=approved,
        refund=None, shipping=None, resolutions=(),
    )  # fmt: skip


def _approved(kind: Kind, facts: Facts, book: Rulebook) -> Decision:
    rule, delivered = book.policies.arrival.window, facts.order.delivered_on
    assert delivered is not None, "before_delivery() comes first"
    reason: ReasonCode = "damaged_on_arrival" if kind == "damaged" else "wrong_item"
    lines = lines_for(facts.chosen, "approved", reason, rule.id)
    shipping = transport.return_shipping(facts, book, free=True)
    money = transport.refund(facts, book, lines, at_fault=True)
    steps: tuple[str, ...] = (transport.STEP_BY_METHOD[shipping.method], "pays_nothing")
    if facts.resolution == "refund":
        steps += transport.refund_steps(facts, money)
    elif facts.resolution is not None:
        steps = ("new_unit_sent", *steps)
    return Decision(
        kind, "approved", reason, rule.id, lines, add_days(delivered, rule.days),
        refund=money, shipping=shipping, resolutions=("new_unit", "refund"), next_steps=steps,
    )  # fmt: skip
