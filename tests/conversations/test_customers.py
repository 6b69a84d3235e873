"""One customer: identities are joined by proof only, with the reason kept, and can be taken apart again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from bot.conversations import customers, moving
from bot.conversations.models import Customer, Event, Identity, Merge
from bot.conversations.receive import receive
from bot.dialogue.base import Answer, Reply
from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from channels.base import Alias, Inbound, VerifiedContact

pytestmark = pytest.mark.django_db(transaction=True)


def hears(channel: str, who: str, text: str = "hola", **more: Any) -> Identity:
    """Somebody writes on a channel; gives their identity."""
    number = Identity.objects.count() + Event.objects.count()
    receive(
        Inbound(
            channel=channel,
            account=channel,
            event_id=f"{channel}-{who}-{number}",
            kind="message",
            external_id=who,
            occurred_at=datetime.now(UTC),
            text=text,
            **more,
        )
    )
    return Identity.objects.get(channel=channel, external_id=who)


def whatsapp(phone: str, **more: Any) -> Identity:
    return hears("whatsapp", phone, aliases=(Alias(kind="phone", value=phone),), **more)


def own_card(chat: str, phone: str) -> Identity:
    """Telegram passes on the sender's own contact card."""
    return hears("telegram", chat, contact=VerifiedContact(phone=phone))


def same(one: Identity, other: Identity) -> bool:
    return Identity.objects.get(pk=one.pk).customer_id == Identity.objects.get(pk=other.pk).customer_id


def test_a_phone_that_both_channels_vouch_for_is_one_customer() -> None:
    lucia, also = whatsapp("+34600111001", display_name="Lucía"), own_card("700100001", "+34600111001")
    assert same(lucia, also)
    merge = Merge.objects.get()
    assert (merge.proof, merge.evidence, merge.actor) == ("phone", "…001", "system")
    assert customers.merges_of(Identity.objects.get(pk=also.pk).customer) == [merge]
    assert Identity.objects.get(pk=also.pk).customer.name == "Lucía"


def test_names_and_numbers_that_are_only_said_prove_nothing() -> None:
    lucia = whatsapp("+34600111001", display_name="Lucía Romero")
    other = hears("telegram", "700100009", "soy Lucía Romero, +34600111001", display_name="Lucía Romero")
    assert not same(lucia, other) and not Merge.objects.exists()


def test_a_number_that_was_handed_on_joins_nobody() -> None:
    lucia = whatsapp("+34600111001")
    Identity.objects.filter(pk=lucia.pk).update(last_inbound_at=timezone.now() - customers.PHONE_SAYS_WHO)
    assert not same(lucia, own_card("700100001", "+34600111001"))


def test_two_who_prove_the_same_customer_of_the_shop_are_one() -> None:
    web, phone = hears("web", "visitor:a"), hears("telegram", "700100001")
    customers.prove(web, "LUC", "order", "Lucía Romero")
    customers.prove(phone, "LUC", "channel")
    assert same(web, phone)
    customer = Identity.objects.get(pk=web.pk).customer
    assert (customer.shop_customer, Merge.objects.get().proof) == ("LUC", "order")


def test_who_helps_a_friend_with_an_order_does_not_become_the_friend() -> None:
    marc, lucia = hears("telegram", "700100002"), hears("web", "visitor:a")
    customers.prove(marc, "MAR", "channel")
    customers.prove(lucia, "LUC", "order")
    customers.prove(lucia, "MAR", "order")
    assert not same(marc, lucia)
    assert Identity.objects.get(pk=lucia.pk).customer.shop_customer == "LUC"


def test_identities_proven_to_be_different_customers_stay_two() -> None:
    marc, lucia = hears("telegram", "700100002"), hears("web", "visitor:a")
    customers.prove(marc, "MAR", "channel")
    customers.prove(lucia, "LUC", "order")
    assert customers.merge(marc, lucia, Merge.Proof.CODE, actor="customer") == customers.Refused("conflict")
    assert not same(marc, lucia)
    assert Event.objects.filter(kind="merge_refused", data__why="conflict").exists()


