"""Warranty: who covers the fault (legal, commercial, the year after a repair), and what nobody covers."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from bot.shop.days import add_days, add_months, add_years
from bot.shop.decisions import transport
from bot.shop.decisions.decision import Decision, LineDecision, Outcome, ReasonCode, simple
from bot.shop.decisions.facts import Facts, Fault, ItemFacts, Resolution
from bot.shop.policy_rules import CommercialWarranty
from bot.shop.rulebook import Rulebook


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    reason_code: ReasonCode
    clause: str
    deadline: date | None = None


def condition(item: ItemFacts, book: Rulebook) -> Literal["new", "refurbished"]:
    return "refurbished" if book.catalogue.get(item.sku).refurbished else "new"


def legal_end(item: ItemFacts, delivered: date, book: Rulebook) -> date:
    """Last day of the legal warranty."""
    return add_years(delivered, getattr(book.policies.warranty.legal.years, condition(item, book)))


def presumption_end(item: ItemFacts, delivered: date, book: Rulebook) -> date:
    """Last day on which a fault is presumed to be from origin."""
    return add_years(delivered, getattr(book.policies.warranty.presumption.years, condition(item, book)))


def repair_end(item: ItemFacts, book: Rulebook) -> date | None:
    """Last day of the extra year of a repaired or replaced part."""
    if item.repaired_on is None:
        return None
    return add_years(item.repaired_on, book.policies.warranty.repaired_parts.years)


def fault_matters(facts: Facts, item: ItemFacts, book: Rulebook) -> bool:
    """Whether any warranty is still alive, so that the fault has to be known."""
    delivered = facts.order.delivered_on
    if delivered is None:
        return False
    ends = [legal_end(item, delivered, book), repair_end(item, book)]
    ends += [add_years(delivered, rule.years) for rule in _commercial(item, book)]
    return any(end is not None and facts.today <= end for end in ends)


def descaling_matters(facts: Facts, item: ItemFacts, book: Rulebook) -> bool:
    """Whether the customer has to be asked if the machine was ever descaled: a cover is left that it could void."""
    rule, delivered = book.policies.warranty.limescale, facts.order.delivered_on
    if facts.fault is None or facts.fault.cause != "limescale" or item.sku not in rule.skus or delivered is None:
        return False
    due = facts.today > add_days(delivered, rule.first_descale_days)
    covered = _cover(facts.today, item, facts.fault, delivered, book).reason_code != "warranty_expired"
    return due and item.last_descale is None and covered


def decide(facts: Facts, book: Rulebook) -> Decision:
    """A warranty case about delivered, not recalled items."""
    gift_cards = [item for item in facts.chosen if book.catalogue.get(item.sku).gift_card]
    if gift_cards:
        pending = simple("warranty", facts, "pending_person", "gift_card", book.policies.people.gift_card.id)
        return replace(pending, needs_person="policy_check", next_steps=("person_decides",))
    verdicts = [(item, _verdict(facts, item, book)) for item in facts.chosen]
    order: tuple[Outcome, ...] = ("approved", "technician", "refused")
    lead = min((verdict for _, verdict in verdicts), key=lambda verdict: order.index(verdict.outcome))
    lines = tuple(
        LineDecision(item.line, item.sku, item.qty, verdict.outcome, verdict.reason_code, verdict.clause)
        for item, verdict in verdicts
    )
    decision = Decision("warranty", lead.outcome, lead.reason_code, lead.clause, lines, lead.deadline)
    return decision if lead.outcome == "refused" else _covered(facts, book, decision)


def _covered(facts: Facts, book: Rulebook, decision: Decision) -> Decision:
    shipping = transport.return_shipping(facts, book, free=True)
    steps = [transport.STEP_BY_METHOD[shipping.method]]
    if decision.outcome == "technician":
        steps += ["technician_check"]
    elif facts.resolution in ("repair", "replacement"):
        steps += [f"will_{facts.resolution}"]
    resolutions: tuple[Resolution, ...] = ("repair", "replacement") if decision.outcome == "approved" else ()
    return replace(
        decision, shipping=shipping, resolutions=resolutions, next_steps=(*steps, "turnaround", "transport_free")
    )


def _verdict(facts: Facts, item: ItemFacts, book: Rulebook) -> Verdict:
    delivered, fault = facts.order.delivered_on, facts.fault or Fault()
    assert delivered is not None, "before_delivery() comes first"
    cover = _cover(facts.today, item, fault, delivered, book)
    if cover.reason_code == "warranty_expired":
        return cover
    excluded = _exclusion(facts, item, fault, delivered, book)
    return replace(excluded, deadline=cover.deadline) if excluded else cover


def _cover(today: date, item: ItemFacts, fault: Fault, delivered: date, book: Rulebook) -> Verdict:
    """The first warranty that pays without a check, else the technician's, else none."""
    rules = book.policies.warranty
    legal, presumption = legal_end(item, delivered, book), presumption_end(item, delivered, book)
    if today <= min(presumption, legal):
        return Verdict("approved", "legal_warranty", rules.presumption.id, legal)
    repaired = repair_end(item, book)
    if repaired and today <= repaired and item.repaired_part in (fault.part, "other", None):
        return Verdict("approved", "legal_warranty", rules.repaired_parts.id, repaired)
    for commercial in _commercial(item, book):
        end = add_years(delivered, commercial.years)
        if commercial.part == fault.part and today <= end:
            return Verdict("approved", "commercial_warranty", commercial.id, end)
    if today <= legal:
        return Verdict("technician", "presumption_over", rules.presumption.id, legal)
    return Verdict("refused", "warranty_expired", rules.legal.id, legal)


def _commercial(item: ItemFacts, book: Rulebook) -> list[CommercialWarranty]:
    return [rule for rule in book.policies.warranty.commercial if rule.sku == item.sku]


def _exclusion(facts: Facts, item: ItemFacts, fault: Fault, delivered: date, book: Rulebook) -> Verdict | None:
    rules = book.policies.warranty
    if fault.cause == "drop":
        return Verdict("refused", "misuse", rules.drops.id)
    if fault.cause == "misuse":
        return Verdict("refused", "misuse", rules.misuse.id)
    if fault.cause == "third_party":
        return Verdict("refused", "third_party_opening", rules.third_party.id)
    if fault.cause == "immersion":
        return _immersed(item, book)
    if descaling_matters(facts, item, book) and item.descaled is False:
        return Verdict("refused", "limescale", rules.limescale.id)
    worn = fault.part == "battery" and facts.today > add_months(delivered, rules.wear_parts.battery_months)
    if worn or fault.part in rules.wear_parts.parts:
        return Verdict("refused", "wear_part", rules.wear_parts.id)
    return None


def _immersed(item: ItemFacts, book: Rulebook) -> Verdict | None:
    """Water is named for some products only; where it is not, a technician looks before anybody says no."""
    if item.sku in book.policies.warranty.immersion.skus:
        return Verdict("refused", "immersion", book.policies.warranty.immersion.id)
    if book.catalogue.get(item.sku).waterproof:
        return None
    return Verdict("technician", "misuse", book.policies.warranty.misuse.id)
