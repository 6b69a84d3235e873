"""Lucía wanted no messages and was forgotten: she gets none, and nobody can read who she was."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.conversations.models import Conversation, Identity, Message
from bot.conversations.receive import receive
from bot.dialogue.scripted import ScriptedDialogue
from bot.outreach.models import Consent, Wish
from bot.outreach.places import places
from bot.privacy import erasing, refusals
from bot.privacy.find import person_of
from bot.privacy.models import Refusal
from bot.shop.models import Customer as ShopCustomer
from bot.shop.models import CustomerChannel
from channels import registry
from tests.conversations.people import inbound


def erased(event: str = "one", **more: Any) -> None:
    received = receive(inbound("Hola", event, **more))
    talk = Conversation.objects.select_related("identity").get(pk=received.conversation_id)
    erasing.begin(person_of(talk.identity.customer_id))


def stop(event: str = "stop") -> None:
    receive(inbound("BAJA", event, kind="membership", membership="opted_out"))


def test_who_stopped_us_stays_stopped(engine: ScriptedDialogue) -> None:
    receive(inbound("Hola", "one"))
    stop()
    erased("two")
    kept = Refusal.objects.get()
    assert kept.wants == "nothing" and "lucia" not in kept.digest and len(kept.digest) == 64
    receive(inbound("¿Hay alguien?", "three"))
    assert Identity.objects.get(external_id="lucia").stopped == "opted_out"
    assert not Refusal.objects.exists(), "the identity says so itself from now on"


def test_a_start_takes_our_messages_up_again(engine: ScriptedDialogue) -> None:
    receive(inbound("Hola", "one"))
    stop()
    erased("two")
    receive(inbound("ALTA", "three", kind="membership", membership="opted_in"))
    assert Identity.objects.get(external_id="lucia").stopped == ""


def test_who_wanted_no_reminders_gets_none_when_they_come_back(engine: ScriptedDialogue) -> None:
    talk = Conversation.objects.select_related("identity").get(pk=receive(inbound("Hola", "one")).conversation_id)
    since = datetime(2026, 5, 1, tzinfo=UTC)
    Wish.objects.create(person=f"customer:{talk.identity.customer_id}", no_reminders_since=since)
    erased("two")
    assert not Wish.objects.exists() and Refusal.objects.get().wants == "no_reminders"
    receive(inbound("Hola otra vez", "three"))
    back = Identity.objects.get(external_id="lucia")
    assert back.stopped == "" and Wish.objects.get().person == f"customer:{back.customer_id}"
    assert Wish.objects.get().no_reminders_since == since


def test_an_agreement_to_offers_goes_with_who_gave_it(engine: ScriptedDialogue) -> None:
    receive(inbound("Hola", "one"))
    Consent.objects.create(channel="memory", address="lucia", given=True, source="chat", words="sí, ofertas")
    Consent.objects.create(channel="memory", address="marc", given=True, source="chat", words="sí, quiero")
    erased("two")
    assert [each.address for each in Consent.objects.all()] == ["marc"]


def test_who_said_nothing_leaves_nothing(engine: ScriptedDialogue) -> None:
    erased()
    assert not Refusal.objects.exists()


def test_an_address_that_the_shop_still_has_is_not_written_to(engine: ScriptedDialogue) -> None:
    """Her order stays in the shop's books with her number, and that number once said stop."""
    buyer = ShopCustomer.objects.create(reference="c01", name="Lucía Romero", email="", phone="+34600111001")
    CustomerChannel.objects.create(customer=buyer, channel="whatsapp", address="+34600111001")
    gone = Identity(channel="whatsapp", account="x", external_id="+34600111001", stopped="opted_out")
    refusals.keep(gone, refusals.NOTHING, "opted_out")
    registry.adapter.cache_clear()
    found = [place for place in places(buyer, [], [], ()) if place.channel == "whatsapp"]
    assert [place.stopped for place in found] == [True]


def test_a_phone_under_a_new_name_is_the_same_phone(engine: ScriptedDialogue) -> None:
    """WhatsApp names people by opaque ids since 2026; the phone is told beside it."""
    old = Identity(channel="memory", account="memory", external_id="+34600111001", phone="+34600111001")
    refusals.keep(old, refusals.NOTHING, "blocked")
    receive(inbound("Hola", "one", sender="ES.1234", aliases=({"kind": "phone", "value": "+34600111001"},)))
    assert Identity.objects.get(external_id="ES.1234").stopped == "blocked"


def test_nothing_is_sent_to_who_stopped_us(engine: ScriptedDialogue) -> None:
    receive(inbound("Hola", "one"))
    stop()
    erased("two")
    received = receive(inbound("¿Hola?", "three"))
    told = Message.objects.filter(conversation=received.conversation_id).exclude(author="customer")
    assert [line.author for line in told] == ["system"], "but for the line that says how to change it"
