"""Parcels that do not arrive."""

from dataclasses import replace

from bot.shop.days import add_days, add_working_days, working_days_between
from bot.shop.decisions.decision import Decision, simple
from bot.shop.decisions.facts import Facts
from bot.shop.rulebook import Rulebook

HOURS_A_DAY = 24


def decide(facts: Facts, book: Rulebook) -> Decision:
    """A `lost_parcel` matter about the whole order. Approved means that a claim is opened; its deadline is the day
    of the answer. In transit, the deadline is the day from which a claim can be opened."""
    order, rules = facts.order, book.policies
    if order.status == "cancelled":
        return simple("lost_parcel", facts, "refused", "order_cancelled", rules.returns.not_cancelled.id)
    if order.status == "delivered":
        told = rules.parcel.delivered_not_received
        answer = add_days(facts.today, told.answer_hours // HOURS_A_DAY)
        decision = simple(
            "lost_parcel",
            facts,
            "approved",
            "delivered_not_received",
            told.id,
            steps=("claim_opened",),
            deadline=answer,
        )
        return replace(decision, values={"hours": told.answer_hours})
    if order.status != "shipped":
        return simple("lost_parcel", facts, "refused", "before_leaving", rules.parcel.no_movement.id)
    return _shipped(facts, book)


def _shipped(facts: Facts, book: Rulebook) -> Decision:
    rule = book.policies.parcel.no_movement
    last = facts.order.last_movement_on or facts.order.ordered_on
    still = working_days_between(last, facts.today)
    if still >= rule.working_days:
        answer = add_days(facts.today, rule.answer_hours // HOURS_A_DAY)
        decision = simple(
            "lost_parcel", facts, "approved", "no_movement", rule.id,
            steps=("claim_opened", "claim_outcome"), deadline=answer,
        )  # fmt: skip
    else:
        claim = add_working_days(last, rule.working_days)
        decision = simple("lost_parcel", facts, "refused", "in_transit", rule.id, steps=("claim_from",), deadline=claim)
    return replace(decision, values={"hours": rule.answer_hours, "last_movement": last, "still_days": still})
