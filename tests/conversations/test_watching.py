"""Agents who fall silent or go offline, nobody at the desk, long waits: what the customer hears and who has it then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.utils import timezone

from bot.conversations import ownership, watching
from bot.conversations.models import CallBack, Conversation, Handoff, Message
from bot.conversations.receive import receive
from bot.desk.floor import presence, team
from bot.desk.floor.models import Presence
from channels.base import Inbound
from tests.desk.desk_cast import Line, begin, say

pytestmark = pytest.mark.django_db(transaction=True)
# A Tuesday morning and a Sunday: nothing here looks at the clock of the machine for the opening hours.
OPEN, SHUT = datetime(2026, 5, 19, 10, 0, tzinfo=UTC), datetime(2026, 5, 17, 10, 0, tzinfo=UTC)


class Clock:
    """The time of day, set by hand."""

    def __init__(self, traveller: Any) -> None:
        self._traveller = traveller

    @property
    def now(self) -> datetime:
        return timezone.now()

    @now.setter
    def now(self, moment: datetime) -> None:
        self._traveller.move_to(moment, tick=False)

    def passes(self, **span: float) -> None:
        self._traveller.shift(timedelta(**span))


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(OPEN, tick=False) as traveller:
        yield Clock(traveller)


@pytest.fixture
def ana() -> Any:
    return get_user_model().objects.create_user("ana", first_name="Ana", last_name="Ruiz")


@pytest.fixture
def bruno() -> Any:
    return get_user_model().objects.create_user("bruno", first_name="Bruno", last_name="Sanz")


def lucia() -> Conversation:
    return begin("Lucía Romero", Line("customer", "Quiero hablar con una persona"), handoff="asked_for_person")


def told(conversation: Conversation) -> str:
    return conversation.messages.filter(author="system").order_by("-seq").values_list("text", flat=True)[0]


def writes(conversation: Conversation, text: str = "", action: str | None = None) -> Message:
    """The customer writes, or presses a button, on the in-memory channel."""
    identity = conversation.identity
    number = conversation.messages.count()
    received = receive(
        Inbound(
            channel="memory", account="memory", event_id=f"{identity.external_id}-{number}-{text}{action}",
            kind="callback" if action else "message", external_id=identity.external_id, occurred_at=timezone.now(),
            text=text, action=action,
        )
    )  # fmt: skip
    assert received.message is not None
    conversation.refresh_from_db()
    return received.message


def press(conversation: Conversation, label: str) -> Message:
    offers = conversation.messages.exclude(choices=[]).order_by("-seq").values_list("choices", flat=True)
    choice = next(option["id"] for offer in offers for option in offer if option["label"] == label)
    return writes(conversation, action=choice)


def test_a_silent_agent_loses_the_conversation_and_an_answering_one_keeps_it(clock: Clock, ana: Any) -> None:
    conversation = lucia()
    ownership.take(conversation.pk, ana.pk, agent_name="Ana")
    say(conversation, Line("customer", "¿Hola?"))
    clock.passes(minutes=9)
    assert watching.release_silent_agents() == 0
    clock.passes(minutes=2)
    assert watching.release_silent_agents() == 1
    conversation.refresh_from_db()
    assert conversation.owner == "queue"
    assert "primero" in told(conversation) or "cola" in told(conversation)
    ownership.reply(conversation.pk, ana.pk, "Aquí estoy", agent_name="Ana")
    clock.passes(hours=1)
    assert watching.release_silent_agents() == 0, "the customer does not wait for anything"


def test_an_agent_who_went_offline_loses_it_sooner(clock: Clock, ana: Any) -> None:
    presence.touch(ana.pk)
    conversation = lucia()
    ownership.take(conversation.pk, ana.pk, agent_name="Ana")
    say(conversation, Line("customer", "¿Hola?"))
    clock.passes(minutes=4)
    presence.touch(ana.pk)
    assert watching.release_silent_agents() == 0, "she is there and may be looking something up"
    clock.passes(minutes=3, seconds=1)
    assert watching.release_silent_agents() == 1
    event = conversation.events.filter(kind="owner").order_by("-pk")[0]
    assert event.data["reason"] == watching.OFFLINE


def test_an_answer_or_a_takeover_at_the_last_moment_is_not_undone(clock: Clock, ana: Any, bruno: Any) -> None:
    """By hand what a race does: between the look and the lock, Ana answers, or Bruno takes over."""
    conversation = lucia()
    ownership.take(conversation.pk, ana.pk, agent_name="Ana")
    say(conversation, Line("customer", "¿Hola?"))
    clock.passes(minutes=11)
    ownership.take(conversation.pk, bruno.pk, agent_name="Bruno")
    assert watching._release(conversation.pk, ana.pk, False, clock.now) is False
    assert watching._release(conversation.pk, bruno.pk, False, clock.now) is False, "he has only just taken it"
    conversation.refresh_from_db()
    assert conversation.agent_id == bruno.pk
    ownership.reply(conversation.pk, bruno.pk, "Hola", agent_name="Bruno")
    clock.passes(minutes=11)
    assert watching._release(conversation.pk, bruno.pk, False, clock.now) is False


def test_with_nobody_at_the_desk_the_customer_hears_by_when(clock: Clock, ana: Any) -> None:
    presence.touch(ana.pk)
    assert "nadie en su puesto" not in told(lucia())
    clock.passes(minutes=5)
    words = told(lucia())
    assert "nadie en su puesto" in words and "hoy antes de las 13:05" in words


def test_an_agent_who_is_away_is_not_there(clock: Clock, ana: Any, bruno: Any) -> None:
    presence.touch(ana.pk)
    presence.set_away(ana.pk, True)
    assert team.anyone_here() is False
    presence.touch(bruno.pk)
    assert team.anyone_here() is True
    Presence.objects.all().delete()
    assert team.anyone_here() is None


def test_out_of_hours_a_number_becomes_a_call_and_an_address_a_note(clock: Clock) -> None:
    clock.now = SHUT
    conversation = lucia()
    assert "lunes" in told(conversation) or "mañana" in told(conversation)
    writes(conversation, "mi pedido es el 10401")
    assert not CallBack.objects.exists()
    writes(conversation, "llamadme al 600 111 222 por favor")
    call = CallBack.objects.get(conversation=conversation)
    assert call.phone == "+34600111222" and call.due_at > clock.now
    assert "+34600111222" in told(conversation)
    other = lucia()
    writes(other, "mejor a lucia@correo.example, gracias")
    assert "lucia@correo.example" in told(other)
    other.refresh_from_db()
    assert other.owner == "queue"


def test_the_call_button_asks_for_a_number_and_takes_it(clock: Clock) -> None:
    clock.now = SHUT
    conversation = lucia()
    press(conversation, "Llamadme")
    assert "qué número" in told(conversation)
    writes(conversation, "al 600111222")
    assert CallBack.objects.filter(conversation=conversation).count() == 1


def test_who_waits_long_is_told_once_and_may_go_on_with_the_assistant(clock: Clock) -> None:
    conversation = lucia()
    clock.passes(minutes=14)
    assert watching.tell_waiting() == 0
    clock.passes(minutes=2)
    assert (watching.tell_waiting(), watching.tell_waiting()) == (1, 0)
    assert "Sigues en la cola" in told(conversation)
    press(conversation, "Seguir con el asistente")
    assert conversation.owner == "bot"
    assert Handoff.objects.get(conversation=conversation).state == "abandoned"


def test_nobody_is_told_at_night(clock: Clock) -> None:
    lucia()
    clock.now = SHUT + timedelta(days=7)
    assert watching.tell_waiting() == 0
