"""From a rule that is due to the customer's phone and back: over the real outbox and channels' own webhooks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from asgiref.sync import async_to_sync

from bot.conversations import background, outbox, ownership
from bot.conversations.models import Conversation, Delivery, Event, Handoff, Identity
from bot.conversations.receive import receive
from bot.conversations.turns import run
from bot.dialogue.scripted import ScriptedDialogue
from bot.outreach import gather, sending
from bot.outreach.models import Reach, Wish
from bot.shop.models import Customer, CustomerChannel, Order, OrderItem
from channels.memory.adapter import MemoryAdapter
from tests.conversations.people import inbound

pytestmark = pytest.mark.django_db(transaction=True)

# Wednesday noon in Madrid.
NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
LUCIA = "shop:c01"


@pytest.fixture
def clock() -> Iterator[Callable[[datetime], None]]:
    """Sets the moment that everybody's watch shows; it goes on from there."""
    with time_machine.travel(NOON, tick=True) as traveller:
        yield traveller.move_to


@pytest.fixture
def lucia(transactional_db: None, engine: ScriptedDialogue, phone: MemoryAdapter, clock: Any) -> Customer:
    """She bought a Fragua 5L that came ten days ago; the shop has her number on the in-memory channel."""
    customer = Customer.objects.create(
        reference="c01", name="Lucía Romero", email="lucia.romero@correo.example", phone="+34600111001"
    )
    CustomerChannel.objects.create(customer=customer, channel="memory", address="lucia")
    order(customer, "LB-1", "FR5", days_ago=10)
    return customer


def order(customer: Customer, number: str, sku: str, days_ago: int, lot: str = "") -> Order:
    made = Order.objects.create(
        number=number, customer=customer, email=customer.email, phone=customer.phone, status="delivered",
        ship_to="mainland", ordered_at=NOON - timedelta(days=days_ago + 2),
        delivered_at=NOON - timedelta(days=days_ago),
    )  # fmt: skip
    OrderItem.objects.create(order=made, sku=sku, unit_price=10, lot=lot)
    return made


@pytest.fixture(autouse=True)
def over_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shop's own rules, with the in-memory channel in front."""
    from bot.outreach import rules

    own = rules.read()
    mine = own.model_copy(
        update={"rules": [rule.model_copy(update={"channels": ["memory", *rule.channels]}) for rule in own.rules]}
    )
    monkeypatch.setattr(rules, "current", lambda: mine)


def deliver_all() -> None:
    for conversation in outbox.due():
        async_to_sync(outbox.deliver)(conversation)


def texts(phone: MemoryAdapter) -> list[str]:
    return [part.payload["text"] for part in phone.sent]


def say(text: str, event: str) -> Conversation:
    """Lucía writes, and the turn that this makes due is run."""
    received = receive(inbound(text, event))
    assert received.conversation_id

    async def turn() -> None:
        if received.due:
            await run(received.conversation_id)
        await outbox.deliver(received.conversation_id)
        await background.idle()

    async_to_sync(turn)()
    return Conversation.objects.get(pk=received.conversation_id)


def test_ten_days_after_delivery_she_is_asked_once(lucia: Customer, phone: MemoryAdapter) -> None:
    for _ in range(3):
        sending.send_due(NOON)
        deliver_all()
    assert len(phone.sent) == 1
    assert "ya llevas unos días con tu Fragua 5L" in texts(phone)[0] and texts(phone)[0].startswith("Hola, Lucía")
    reach = Reach.objects.get()
    assert (reach.rule, reach.person, reach.order, reach.sku) == ("all_well", LUCIA, "LB-1", "FR5")
    event = Event.objects.get(kind="outreach_sent")
    assert event.data["rule"] == "all_well"
    identity = Identity.objects.get(channel="memory")
    assert identity.known_as == "c01", "the shop's own address is the shop's customer"


def test_whoever_had_nothing_due_rests_and_is_looked_at_again(lucia: Customer, phone: MemoryAdapter) -> None:
    resting: dict[str, datetime] = {}
    assert len(sending.send_due(NOON, resting)) == 1
    assert sending.send_due(NOON, resting) == [] and resting[LUCIA] > NOON
    Reach.objects.all().delete()
    assert sending.send_due(NOON + timedelta(minutes=20), resting) == [], "she rests"
    assert len(sending.send_due(NOON + timedelta(minutes=31), resting)) == 1


