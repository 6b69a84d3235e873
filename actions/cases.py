"""Requests that end in a case: a return, a warranty claim, a lost parcel, a cancelled order and their kin."""

from __future__ import annotations

from typing import Any, ClassVar

from actions import asking, facts
from actions.request import Request
from actions.trouble import hand_off
from actions.turn import Turn
from bot.shop import contacts, sentences, understand
from bot.shop.cases import open_case
from bot.shop.clock import shop_day
from bot.shop.decisions import Decision, Facts, Fault, Kind, decide, missing_choices, missing_facts, needs_lot
from bot.shop.gather import facts_for
from bot.shop.models import Order

# A new unit is sent for what arrived wrong, a replacement for what failed: customers say "otro nuevo" for both.
ALIKE = {"new_unit": "replacement", "replacement": "new_unit"}


class CaseRequest(Request):
    """Asks what the shop's decision still lacks, decides, opens the case and says why and what next."""

    kind: ClassVar[Kind]
    # Whether a product that the order does not have, but the customer names, may mean that the order is the mistake.
    doubts_order: ClassVar[bool] = True

    def missing(self, turn: Turn, known: facts.Known, order: Order | None) -> str | None:
        assert order is not None
        if self.doubts_order and (slot := _product_trouble(turn, known, order)):
            return slot
        told = told_facts(turn, known, order)
        for slot in missing_facts(self.kind, told):
            return self._ask(turn, slot, told, order, known)
        decision = decide(self.kind, told)
        if (alike := ALIKE.get(known.get("resolution") or "")) in decision.resolutions:
            known["resolution"] = alike
            told = told_facts(turn, known, order)
        for slot in missing_choices(decision, told):
            if slot == "resolution":
                if known.get("resolution"):
                    turn.say("utter_resolution_not_offered")
                    known["resolution"] = None
                asking.ask_resolution(turn, decision)
            elif slot == "pickup":
                asking.ask_pickup(turn, decision)
            else:
                self._ask(turn, slot, told, order, known)
            return slot
        return self.missing_consent(turn, known, decision)

    def missing_consent(self, turn: Turn, known: facts.Known, decision: Decision) -> str | None:
        """What the customer still has to agree to before something is done that cannot be undone."""
        return None

    def _ask(self, turn: Turn, slot: str, told: Facts, order: Order, known: facts.Known) -> str:
        if slot == "product" and needs_lot(told):
            turn.say("utter_ask_for_lot", asks="product")
        elif slot == "product":
            asking.ask_product(turn, order)
        elif slot == "fault" and known.get("opening"):
            turn.say("utter_ask_for_fault_more", asks="fault")
        elif slot == "reason" and self.flow == "exchange":
            turn.say("utter_ask_for_reason_to_exchange", asks="reason")
        else:
            if slot == "address" and known.get("opening"):
                turn.say("utter_noted")
            asking.ask(turn, slot)
        return slot

    def conclude(self, turn: Turn, known: facts.Known, order: Order) -> str | None:
        """Decide, keep the case, tell the customer, and name the flow that is offered now."""
        told = told_facts(turn, known, order)
        decision = decide(self.kind, told)
        opened = open_case(
            order,
            self.kind,
            decision,
            told,
            conversation=turn.contact,
            message_id=turn.message_id,
            now=turn.now,
            identity=turn.identity,
        )
        turn.note(case=opened.case.number, flow=self.flow, decision=decision.outcome, clause=decision.clause)
        turn.tell(decision_text(decision, order, opened.case.number, turn.language))
        if decision.needs_person or decision.outcome == "pending_person":
            turn.say("utter_person_will_decide")
            hand_off(turn, decision.needs_person or "policy_check")
            return None
        if "warranty_instead" in decision.next_steps:
            return "warranty"
        if decision.outcome == "refused" and decision.kind != "recall" and not opened.created:
            turn.say("utter_decision_stands")
            return "person"
        return None


def decision_text(decision: Decision, order: Order, case: str, language: str) -> str:
    """Why, what happens next, the rule it rests on, and the number to quote."""
    delivered = shop_day(order.delivered_at) if order.delivered_at else None
    why = sentences.reason(decision, language, order=order.number, delivered=delivered)
    steps = sentences.steps(decision, language, order=order.number, delivered=delivered)
    rule = sentences.clause(decision.clause, language)
    lines = [why, *(f"• {step}" for step in steps)]
    if rule not in why:
        lines.append(f"{'Our rule' if language == 'en' else 'Nuestra norma'}: {rule}")
    lines.append(f"{'Case number' if language == 'en' else 'Número de caso'}: {case}")
    return "\n".join(lines)


