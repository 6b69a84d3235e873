"""Returns and exchanges: the window, the December rule, and what cannot go back."""

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from bot.shop.days import add_days, add_months
from bot.shop.decisions import transport, warranty
from bot.shop.decisions.decision import Decision, LineDecision, Outcome, ReasonCode, Value, simple
from bot.shop.decisions.facts import Facts, ItemFacts
from bot.shop.policy_rules import Kind
from bot.shop.rulebook import Rulebook


def last_day(delivered: date, book: Rulebook) -> date:
    """Last day on which something delivered that day may be returned, both rules considered."""
    rules = book.policies.returns
    normal = add_days(delivered, rules.window.days)
    return max(normal, rules.december.deadline(delivered) or normal)


def window(facts: Facts, book: Rulebook) -> tuple[Outcome, ReasonCode, str]:
    """Whether today is in time. The extended window is named only when the normal one is over."""
    delivered, rules = facts.order.delivered_on, book.policies.returns
    if delivered is None:
        return "refused", "not_delivered", rules.delivered_first.id
    if facts.today <= add_days(delivered, rules.window.days):
        return "approved", "within_window", rules.window.id
    if facts.today <= last_day(delivered, book):
        return "approved", "extended_window", rules.december.id
    extended = rules.december.deadline(delivered) is not None
    return "refused", "window_expired", rules.december.id if extended else rules.window.id


def never_returnable(item: ItemFacts, book: Rulebook) -> tuple[ReasonCode, str] | None:
    """Why an item could never go back, whatever its state or day."""
    product = book.catalogue.get(item.sku)
    if product.gift_card:
        return "gift_card", book.policies.returns.gift_card.id
    if item.personalised or product.personalised:
        return "personalised", book.policies.returns.personalised.id
    return None


def depends_on_seal(item: ItemFacts, book: Rulebook) -> bool:
    product = book.catalogue.get(item.sku)
    return product.hygiene or product.food


def seal_is_unknown(item: ItemFacts, book: Rulebook) -> bool:
    return depends_on_seal(item, book) and item.unsealed is None and item.sealed_qty is None


def decide(kind: Kind, facts: Facts, book: Rulebook) -> Decision:
    """A `return` or an `exchange` of delivered, not recalled items."""
    lines = tuple(line for item in facts.chosen for line in _judge(item, facts, book))
    approved = tuple(line for line in lines if line.outcome == "approved")
    lead = (approved or lines)[0]
    delivered = facts.order.delivered_on
    deadline = last_day(delivered, book) if delivered else None
    if not approved:
        kept = ("warranty_instead",) if _keeps_warranty(facts, lead, book) else ()
        return Decision(kind, "refused", lead.reason_code, lead.clause, lines, deadline, next_steps=kept)
    if kind == "exchange":
        return _exchange(facts, book, lines, lead, deadline)
    shipping = transport.return_shipping(facts, book, free=transport.pays_nothing(facts, book))
    money = transport.refund(facts, book, lines)
    steps = ("as_in_shop", transport.STEP_BY_METHOD[shipping.method], *transport.refund_steps(facts, money))
    return Decision(
        kind, "approved", lead.reason_code, lead.clause, lines, deadline,
        refund=money, shipping=shipping, next_steps=(*steps, *_part_refused(lines)),
    )  # fmt: skip


def _judge(item: ItemFacts, facts: Facts, book: Rulebook) -> Iterator[LineDecision]:
    """One line, or two when of several units only the sealed ones can go back."""
    never = never_returnable(item, book)
    if never:
        yield LineDecision(item.line, item.sku, item.qty, "refused", *never)
        return
    outcome, reason, clause = window(facts, book)
    unsealed = _unsealed_units(item) if outcome == "approved" and depends_on_seal(item, book) else 0
    if item.qty > unsealed:
        yield LineDecision(item.line, item.sku, item.qty - unsealed, outcome, reason, clause)
    if unsealed:
        rules, hygiene = book.policies.returns, book.catalogue.get(item.sku).hygiene
        why: ReasonCode = "hygiene_unsealed" if hygiene else "food_opened"
        rule = rules.hygiene if hygiene else rules.food
        yield LineDecision(item.line, item.sku, unsealed, "refused", why, rule.id)


def _unsealed_units(item: ItemFacts) -> int:
    if item.sealed_qty is not None:
        return item.qty - max(0, min(item.qty, item.sealed_qty))
    return item.qty if item.unsealed else 0


def _keeps_warranty(facts: Facts, lead: LineDecision, book: Rulebook) -> bool:
    """What cannot be returned may still be faulty: then the warranty is the way. Who returns late seldom says why."""
    if lead.reason_code in ("gift_card", "not_delivered"):
        return False
    may_be_faulty = facts.reason in ("faulty", "damaged") or lead.reason_code == "window_expired"
    return may_be_faulty and any(warranty.fault_matters(facts, item, book) for item in facts.chosen)


def _part_refused(lines: tuple[LineDecision, ...]) -> tuple[str, ...]:
    return ("some_refused",) if any(line.outcome == "refused" for line in lines) else ()


def _exchange(
    facts: Facts, book: Rulebook, lines: tuple[LineDecision, ...], lead: LineDecision, deadline: date | None
) -> Decision:
    terms = book.policies.exchange.terms
    shipping = transport.return_shipping(facts, book, free=transport.pays_nothing(facts, book))
    worth = transport.refund(facts, book, lines).goods * (100 + terms.bonus_percent) / Decimal(100)
    steps = ["as_in_shop", transport.STEP_BY_METHOD[shipping.method]]
    if facts.resolution in ("other_colour", "store_credit"):
        steps.append(facts.resolution)
    values: dict[str, Value] = {
        "credit": worth.quantize(Decimal("0.01"), ROUND_HALF_UP),
        "credit_until": add_months(facts.today, terms.credit_months),
    }
    return Decision(
        "exchange", "approved", lead.reason_code, lead.clause, lines, deadline, shipping=shipping,
        resolutions=("other_colour", "store_credit"), next_steps=(*steps, *_part_refused(lines)), values=values,
    )  # fmt: skip


def before_delivery(kind: Kind, facts: Facts, book: Rulebook) -> Decision | None:
    """The refusal of everything that needs a delivered order, or None when it is delivered."""
    rules = book.policies
    if facts.order.status == "cancelled":
        return simple(kind, facts, "refused", "order_cancelled", rules.returns.not_cancelled.id)
    if facts.order.status != "delivered" or facts.order.delivered_on is None:
        rule = rules.warranty.delivered_first if kind == "warranty" else rules.returns.delivered_first
        steps = ("can_cancel",) if facts.order.status in rules.changes.cancel.statuses else ("refuse_delivery",)
        return simple(kind, facts, "refused", "not_delivered", rule.id, steps=steps)
    return None