def test_her_answer_is_an_ordinary_conversation_that_knows_what_it_answers(
    lucia: Customer, phone: MemoryAdapter, engine: ScriptedDialogue
) -> None:
    sending.send_to(LUCIA)
    deliver_all()
    talk = say("¿qué alimentos puedo hacer?", "e1")
    assert engine.asked[-1].about == {"rule": "all_well", "order": "LB-1", "sku": "FR5"}
    assert engine.asked[-1].fresh and talk.owner == "bot"
    assert texts(phone)[-1] == "bot: ¿qué alimentos puedo hacer?"


def test_no_all_is_not_well_asks_what_is_the_matter_and_the_dialogue_hears_the_rest(
    lucia: Customer, phone: MemoryAdapter, engine: ScriptedDialogue
) -> None:
    sending.send_to(LUCIA)
    deliver_all()
    say("no", "e1")
    assert engine.asked == [] and "¿Qué ocurre?" in texts(phone)[-1]
    say("hace mucho ruido", "e2")
    assert engine.asked[-1].about == {"rule": "all_well", "order": "LB-1", "sku": "FR5"}


def test_sin_avisos_ends_it_and_is_not_a_question(lucia: Customer, phone: MemoryAdapter, clock: Any) -> None:
    sending.send_to(LUCIA)
    deliver_all()
    say("sin avisos", "e1")
    assert Wish.objects.get().no_reminders_since is not None
    order(lucia, "LB-2", "BR20", days_ago=9)
    order(lucia, "LB-3", "CH2", days_ago=1, lot="CH2-2604")
    clock(NOON + timedelta(days=1, hours=1))
    before = len(phone.sent)
    sending.send_due()
    deliver_all()
    assert [reach.rule for reach in Reach.objects.order_by("pk")] == ["all_well"], (
        "no guide is published: no recall yet"
    )
    assert len(phone.sent) == before


def test_after_stop_nothing_goes_out_even_if_it_was_queued_before(lucia: Customer, phone: MemoryAdapter) -> None:
    sending.send_to(LUCIA)
    receive(inbound("STOP", "e1", kind="optout", membership="opted_out"))
    deliver_all()
    asked = Delivery.objects.get(message__reach__isnull=False)
    assert (asked.state, asked.error_kind) == ("failed", "opted_out")
    assert not any("Fragua" in text for text in texts(phone))


def test_what_comes_to_be_sent_at_night_is_dropped_and_written_again_by_day(
    lucia: Customer, phone: MemoryAdapter, clock: Any
) -> None:
    clock(NOON.replace(hour=19, minute=59))
    sending.send_to(LUCIA)
    clock(NOON.replace(hour=20, minute=1))
    deliver_all()
    assert phone.sent == [] and Delivery.objects.get().error_kind == "late"
    clock(NOON + timedelta(days=1))
    sending.send_due()
    deliver_all()
    assert len(phone.sent) == 1
    assert [reach.attempt for reach in Reach.objects.order_by("pk")] == [1, 2]


def test_while_a_person_has_the_conversation_nothing_is_written(lucia: Customer, phone: MemoryAdapter) -> None:
    say("quiero hablar con alguien", "e1")
    talk = Conversation.objects.get()
    ownership.request(talk.pk, "asked_for_person", "bot")
    talk.identity.known_as, talk.identity.known_by = "c01", "channel"
    talk.identity.save()
    talk.identity.customer.shop_customer = "c01"
    talk.identity.customer.save()
    assert sending.send_to(LUCIA, NOON + timedelta(hours=13)) == []


def test_two_processes_write_one(lucia: Customer) -> None:
    person = gather.person(LUCIA)
    assert person is not None
    from bot.outreach import rules
    from bot.outreach.plan import Planned, plan
    from bot.outreach.wording import write
    from bot.shop.clock import shop_zone

    [mine] = plan(rules.current(), person, NOON, shop_zone())
    assert isinstance(mine, Planned)
    text = write(mine.rule, mine.moment, person)
    assert sending._write(mine, text, NOON) is not None
    assert sending._write(mine, text, NOON) is None, "the second one decides again, on what the first one wrote"
    assert Reach.objects.count() == 1


