"""What a person of the team decides: the rules' own proposal, a refusal that names its clause, or an exception."""

from dataclasses import replace
from decimal import Decimal

from bot.shop.decisions import transport
from bot.shop.decisions.decision import Decision, lines_for
from bot.shop.decisions.facts import Facts
from bot.shop.decisions.people import list_value
from bot.shop.rulebook import Rulebook

SENT_BACK = ("return", "exchange", "damaged", "wrong_item", "warranty", "recall")


def by_the_rules(decision: Decision) -> Decision | None:
    """What the rules alone would grant, where that is what waits for a person; None where they would not."""
    proposal = decision.proposal
    return proposal if proposal and proposal.outcome in ("approved", "technician") else None


def approve(facts: Facts, decision: Decision, book: Rulebook) -> Decision:
    """The rules' proposal where there is one to grant, else an exception that the clause names as such."""
    if (granted := by_the_rules(decision)) is not None:
        return granted
    clause = book.policies.people.exception.id
    lines = lines_for(facts.chosen or facts.order.items, "approved", decision.reason_code, clause)
    steps: tuple[str, ...] = ()
    shipping = money = None
    if decision.kind in SENT_BACK:
        shipping = transport.return_shipping(facts, book, free=True)
        steps = (transport.STEP_BY_METHOD[shipping.method], "pays_nothing")
    if decision.kind in ("return", "damaged", "wrong_item", "recall") and facts.resolution in (None, "refund"):
        money = transport.refund(facts, book, lines)
        steps += transport.refund_steps(facts, money)
    return Decision(
        decision.kind, "approved", decision.reason_code, clause, lines, decision.deadline, refund=money,
        shipping=shipping, next_steps=steps, needs_person="policy_check",
    )  # fmt: skip


def refuse(facts: Facts, decision: Decision, clause: str, book: Rulebook) -> Decision:
    """A refusal under a clause. Raises KeyError for a clause that policies.yml does not have."""
    book.policies.rule(clause)
    proposal = decision.proposal
    if proposal and proposal.outcome == "refused" and proposal.clause == clause:
        return proposal
    lines = lines_for(facts.chosen or facts.order.items, "refused", decision.reason_code, clause)
    return replace(
        decision, outcome="refused", clause=clause, lines=lines, next_steps=(), needs_person="policy_check",
        proposal=None, refund=None, shipping=None, resolutions=(),
    )  # fmt: skip


def at_stake(facts: Facts, decision: Decision, book: Rulebook) -> Decimal:
    """Euros that a decision may cost the shop: the refund, else what the items are worth."""
    refund = (decision.proposal or decision).refund
    return refund.total if refund else list_value(facts, book)
