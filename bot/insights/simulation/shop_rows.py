"""Writes simulated customers, orders and cases into the shop's tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from bot.insights.simulation.plan import Buyer, Incident, Purchase
from bot.shop.case_numbers import named
from bot.shop.catalogue import current as catalogue
from bot.shop.clock import shop_day
from bot.shop.decisions import Decision, Facts, Fault, ItemFacts, OrderFacts, decide
from bot.shop.decisions import decision as decisions
from bot.shop.decisions import facts as all_facts
from bot.shop.models import Case, CaseCounter, CaseEvent, CaseItem, Customer, Order, OrderContact, OrderItem
from bot.shop.rulebook import current

KIND = {"fault": "warranty", "damaged": "damaged", "return": "return", "lost_parcel": "lost_parcel"}
LANGUAGE_OF_PHONE = {"es": "+346", "en": "+447"}


class Shop:
    """Writes buyers with their orders, then the cases about them; counts case numbers by month as the shop does."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self.items: dict[int, OrderItem] = {}
        self.orders: dict[int, Order] = {}
        self.counters: Counter[str] = Counter(dict(CaseCounter.objects.values_list("month", "last")))

    def write_orders(self, bought: Sequence[tuple[Buyer, Sequence[Purchase]]]) -> None:
        people = Customer.objects.bulk_create([_customer(buyer) for buyer, _orders in bought])
        self.items, self.orders = {}, {}
        pairs = [(person, one) for person, (_buyer, orders) in zip(people, bought, strict=True) for one in orders]
        rows = Order.objects.bulk_create([self._order(person, one) for person, one in pairs], batch_size=500)
        units = [(order, unit) for order, (_p, one) in zip(rows, pairs, strict=True) for unit in one.units]
        items = OrderItem.objects.bulk_create(
            [OrderItem(order=order, sku=unit.sku, qty=unit.qty, unit_price=_price(unit.sku), lot=unit.lot)
             for order, unit in units], batch_size=500,
        )  # fmt: skip
        self.orders = {id(one): row for row, (_person, one) in zip(rows, pairs, strict=True)}
        self.items = {id(unit): item for item, (_order, unit) in zip(items, units, strict=True)}

    def case_number(self, at: datetime) -> str:
        month = f"{shop_day(at):%y%m}"
        self.counters[month] += 1
        return named(month, self.counters[month])

    def write_cases(self, opened: Sequence[tuple[Incident, str, str, str]]) -> None:
        """`opened`: (incident, case number, the conversation's name for cases, message id)."""
        made = [(self._case(*one), one[0]) for one in opened]
        Case.objects.bulk_create([case for case, _incident in made], batch_size=300)
        CaseItem.objects.bulk_create(
            CaseItem(case=case, item=self.items[id(incident.unit)], qty=1)
            for case, incident in made
            if incident.unit is not None
        )
        CaseEvent.objects.bulk_create(
            CaseEvent(case=case, at=case.opened_at, event="opened", conversation=case.conversation)
            for case, _incident in made
        )
        problems = [(case, incident) for case, incident in made if incident.kind != "return"]
        OrderContact.objects.bulk_create(
            [
                OrderContact(order_id=case.order_id, conversation=case.conversation, day=case.decided_on)
                for case, _incident in problems
            ],
            ignore_conflicts=True,
        )

    def write_counters(self) -> None:
        for month, last in self.counters.items():
            CaseCounter.objects.update_or_create(month=month, defaults={"last": last})

    def _order(self, person: Customer, one: Purchase) -> Order:
        arrived = one.delivered_at <= self.until
        return Order(
            number=one.number, customer=person, email=person.email, phone=person.phone, ship_to=one.zone,
            status=Order.Status.DELIVERED if arrived else Order.Status.SHIPPED, ordered_at=one.ordered_at,
            delivered_at=one.delivered_at if arrived else None, last_movement_at=min(one.delivered_at, self.until),
        )  # fmt: skip

    def _case(self, incident: Incident, number: str, conversation: str, message_id: str) -> Case:
        purchase, kind = incident.purchase, KIND[incident.kind]
        if purchase is None:
            raise ValueError(f"a {incident.kind} without an order")
        order = self.orders[id(purchase)]
        facts = self._facts(incident, purchase)
        decision = decide(kind, facts)  # type: ignore[arg-type]
        open_still = self.until - incident.at < timedelta(days=20) and decision.outcome != "refused"
        return Case(
            number=number, order=order, asked_kind=kind, conversation=conversation, message_id=message_id,
            inputs=all_facts.to_json(facts), state=Case.State.OPEN if open_still else Case.State.CLOSED,
            decided_on=facts.today, opened_at=incident.at, **_decided(decision),
        )  # fmt: skip

    def _facts(self, incident: Incident, purchase: Purchase) -> Facts:
        items = tuple(
            ItemFacts(line=self.items[id(unit)].pk, sku=unit.sku, qty=unit.qty, unit_price=_price(unit.sku),
                      lot=unit.lot or "none", descaled=True, unsealed=False)
            for unit in purchase.units
        )  # fmt: skip
        lost = incident.kind == "lost_parcel"
        order = OrderFacts(
            number=purchase.number, status="shipped" if lost else "delivered", zone=purchase.zone,  # type: ignore[arg-type]
            ordered_on=shop_day(purchase.ordered_at), items=items,
            delivered_on=None if lost else shop_day(purchase.delivered_at),
            last_movement_on=shop_day(purchase.ordered_at),
        )  # fmt: skip
        chosen = tuple(item for item, unit in zip(items, purchase.units, strict=True) if unit is incident.unit)
        fault = Fault(part=incident.problem) if incident.kind == "fault" else None  # type: ignore[arg-type]
        return Facts(today=shop_day(incident.at), order=order, items=chosen, fault=fault, photo=True, pickup=False)


def _decided(decision: Decision) -> dict[str, Any]:
    return {
        "kind": decision.kind, "decision": decision.outcome, "reason_code": decision.reason_code,
        "clause": decision.clause, "deadline": decision.deadline, "needs_person": decision.needs_person or "",
        "instructions": list(decision.next_steps), "result": decisions.to_json(decision),
        "rules": current().fingerprint,
    }  # fmt: skip


def _customer(buyer: Buyer) -> Customer:
    reference = buyer.reference
    return Customer(
        reference=reference, name=buyer.name, email=f"{reference}@correo.example", language=buyer.language,
        phone=f"{LANGUAGE_OF_PHONE[buyer.language]}{buyer.number:08d}",
    )  # fmt: skip


def _price(sku: str) -> Decimal:
    return catalogue().get(sku).price or Decimal(0)
