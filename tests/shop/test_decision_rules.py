"""Rules that do not depend on the calendar: units, money, transport, recalls, people."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shop.decisions import Fault, decide, missing_facts, needs_lot
from bot.shop.decisions import decision as decisions
from bot.shop.decisions import facts as all_facts
from tests.shop.shop_cast import TODAY, delivered, demo_facts, item, with_told

YESTERDAY = TODAY - timedelta(days=1)
ZONES = ["mainland", "balearics", "canaries", "ceuta_melilla", "portugal", "eu"]


@given(total=st.integers(min_value=1, max_value=9), sealed=st.integers(min_value=0, max_value=9))
def test_of_several_units_the_sealed_ones_go_back(total, sealed):
    sealed = min(sealed, total)
    decision = decide("return", delivered("MRH", YESTERDAY, TODAY, qty=total, sealed_qty=sealed))
    back = sum(line.qty for line in decision.lines if line.outcome == "approved")
    assert back == sealed
    assert sum(line.qty for line in decision.lines) == total
    assert decision.outcome == ("approved" if sealed else "refused")
    if sealed:
        assert decision.refund.goods == Decimal("14.90") * sealed


def test_a_recorded_seal_is_not_asked_about():
    assert missing_facts("return", delivered("MR1", YESTERDAY, TODAY)) == ("condition",)
    assert missing_facts("return", delivered("MR1", YESTERDAY, TODAY, unsealed=False)) == ()


def test_what_does_not_depend_on_a_seal_goes_back_opened():
    assert decide("return", delivered("AL1", YESTERDAY, TODAY, unsealed=True)).outcome == "approved"


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("reason", ["changed_mind", "faulty"])
def test_pick_up_is_paid_only_for_a_change_of_mind_where_there_is_one(zone, reason):
    facts = delivered("AL1", YESTERDAY, TODAY, zone=zone, reason=reason, pickup=True)
    shipping = decide("return", facts).shipping
    has_pickup = zone in ("mainland", "balearics", "portugal")
    assert shipping.method == ("pickup" if has_pickup else "label" if zone == "eu" else "drop_off")
    assert shipping.price == (Decimal("4.95") if has_pickup and reason == "changed_mind" else 0)


@pytest.mark.parametrize(("days", "shipping"), [(14, "4.99"), (15, "0")])
def test_the_original_shipping_goes_back_with_the_whole_order_in_14_days(days, shipping):
    facts = delivered("MRH", TODAY - timedelta(days=days), TODAY, unsealed=False)
    assert decide("return", facts).refund.shipping == Decimal(shipping)


def test_the_original_shipping_stays_when_something_is_kept():
    facts = demo_facts("LB-10427")
    coffee = facts.order.items[0]
    order = replace(
        facts.order, status="delivered", delivered_on=YESTERDAY, items=(coffee, item("AL1", line=1)), zone="canaries"
    )
    one = replace(facts, order=order, items=(with_told(coffee, {"unsealed": False}),))
    both = replace(one, items=(with_told(coffee, {"unsealed": False}), order.items[1]))
    assert decide("return", one).refund.shipping == 0
    assert decide("return", both).refund.shipping == Decimal("9.90")


def test_a_refund_is_due_14_days_after_asking():
    decision = decide("return", delivered("AL1", YESTERDAY, TODAY))
    assert decision.refund.latest_on == TODAY + timedelta(days=14)


@pytest.mark.parametrize("payment", ["instalments", "bank_transfer"])
def test_how_it_was_paid_decides_how_it_goes_back(payment):
    facts = delivered("FR5", YESTERDAY, TODAY)
    facts = replace(facts, order=replace(facts.order, payment=payment))
    assert f"refund_{payment}" in decide("return", facts).next_steps


def test_store_credit_has_a_bonus_and_a_year():
    decision = decide("exchange", delivered("AL1", YESTERDAY, TODAY, resolution="store_credit"))
    assert decision.values["credit"] == Decimal("51.45")
    assert decision.values["credit_until"] == date(2027, 5, 19)
    assert decision.refund is None


def test_a_cancellation_refunds_everything_today():
    decision = decide("cancel", demo_facts("LB-10427"))
    assert (decision.refund.total, decision.refund.latest_on) == (Decimal("23.49"), TODAY)


def test_a_toaster_without_a_lot_is_asked_for_it():
    facts = delivered("CH2", YESTERDAY, TODAY)
    assert missing_facts("return", facts) == ("product",) and needs_lot(facts)
    bad = replace(facts, items=(with_told(facts.items[0], {"lot": "ch2-2605"}),))
    assert decide("return", bad).reason_code == "recall"
    good = replace(facts, items=(with_told(facts.items[0], {"lot": "CH2-2606"}),))
    assert decide("return", good).reason_code == "within_window"
    lost = replace(facts, items=(with_told(facts.items[0], {"lot_unknown": True}),))
    assert decide("return", lost).needs_person == "policy_check"


@pytest.mark.parametrize("years", [0, 1, 5])
def test_a_recall_has_no_deadline_and_no_cost(years):
    facts = delivered("CH2", TODAY - timedelta(days=365 * years), TODAY, lot="CH2-2603")
    decision = decide("warranty", facts)
    assert (decision.kind, decision.outcome, decision.deadline) == ("recall", "approved", None)
    assert decision.shipping.free and decision.refund.goods == Decimal("39.90")


def test_danger_comes_before_a_recall_and_before_every_question():
    facts = demo_facts("LB-10406", danger=True)
    decision = decide("return", facts)
    assert (decision.outcome, decision.needs_person) == ("pending_person", "safety")
    assert decision.proposal.reason_code == "recall"
    unasked = decide("warranty", demo_facts("LB-10401", danger=True))
    assert (unasked.needs_person, unasked.reason_code, unasked.proposal) == ("safety", "", None)


@given(qty=st.integers(min_value=1, max_value=12), sku=st.sampled_from(["AL1", "BR20", "LR3", "VX12"]))
def test_more_than_300_euros_needs_a_person_who_sees_the_rules_decision(qty, sku):
    facts = delivered(sku, YESTERDAY, TODAY, qty=qty)
    decision = decide("return", facts)
    if facts.order.goods > 300:
        assert (decision.outcome, decision.needs_person) == ("pending_person", "high_value")
        assert decision.proposal.outcome == "approved" and decision.proposal.needs_person is None
    else:
        assert decision.outcome == "approved"


def test_300_euros_is_not_more_than_300_euros():
    cards = (item("GIFT", 2, price=150),)
    facts = delivered("AL1", YESTERDAY, TODAY)
    facts = replace(facts, order=replace(facts.order, items=cards), items=cards)
    assert decide("return", facts).needs_person is None


def test_the_units_of_the_case_count_not_those_of_the_order():
    facts = demo_facts("LB-10413")
    assert decide("return", facts).needs_person == "high_value"
    one = replace(facts, items=(with_told(facts.items[0], {"qty": 1}),))
    assert decide("return", one).outcome == "approved"


@pytest.mark.parametrize(("kind", "conversations", "person"), [
    ("warranty", 2, None), ("warranty", 3, "third_contact"), ("warranty", 4, "third_contact"),
    ("return", 3, None),
])  # fmt: skip
def test_the_third_conversation_about_a_problem_goes_to_a_person(kind, conversations, person):
    facts = demo_facts("LB-10404", fault=Fault(), conversations=conversations)
    assert decide(kind, facts).needs_person == person


def test_a_legal_threat_goes_to_a_person_with_the_proposal():
    decision = decide("return", demo_facts("LB-10415", legal_threat=True))
    assert (decision.needs_person, decision.proposal.reason_code) == ("legal", "window_expired")


@pytest.mark.parametrize(("cause", "sku", "outcome", "reason"), [
    ("drop", "AL1", "refused", "misuse"), ("misuse", "AL1", "refused", "misuse"),
    ("third_party", "TT1", "refused", "third_party_opening"), ("immersion", "EB2", "refused", "immersion"),
    ("immersion", "AL1", "technician", "misuse"), ("immersion", "MR1", "approved", "legal_warranty"),
    ("limescale", "AL1", "approved", "legal_warranty"),
])  # fmt: skip
def test_what_no_warranty_covers(cause, sku, outcome, reason):
    decision = decide("warranty", delivered(sku, YESTERDAY, TODAY, fault=Fault(cause=cause)))
    assert (decision.outcome, decision.reason_code) == (outcome, reason)


@pytest.mark.parametrize("part", ["filter", "brush", "heads"])
def test_wear_parts_are_never_covered(part):
    assert decide("warranty", delivered("AL1", YESTERDAY, TODAY, fault=Fault(part))).reason_code == "wear_part"


def test_a_gift_card_with_a_problem_goes_to_a_person():
    facts = demo_facts("LB-10423", skus=("GIFT",), fault=Fault())
    assert decide("warranty", facts).needs_person == "policy_check"


def test_a_parcel_that_did_not_leave_is_not_lost():
    assert decide("lost_parcel", demo_facts("LB-10410")).reason_code == "before_leaving"


def test_an_address_that_cannot_be_placed_goes_to_a_person():
    facts = demo_facts("LB-10427", new_address="Camino sin nombre", new_zone=None)
    assert decide("address_change", facts).needs_person == "policy_check"


@pytest.mark.parametrize("kind", ["return", "warranty", "damaged", "recall", "cancel", "lost_parcel"])
def test_facts_and_decisions_survive_json(kind):
    facts = demo_facts("LB-10413", fault=Fault("pump"), photo=True)
    again = all_facts.from_json(all_facts.to_json(facts))
    assert again == facts
    decision = decide(kind, facts)
    stored = decisions.from_json(decisions.to_json(decision))
    assert replace(stored, values={}, proposal=None) == replace(decision, values={}, proposal=None)
