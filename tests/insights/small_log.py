"""A log small enough to count by hand. Times are UTC; Madrid is one hour ahead (January 2026).

A  Lucía   WhatsApp es  5 Jan 09:00  pump of her Brasa 20 (case), ended 09:10; "fixed" yes on the 7th, NPS 10
B  Lucía   WhatsApp es  25 Jan 10:00 the same pump again, to Ana, resolved 11:00; rated 2; buys on 1 Feb
C  Marc    Telegram es  6 Jan 20:00  devoluciones-plazo quoted, ended 20:01; rated 5
D  Marc    Telegram es  9 Jan 20:00  devoluciones-plazo again, ended 20:02; "fixed" no
E  Emily   web en       10 Jan 08:00 a gap, nobody answers
F  Emily   web en       12 Jan 08:00 cambios quoted, ended 08:01; rated 4, NPS 3 on the 15th
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bot.conversations.models import Conversation, Customer, Event, Identity
from bot.shop import models as shop

# The morning after everything has ripened, and one on which little has.
LATER = datetime(2026, 7, 1, 9, tzinfo=UTC)
EARLY = datetime(2026, 1, 13, 9, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 1, 1, hour, minute, tzinfo=UTC) + timedelta(days=day - 1)


class Talk:
    """One customer's conversation."""

    def __init__(self, name: str, channel: str, language: str, reference: str) -> None:
        person = Customer.objects.create(name=name, language=language, shop_customer=reference)
        place = Identity.objects.create(customer=person, channel=channel, account="a", external_id=name)
        self.conversation = Conversation.objects.create(identity=place, channel=channel, language=language)
        self.seq = 0

    def event(self, kind: str, when: datetime, actor: str = "", **data: Any) -> None:
        Event.objects.create(conversation=self.conversation, kind=kind, actor=actor, data=data, at=when)

    def line(self, when: datetime, actor: str = "customer") -> int:
        self.seq += 1
        self.event("message", when, actor, seq=self.seq, id=str(UUID(int=self.seq)))
        return self.seq

    def ask(self, when: datetime, *, cited: str = "", case: str = "") -> None:
        """A customer's line and the bot's answer in the same minute."""
        seq = self.line(when)
        self.event("turn", when, "bot", state="answered", seq=seq, cited=[cited] if cited else [], case=case)
        self.line(when, "bot")

    def survey(self, kind: str, when: datetime, **told: Any) -> None:
        """A question of ours and the customer's answer to it."""
        self.event("outreach_sent", when, "system", rule=kind)
        self.line(when, "bot")
        self.event(kind, when, "customer", seq=self.line(when), **told)

    def person(self, when: datetime, agent: int, reason: str) -> None:
        self.event("owner", when, "bot", after="queue", reason=reason)
        self.event("handoff", when, "bot", verb="request", reason=reason)
        self.event("owner", when, f"agent:{agent}", after=f"agent:{agent}")
        self.event("handoff", when, f"agent:{agent}", verb="take")
        self.line(when, f"agent:{agent}")

    def resolve(self, when: datetime, agent: int) -> None:
        self.event("owner", when, f"agent:{agent}", after="", reason="resolved")
        self.event("handoff", when, f"agent:{agent}", verb="resolved")


def write() -> None:
    case = orders()
    lucia = Talk("Lucía", "whatsapp", "es", "c01")
    lucia.ask(at(5, 9), case=case)
    lucia.ask(at(5, 9, 10))
    lucia.survey("fixed", at(7, 9), fixed=True)
    lucia.survey("nps", at(8, 9), score=10, comment="")
    lucia.ask(at(25, 10), case=case)
    lucia.person(at(25, 10, 30), 7, "asked_for_person")
    lucia.resolve(at(25, 11), 7)
    lucia.survey("rating", at(25, 12), score=2)
    marc = Talk("Marc", "telegram", "es", "c02")
    marc.ask(at(6, 20), cited="devoluciones-plazo")
    marc.ask(at(6, 20, 1))
    marc.survey("rating", at(6, 20, 2), score=5)
    marc.ask(at(9, 20), cited="devoluciones-plazo")
    marc.ask(at(9, 20, 2))
    marc.survey("fixed", at(11, 9), fixed=False)
    emily = Talk("Emily", "web", "en", "c03")
    seq = emily.line(at(10, 8))
    emily.event("turn", at(10, 8), "bot", state="answered", seq=seq, cited=[], case="")
    emily.event("gap", at(10, 8), "bot", seq=seq)
    emily.ask(at(12, 8), cited="cambios")
    emily.ask(at(12, 8, 1))
    emily.survey("rating", at(12, 8, 2), score=4)
    emily.survey("nps", at(15, 8), score=3, comment="")


def orders() -> str:
    """Lucía: December, then 1 February. Marc: December. Emily: January. Returns the number of Lucía's case."""
    dates = {
        "c01": [datetime(2025, 12, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)],
        "c02": [datetime(2025, 12, 5, tzinfo=UTC)],
        "c03": [datetime(2026, 1, 20, tzinfo=UTC)],
    }
    for reference, ordered in dates.items():
        person = shop.Customer.objects.create(
            reference=reference, name=reference, email=f"{reference}@correo.example", phone="+34600111001"
        )
        for number, moment in enumerate(ordered, 1):
            order = shop.Order.objects.create(
                number=f"T-{reference}-{number}", customer=person, email=person.email, phone=person.phone,
                status="delivered", ship_to="mainland", ordered_at=moment, delivered_at=moment + timedelta(days=2),
            )  # fmt: skip
            shop.OrderItem.objects.create(order=order, sku="BR20", qty=1, unit_price=249, lot="BR20-25L")
    return pump_case()


def pump_case() -> str:
    order = shop.Order.objects.get(number="T-c01-1")
    case = shop.Case.objects.create(
        number="C-2601-0001-TEST", order=order, asked_kind="warranty", kind="warranty", decision="approved",
        clause="x", inputs={"fault": {"part": "pump", "cause": None}}, result={}, rules="x",
        conversation="x", message_id="x", decided_on=at(5, 9).date(), opened_at=at(5, 9),
    )  # fmt: skip
    shop.CaseItem.objects.create(case=case, item=order.items.get(), qty=1)
    return case.number
