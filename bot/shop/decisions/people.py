"""What a person decides whatever the rules say, with the rules' own decision as a proposal."""

from decimal import Decimal

from bot.shop.decisions.decision import Decision, NeedsPerson, lines_for
from bot.shop.decisions.facts import Facts
from bot.shop.policy_rules import Kind
from bot.shop.rulebook import Rulebook


def list_value(facts: Facts, book: Rulebook) -> Decimal:
    """Euros at list price of what the case is about; a gift card counts its own value."""
    items = facts.chosen or facts.order.items
    prices = ((book.catalogue.get(item.sku).price, item) for item in items)
    return sum(((price if price is not None else item.unit_price) * item.qty for price, item in prices), Decimal(0))


def reason(facts: Facts, decision: Decision, book: Rulebook) -> tuple[NeedsPerson, str] | None:
    """Why a person must decide, and the clause that says so; the gravest reason first."""
    rules = book.policies.people
    if facts.danger:
        return "safety", rules.danger.id
    if facts.legal_threat:
        return "legal", rules.legal.id
    if not _is_information(decision) and list_value(facts, book) > rules.high_value.above:
        return "high_value", rules.high_value.id
    repeated = decision.kind in rules.third_contact.kinds and not _is_information(decision)
    if repeated and facts.conversations >= rules.third_contact.conversations:
        return "third_contact", rules.third_contact.id
    return None


def _is_information(decision: Decision) -> bool:
    """Telling where a parcel is opens no case, so neither its value nor its history matters."""
    return decision.kind == "lost_parcel" and decision.outcome == "refused"


def escalate(facts: Facts, decision: Decision, book: Rulebook) -> Decision:
    """The decision, or a pending one that carries it as `proposal`."""
    why = reason(facts, decision, book)
    if why is None:
        return decision
    needs_person, clause = why
    proposal = decision.proposal or decision
    steps = ("stop_using", "person_decides") if needs_person == "safety" else ("person_decides",)
    return Decision(
        decision.kind, "pending_person", decision.reason_code, clause,
        lines_for(facts.chosen or facts.order.items, "pending_person", decision.reason_code, clause),
        decision.deadline, next_steps=steps, needs_person=needs_person, proposal=proposal,
    )  # fmt: skip


def at_once(kind: Kind, facts: Facts, book: Rulebook) -> Decision:
    """Danger told before the facts of the case are known: a person first, the rules later."""
    clause = book.policies.people.danger.id
    lines = lines_for(facts.chosen or facts.order.items, "pending_person", "", clause)
    return Decision(
        kind, "pending_person", "", clause, lines, next_steps=("stop_using", "person_decides"), needs_person="safety"
    )