def told_facts(turn: Turn, known: facts.Known, order: Order) -> Facts:
    """The order's record and what the customer said, as a decision wants them."""
    fault = known.get("fault")
    condition = known.get("condition")
    address = known.get("address")
    lots = [name for name in known.get("product") or () if name.startswith(("CH2-", "lot_"))]
    lot = next((name for name in lots if name.startswith("CH2-")), None)
    skus = _skus(known, order) or tuple(item.sku for item in order.items.all())
    return facts_for(
        order,
        turn.today,
        skus=_skus(known, order),
        **_seal(condition, skus, order),
        qty=known.get("quantity"),
        lot=lot,
        lot_unknown="lot_unknown" in lots,
        descaled=known.get("descaled"),
        reason=known.get("reason"),
        fault=_fault(fault, skus) if fault else None,
        photo=known.get("photo"),
        resolution=known.get("resolution"),
        pickup=known.get("pickup"),
        new_address=address,
        new_zone=understand.zone(address) if address else None,
        conversations=contacts.count(order, turn.contact, turn.today),
    )


def _seal(said: str | None, skus: tuple[str, ...], order: Order) -> dict[str, Any]:
    """What the customer told of the seal: of several units, how many still have it."""
    if said is None:
        return {}
    if said in ("sealed", "opened"):
        return {"unsealed": said == "opened"}
    total = max(item.qty for item in order.items.all() if item.sku in skus)
    sealed = understand.sealed_units(said, total) if total > 1 else None
    if sealed is not None and 0 < sealed < total:
        return {"sealed_qty": sealed}
    return {"unsealed": understand.sealed(said) is False or sealed == 0}


def _fault(text: str, skus: tuple[str, ...]) -> Fault:
    """What fails; words that name no part and no cause still describe a fault."""
    return understand.fault(text, skus[0] if len(skus) == 1 else None) or Fault()


def _skus(known: facts.Known, order: Order) -> tuple[str, ...]:
    in_order = [item.sku for item in order.items.all()]
    named = known.get("product") or ()
    if "all" in named:
        return tuple(in_order)
    # "The Brasa" is the refurbished one for who bought that.
    return tuple(sku for sku in in_order if sku in named) or tuple(
        sku for sku in in_order if sku.removesuffix("-R") in named
    )


def _product_trouble(turn: Turn, known: facts.Known, order: Order) -> str | None:
    """The customer named only things that this order does not have; they stay known: the order may be the mistake."""
    named = [name for name in known.get("product") or () if not name.startswith(("CH2-", "lot_"))]
    if not named or _skus(known, order):
        return None
    if turn.asked != "product" and (before := turn.slot("product")) and turn.slot("flow"):
        # "They do not fit my toothbrush": named in passing.
        known["product"] = before
        if _skus(known, order):
            return None
    asking.ask_product(turn, order, unknown=True)
    return "product"


class Return(CaseRequest):
    flow, kind = "return", "return"


class Exchange(CaseRequest):
    flow, kind = "exchange", "exchange"


class Arrival(CaseRequest):
    """What came broken or wrong has come, whatever the carrier has recorded so far."""

    def conclude(self, turn: Turn, known: facts.Known, order: Order) -> str | None:
        if order.status != "shipped":
            return super().conclude(turn, known, order)
        turn.say("utter_not_recorded_yet", order=order.number)
        turn.say("utter_person_will_decide")
        hand_off(turn, "policy_check")
        return None


class Damaged(Arrival):
    flow, kind = "damaged", "damaged"


class WrongItem(Arrival):
    flow, kind = "wrong_item", "wrong_item"
    # "You sent me a toaster": what came in its place.
    doubts_order = False


class Warranty(CaseRequest):
    flow, kind = "warranty", "warranty"


class Recall(CaseRequest):
    flow, kind = "recall", "recall"


class LostParcel(CaseRequest):
    flow, kind = "lost_parcel", "lost_parcel"

    def missing_consent(self, turn: Turn, known: facts.Known, decision: Decision) -> str | None:
        """A claim about what the carrier says it delivered is opened for who says that it did not come."""
        if decision.reason_code != "delivered_not_received" or known.get("confirm") is not None:
            return None
        turn.say("utter_ask_for_confirm_not_received", asks="confirm", order=known.get("order_number"))
        return "confirm"

    def conclude(self, turn: Turn, known: facts.Known, order: Order) -> str | None:
        if known.get("confirm") is False:
            turn.say("utter_stopped")
            return None
        return super().conclude(turn, known, order)


class AddressChange(CaseRequest):
    flow, kind = "address", "address_change"


class Cancel(CaseRequest):
    flow, kind = "cancel", "cancel"

    def missing_consent(self, turn: Turn, known: facts.Known, decision: Decision) -> str | None:
        if decision.outcome != "approved" or known.get("confirm"):
            return None
        if known.get("confirm") is None:
            turn.say("utter_ask_for_confirm_cancel", asks="confirm", order=known.get("order_number"))
            return "confirm"
        return None

    def conclude(self, turn: Turn, known: facts.Known, order: Order) -> str | None:
        if known.get("confirm") is False:
            turn.say("utter_stopped")
            return None
        return super().conclude(turn, known, order)


CASES: dict[str, Any] = {
    request.flow: request
    for request in (Return, Exchange, Damaged, WrongItem, Warranty, Recall, LostParcel, AddressChange, Cancel)
}
