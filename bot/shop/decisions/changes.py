"""Cancelling an order, or sending it somewhere else."""

from dataclasses import replace

from bot.shop.decisions.decision import Decision, Refund, simple
from bot.shop.decisions.facts import Facts
from bot.shop.rulebook import Rulebook


def cancel(facts: Facts, book: Rulebook) -> Decision:
    """A `cancel` of the whole order: only before it is being prepared."""
    order, rule = facts.order, book.policies.changes.cancel
    if order.status in rule.statuses:
        decision = simple("cancel", facts, "approved", "before_preparing", rule.id, steps=("cancel_refund",))
        paid = book.policies.shipping.prices.cost(order.zone, order.goods)
        return replace(decision, refund=Refund(order.goods, paid, facts.today))
    if order.status == "preparing":
        return simple("cancel", facts, "refused", "already_preparing", rule.id, steps=("refuse_delivery",))
    if order.status == "shipped":
        return simple("cancel", facts, "refused", "already_shipped", rule.id, steps=("refuse_delivery",))
    if order.status == "delivered":
        return simple("cancel", facts, "refused", "already_shipped", rule.id, steps=("return_instead",))
    return simple("cancel", facts, "refused", "order_cancelled", book.policies.returns.not_cancelled.id)


def address(facts: Facts, book: Rulebook) -> Decision:
    """An `address_change`: until the order leaves the warehouse, and to a zone that costs no more."""
    order, rules = facts.order, book.policies.changes
    if order.status == "cancelled":
        return simple("address_change", facts, "refused", "order_cancelled", book.policies.returns.not_cancelled.id)
    if order.status not in rules.address.statuses:
        return simple("address_change", facts, "refused", "already_shipped", rules.address.id)
    approved = simple(
        "address_change", facts, "approved", "before_leaving", rules.address.id, steps=("address_changed",)
    )
    if facts.new_zone is not None and not _dearer(facts, book):
        return replace(approved, values={"address": facts.new_address or ""})
    pending = simple(
        "address_change", facts, "pending_person", "before_leaving", rules.dearer_zone.id, steps=("person_decides",)
    )
    return replace(pending, needs_person="policy_check")


def still_possible(facts: Facts, book: Rulebook) -> bool:
    return facts.order.status in book.policies.changes.address.statuses


def _dearer(facts: Facts, book: Rulebook) -> bool:
    prices, order = book.policies.shipping.prices, facts.order
    assert facts.new_zone is not None
    return prices.cost(facts.new_zone, order.goods) > prices.cost(order.zone, order.goods)