def incident(lucia: Customer, phone: MemoryAdapter, clock: Any) -> Conversation:
    """Lucía was helped by a person, who has resolved it; a day later she is asked for her opinion."""
    OrderItem.objects.all().delete()
    talk = say("necesito a alguien", "i1")
    ownership.request(talk.pk, "asked_for_person", "bot")
    ownership.resolve(talk.pk, "agent:1")
    deliver_all()
    clock(NOON + timedelta(hours=23))
    sending.send_due()
    deliver_all()
    assert "¿nos recomendarías a un amigo?" in texts(phone)[-1]
    return Conversation.objects.get(pk=talk.pk)


def test_nps_after_an_incident_a_high_score_is_thanked_for(
    lucia: Customer, phone: MemoryAdapter, clock: Any, engine: ScriptedDialogue
) -> None:
    talk = incident(lucia, phone, clock)
    before = len(engine.asked)
    say("un 9, muy amables", "i2")
    assert Event.objects.get(kind="nps").data["score"] == 9
    assert Event.objects.get(kind="nps").data["comment"] == "un 9, muy amables"
    assert texts(phone)[-1].startswith("Gracias")
    assert len(engine.asked) == before and not talk.handoffs.filter(state="queued").exists()
    say("9", "i3")
    assert Event.objects.filter(kind="nps").count() == 1, "a second number is no second answer"
    assert engine.asked[-1].text == "9"


def test_nps_a_low_score_opens_a_follow_up_at_the_desk(lucia: Customer, phone: MemoryAdapter, clock: Any) -> None:
    talk = incident(lucia, phone, clock)
    say("2", "i2")
    handoff = talk.handoffs.get(state=Handoff.State.QUEUED)
    assert handoff.reason == "policy_check" and handoff.trigger.startswith("NPS 2") and handoff.priority == 2
    assert Conversation.objects.get(pk=talk.pk).owner == "queue"
    person = gather.person(gather.key_of(talk.identity.customer))
    assert person is not None and person.unhappy


def test_is_it_fixed_a_no_opens_a_follow_up_with_what_it_is_about(
    lucia: Customer, phone: MemoryAdapter, clock: Any, engine: ScriptedDialogue
) -> None:
    talk = say("mi cafetera pierde agua", "f1")
    with_case(lucia, talk)
    clock(NOON + timedelta(days=3, hours=1))
    sending.send_due()
    deliver_all()
    assert "¿Ya está arreglado?" in texts(phone)[-1] and "tu Fragua 5L" in texts(phone)[-1]
    choices = phone.sent[-1].payload["choices"]
    assert [choice["label"] for choice in choices] == ["Sí, ya funciona", "No, sigue igual"]
    before = len(engine.asked)
    say("no, sigue igual", "f2")
    assert Event.objects.get(kind="fixed").data["fixed"] is False
    assert talk.handoffs.get(state="queued").trigger == "no, sigue igual"
    assert len(engine.asked) == before


def test_is_it_fixed_by_the_button(lucia: Customer, phone: MemoryAdapter, clock: Any) -> None:
    talk = say("mi freidora no calienta", "f1")
    with_case(lucia, talk)
    clock(NOON + timedelta(days=3, hours=1))
    sending.send_due()
    deliver_all()
    key = phone.sent[-1].payload["choices"][0]["id"]
    receive(inbound("", "f2", kind="callback", action=key))
    assert Event.objects.get(kind="fixed").data["fixed"] is True
    receive(inbound("", "f3", kind="callback", action=key))
    assert Event.objects.filter(kind="fixed").count() == 1


def with_case(lucia: Customer, talk: Conversation) -> None:
    from bot.conversations.customers import prove
    from bot.shop.models import Case, CaseItem

    prove(talk.identity, "c01", "channel", "Lucía Romero")
    item = OrderItem.objects.get()
    case = Case.objects.create(
        number="C-1", order=item.order, asked_kind="warranty", kind="warranty", decision="approved", clause="x",
        inputs={}, result={}, rules="r", conversation=f"{talk.pk}:1", message_id="m", decided_on=NOON.date(),
        opened_at=NOON, state=Case.State.CLOSED,
    )  # fmt: skip
    CaseItem.objects.create(case=case, item=item, qty=1)
