"""What the rules say about every order of the demo store, on the day it was made for."""

import pytest

from bot.shop import sentences
from bot.shop.decisions import Fault, MissingFacts, decide, missing_choices, missing_facts
from bot.shop.demo.load import PATH
from tests.shop.shop_cast import demo_facts, demo_orders

MOTOR, PUMP, BATTERY, OTHER = Fault("motor"), Fault("pump"), Fault("battery"), Fault()
SCALE = Fault(cause="limescale")
SEALED, OPENED, NEVER, DESCALED = {"unsealed": False}, {"unsealed": True}, {"descaled": False}, {"descaled": True}

# order, kind asked, items, what the customer says, and then: outcome, reason code, clause
OUTCOMES = [
    ("10401", "return", ("FR5",), {}, "approved", "within_window", "returns.window"),
    ("10401", "return", ("CAF",), {"told": SEALED}, "approved", "within_window", "returns.window"),
    ("10401", "return", ("CAF",), {"told": OPENED}, "refused", "food_opened", "returns.food"),
    ("10401", "exchange", ("FR5",), {}, "approved", "within_window", "returns.window"),
    ("10401", "damaged", ("FR5",), {"fault": OTHER}, "approved", "legal_warranty", "warranty.presumption"),
    ("10402", "warranty", (), {"fault": SCALE}, "approved", "legal_warranty", "warranty.presumption"),
    ("10402", "return", (), {}, "refused", "window_expired", "returns.window"),
    ("10403", "return", (), {}, "refused", "window_expired", "returns.window"),
    ("10403", "warranty", (), {"fault": Fault(cause="immersion")}, "refused", "immersion", "warranty.immersion"),
    ("10403", "warranty", (), {"fault": Fault(cause="drop")}, "refused", "misuse", "warranty.drops"),
    ("10404", "return", (), {}, "approved", "within_window", "returns.window"),
    ("10404", "damaged", (), {"photo": True}, "approved", "damaged_on_arrival", "arrival.window"),
    ("10404", "wrong_item", (), {"photo": True}, "approved", "wrong_item", "arrival.window"),
    ("10404", "damaged", (), {"photo": False}, "pending_person", "no_photo", "arrival.no_photo"),
    ("10405", "return", ("MR1",), {}, "refused", "not_delivered", "returns.delivered_first"),
    ("10405", "warranty", ("MR1",), {}, "refused", "not_delivered", "warranty.delivered_first"),
    ("10405", "lost_parcel", (), {}, "refused", "in_transit", "parcel.no_movement"),
    ("10406", "return", (), {}, "approved", "recall", "recall.lots"),
    ("10406", "warranty", (), {}, "approved", "recall", "recall.lots"),
    ("10406", "damaged", (), {}, "approved", "recall", "recall.lots"),
    ("10407", "recall", (), {}, "refused", "recall", "recall.lots"),
    ("10407", "warranty", (), {"fault": OTHER}, "approved", "legal_warranty", "warranty.presumption"),
    ("10408", "warranty", (), {"fault": BATTERY}, "pending_person", "wear_part", "people.high_value"),
    ("10408", "warranty", (), {"fault": OTHER}, "pending_person", "presumption_over", "people.high_value"),
    ("10409", "return", (), {}, "refused", "hygiene_unsealed", "returns.hygiene"),
    ("10409", "warranty", (), {"fault": OTHER}, "approved", "legal_warranty", "warranty.presumption"),
    ("10410", "cancel", (), {}, "refused", "already_preparing", "changes.cancel"),
    (
        "10410",
        "address_change",
        (),
        {"new_address": "x", "new_zone": "mainland"},
        "approved",
        "before_leaving",
        "changes.address",
    ),
    ("10410", "return", (), {}, "refused", "not_delivered", "returns.delivered_first"),
    ("10411", "return", (), {}, "approved", "within_window", "returns.window"),
    ("10412", "warranty", (), {"fault": MOTOR}, "approved", "commercial_warranty", "warranty.commercial.vx12_motor"),
    ("10412", "warranty", (), {"fault": OTHER}, "technician", "presumption_over", "warranty.presumption"),
    ("10413", "return", (), {}, "pending_person", "within_window", "people.high_value"),
    ("10414", "warranty", (), {"fault": PUMP}, "approved", "commercial_warranty", "warranty.commercial.br20_pump"),
    ("10414", "warranty", (), {"fault": OTHER}, "refused", "warranty_expired", "warranty.legal"),
    ("10415", "return", (), {}, "refused", "window_expired", "returns.window"),
    ("10416", "return", (), {}, "refused", "personalised", "returns.personalised"),
    ("10416", "warranty", (), {"fault": OTHER}, "approved", "legal_warranty", "warranty.presumption"),
    ("10417", "lost_parcel", (), {}, "approved", "no_movement", "parcel.no_movement"),
    ("10417", "address_change", (), {}, "refused", "already_shipped", "changes.address"),
    ("10418", "warranty", (), {"fault": PUMP}, "approved", "legal_warranty", "warranty.presumption"),
    ("10418", "warranty", (), {"fault": SCALE, "told": NEVER}, "refused", "limescale", "warranty.limescale"),
    ("10418", "warranty", (), {"fault": SCALE, "told": DESCALED}, "approved", "legal_warranty", "warranty.presumption"),
    ("10419", "return", (), {}, "pending_person", "within_window", "people.high_value"),
    ("10420", "warranty", (), {}, "refused", "warranty_expired", "warranty.legal"),
    ("10420", "warranty", (), {"fault": PUMP}, "refused", "warranty_expired", "warranty.legal"),
    ("10421", "lost_parcel", (), {}, "refused", "in_transit", "parcel.no_movement"),
    ("10422", "warranty", (), {"fault": SCALE}, "approved", "legal_warranty", "warranty.presumption"),
    ("10422", "return", (), {}, "approved", "within_window", "returns.window"),
    ("10423", "return", ("GIFT",), {}, "refused", "gift_card", "returns.gift_card"),
    ("10423", "return", ("VX12", "GIFT"), {}, "approved", "within_window", "returns.window"),
    ("10423", "lost_parcel", (), {}, "approved", "delivered_not_received", "parcel.delivered_not_received"),
    ("10424", "warranty", (), {}, "refused", "warranty_expired", "warranty.legal"),
    ("10425", "return", (), {}, "refused", "order_cancelled", "returns.not_cancelled"),
    ("10425", "cancel", (), {}, "refused", "order_cancelled", "returns.not_cancelled"),
    ("10426", "return", ("MRH",), {"told": OPENED}, "refused", "hygiene_unsealed", "returns.hygiene"),
    ("10426", "return", ("FR5",), {}, "approved", "within_window", "returns.window"),
    ("10427", "cancel", (), {}, "approved", "before_preparing", "changes.cancel"),
    (
        "10427",
        "address_change",
        (),
        {"new_address": "x", "new_zone": "mainland"},
        "approved",
        "before_leaving",
        "changes.address",
    ),
    (
        "10427",
        "address_change",
        (),
        {"new_address": "x", "new_zone": "eu"},
        "pending_person",
        "before_leaving",
        "changes.dearer_zone",
    ),
    ("10428", "warranty", (), {"fault": BATTERY}, "pending_person", "wear_part", "people.high_value"),
    ("10429", "warranty", (), {"fault": BATTERY}, "refused", "wear_part", "warranty.wear_parts"),
    ("10429", "warranty", (), {"fault": OTHER}, "technician", "presumption_over", "warranty.presumption"),
    ("10430", "warranty", (), {"fault": OTHER}, "technician", "presumption_over", "warranty.presumption"),
    ("10430", "warranty", (), {"fault": PUMP}, "technician", "presumption_over", "warranty.presumption"),
    ("10431", "return", (), {}, "approved", "within_window", "returns.window"),
    ("10432", "warranty", (), {"fault": SCALE, "told": NEVER}, "refused", "limescale", "warranty.limescale"),
    ("10432", "warranty", (), {"fault": SCALE, "told": DESCALED}, "approved", "legal_warranty", "warranty.presumption"),
    ("10433", "return", (), {}, "refused", "personalised", "returns.personalised"),
    ("10433", "wrong_item", (), {"photo": True}, "approved", "wrong_item", "arrival.window"),
    ("10434", "return", (), {}, "refused", "window_expired", "returns.window"),
]