def test_undoing_gives_each_their_own_customer_back_and_is_not_redone_by_itself() -> None:
    lucia = whatsapp("+34600111001", display_name="Lucía")
    marc = hears("telegram", "700100001", display_name="Marc")
    began = {lucia.customer_id, marc.customer_id}
    own_card("700100001", "+34600111001")
    merge = Merge.objects.get()
    assert customers.undo(merge.pk, "agent:3") and not customers.undo(merge.pk, "agent:3")
    assert {Identity.objects.get(pk=each.pk).customer_id for each in (lucia, marc)} == began
    assert {customer.name for customer in Customer.objects.filter(pk__in=began)} == {"Lucía", "Marc"}
    customers.recognise_phone(Identity.objects.get(pk=marc.pk))
    assert not same(lucia, marc), "what an agent took apart, a phone does not join again"
    customers.merge(lucia, marc, Merge.Proof.CODE, actor="customer")
    assert same(lucia, marc), "the customer's own word does"
    undone = Event.objects.get(kind="merge_undone")
    assert undone.actor == "agent:3"


def test_two_proofs_hold_until_both_are_taken_back() -> None:
    lucia, also = whatsapp("+34600111001"), own_card("700100001", "+34600111001")
    by_code = customers.merge(lucia, also, Merge.Proof.CODE, actor="customer")
    assert isinstance(by_code, Merge)
    customers.undo(by_code.pk, "agent:3")
    assert same(lucia, also)
    customers.undo(Merge.objects.get(proof="phone").pk, "agent:3")
    assert not same(lucia, also)


def test_what_one_identity_proved_stays_with_it_when_they_part() -> None:
    web, phone = hears("web", "visitor:a"), hears("telegram", "700100001")
    merge = customers.merge(web, phone, Merge.Proof.CODE, actor="customer")
    assert isinstance(merge, Merge)
    customers.prove(phone, "LUC", "order", "Lucía Romero")
    assert Identity.objects.get(pk=web.pk).customer.shop_customer == "LUC"
    customers.undo(merge.pk, "agent:3")
    assert Identity.objects.get(pk=web.pk).customer.shop_customer == ""
    assert Identity.objects.get(pk=phone.pk).customer.name == "Lucía Romero"


async def test_being_one_customer_opens_no_order_and_shows_no_line(page: Any, phone: Any, settings: Any) -> None:
    from bot.conversations.database import on_database
    from tests.conversations.moves import Phone, move_to

    settings.MOVES_NOT_TO = []
    proven = {"customer": "LUC", "customer_name": "Lucía Romero", "verified": "channel"}
    with standing_in(
        ScriptedDialogue(lambda question: Answer((Reply("Tienes tres pedidos"),), facts=proven))
    ) as engine:
        assert isinstance(engine, ScriptedDialogue)
        web = await page()
        await move_to(web, Phone(phone))
        await Phone(phone).say("¿qué pedidos tengo?")
        one, other = [each async for each in Identity.objects.order_by("pk")]
        assert one.customer_id == other.customer_id
        await web.say("¿y desde aquí?")
    question = engine.asked[-1]
    assert question.verified is None, "the page is not vouched for by the phone"
    assert question.identity.startswith("web:") and str(question.conversation) != str(web.conversation)
    assert "Tienes tres pedidos" not in str((await web.read())["messages"][:-1])
    assert await on_database(moving.present, one) != await on_database(moving.present, other)


def test_only_what_can_prove_somebody_is_taken_for_proof() -> None:
    web = hears("web", "visitor:a")
    with pytest.raises(ValueError, match="e-mail"):
        customers.prove(web, "LUC", "e-mail")
    with pytest.raises(ValueError, match="itself"):
        customers.merge(web, web, Merge.Proof.CODE, actor="customer")
