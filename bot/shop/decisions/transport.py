"""How something travels back, and the money that goes back."""

from decimal import Decimal

from bot.shop.days import add_days
from bot.shop.decisions.decision import LineDecision, Method, Refund, ReturnShipping
from bot.shop.decisions.facts import Facts
from bot.shop.rulebook import Rulebook

STEP_BY_METHOD: dict[Method, str] = {
    "drop_off": "send_back_drop_off",
    "label": "send_back_label",
    "pickup": "send_back_pickup",
}


def return_shipping(facts: Facts, book: Rulebook, *, free: bool) -> ReturnShipping:
    """The ways back from the order's zone. `free`: the shop pays whichever is chosen."""
    rules, zone = book.policies.return_shipping, facts.order.zone
    options: list[tuple[Method, Decimal]] = []
    if zone in rules.drop_off.zones:
        options.append(("drop_off", Decimal(0)))
    if zone in rules.label.zones:
        options.append(("label", Decimal(0)))
    if zone in rules.pickup.zones:
        options.append(("pickup", Decimal(0) if free else rules.pickup.price))
    wanted = "pickup" if facts.pickup else options[0][0]
    method, price = next((option for option in options if option[0] == wanted), options[0])
    return ReturnShipping(tuple(options), method, price)


def pays_nothing(facts: Facts, book: Rulebook) -> bool:
    """Whether the reason given makes every way back free."""
    return facts.reason in book.policies.return_shipping.free.reasons


def refund(facts: Facts, book: Rulebook, lines: tuple[LineDecision, ...], *, at_fault: bool = False) -> Refund:
    """What goes back for the approved lines. The original shipping does when the whole order does, within the days
    of policies.yml or, when the shop is `at_fault`, at any time."""
    approved = {line.line: line.qty for line in lines if line.outcome == "approved"}
    goods = sum((item.unit_price * approved.get(item.line, 0) for item in facts.order.items), Decimal(0))
    whole = all(approved.get(item.line, 0) == item.qty for item in facts.order.items)
    rules = book.policies.refunds
    delivered = facts.order.delivered_on
    in_time = delivered is not None and facts.today <= add_days(delivered, rules.original_shipping.days)
    paid = book.policies.shipping.prices.cost(facts.order.zone, facts.order.goods)
    shipping = paid if whole and (in_time or at_fault) else Decimal(0)
    return Refund(goods, shipping, add_days(facts.today, rules.timing.latest_days))


def refund_steps(facts: Facts, back: Refund) -> tuple[str, ...]:
    """What to say about the money, by how the order was paid."""
    steps = ["refund_timing"]
    if back.shipping:
        steps.append("refund_original_shipping")
    if facts.order.payment == "instalments":
        steps.append("refund_instalments")
    if facts.order.payment == "bank_transfer":
        steps.append("refund_bank_transfer")
    return tuple(steps)