@pytest.mark.parametrize(("number", "kind", "skus", "said", "outcome", "reason", "clause"), OUTCOMES)
def test_demo_order(number, kind, skus, said, outcome, reason, clause):
    facts = demo_facts(f"LB-{number}", skus=skus, **said)
    decision = decide(kind, facts)
    assert (decision.outcome, decision.reason_code, decision.clause) == (outcome, reason, clause)


def test_every_demo_order_is_decided_somewhere():
    assert {f"LB-{row[0]}" for row in OUTCOMES} == set(demo_orders())


@pytest.mark.parametrize("row", OUTCOMES, ids=lambda row: f"{row[0]}-{row[1]}")
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_decision_can_be_told(row, language):
    number, kind, skus, said, *_ = row
    facts = demo_facts(f"LB-{number}", skus=skus, **said)
    decision = decide(kind, facts)
    told = {"order": facts.order.number, "delivered": facts.order.delivered_on}
    texts = [sentences.reason(decision, language, **told), *sentences.steps(decision, language, **told)]
    assert all(text.strip() and "{" not in text for text in texts)


ASKED = [
    ("10401", "return", (), {}, ("product",)),
    ("10401", "return", ("CAF",), {}, ("condition",)),
    ("10401", "return", ("FR5",), {}, ()),
    ("10404", "damaged", (), {}, ("photo",)),
    ("10401", "damaged", ("FR5",), {}, ("fault",)),
    ("10402", "warranty", (), {}, ("fault",)),
    ("10402", "warranty", (), {"fault": SCALE}, ()),
    ("10406", "warranty", (), {}, ()),
    ("10409", "return", (), {}, ()),
    ("10415", "return", (), {}, ()),
    ("10418", "warranty", (), {"fault": SCALE}, ("descaled",)),
    ("10420", "warranty", (), {}, ()),
    ("10422", "warranty", (), {"fault": SCALE}, ()),
    ("10425", "return", (), {}, ()),
    ("10427", "address_change", (), {}, ("address",)),
    ("10417", "address_change", (), {}, ()),
    ("10432", "warranty", (), {"fault": SCALE}, ("descaled",)),
    ("10432", "warranty", (), {"fault": OTHER}, ()),
]


@pytest.mark.parametrize(("number", "kind", "skus", "said", "slots"), ASKED)
def test_only_what_is_needed_is_asked(number, kind, skus, said, slots):
    facts = demo_facts(f"LB-{number}", skus=skus, **said)
    assert missing_facts(kind, facts) == slots
    if slots:
        with pytest.raises(MissingFacts) as raised:
            decide(kind, facts)
        assert raised.value.slots == slots


CHOICES = [
    ("10401", "return", ("FR5",), {}, ("reason", "pickup")),
    ("10401", "return", ("FR5",), {"reason": "changed_mind", "pickup": False}, ()),
    ("10404", "return", (), {}, ("reason",)),
    ("10406", "return", (), {}, ("resolution",)),
    ("10412", "warranty", (), {"fault": MOTOR}, ("resolution",)),
    ("10412", "warranty", (), {"fault": OTHER}, ()),
    ("10415", "return", (), {}, ()),
    ("10401", "exchange", ("FR5",), {"reason": "unspecified"}, ("resolution", "pickup")),
]


@pytest.mark.parametrize(("number", "kind", "skus", "said", "slots"), CHOICES)
def test_an_approved_customer_chooses(number, kind, skus, said, slots):
    facts = demo_facts(f"LB-{number}", skus=skus, **said)
    assert missing_choices(decide(kind, facts), facts) == slots


def test_the_demo_file_is_the_one_the_tests_read():
    assert PATH.exists() and len(demo_orders()) == 34
