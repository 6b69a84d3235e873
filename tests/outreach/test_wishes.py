"""What customers say of the messages that the shop writes by itself: in the conversation and by a link."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client

from bot.conversations import ownership
from bot.conversations.models import Conversation, Message
from bot.conversations.receive import receive
from bot.dialogue.scripted import ScriptedDialogue
from bot.outreach import consents, gather, rules, sending, wishes
from bot.outreach.models import Consent, Reach, Wish
from bot.outreach.wish_words import wanted
from bot.shop.models import Customer, CustomerChannel, Order, OrderItem
from channels.memory.adapter import MemoryAdapter
from tests.conversations.people import inbound

NOON = datetime(2026, 11, 18, 11, 0, tzinfo=UTC)
LUCIA = ("memory", "lucia")


@pytest.mark.parametrize(
    "said, what",
    [
        ("sin avisos", "nothing"), ("Sin avisos, por favor", "nothing"), ("no quiero más avisos", "nothing"),
        ("no quiero recibir más mensajes", "nothing"), ("no reminders", "nothing"),
        ("No more reminders please", "nothing"), ("I don't want any more messages like this", "nothing"),
        ("dejad de mandarme mensajes", "nothing"),
        ("sin ofertas", "no_offers"), ("No quiero más publicidad", "no_offers"), ("no me mandéis ofertas", "no_offers"),
        ("dadme de baja de la newsletter", "no_offers"), ("no more offers, thanks", "no_offers"),
        ("unsubscribe me from your newsletter", "no_offers"),
        ("quiero recibir ofertas", "offers"), ("Hola, me gustaría recibir vuestras novedades y ofertas", "offers"),
        ("apuntadme al boletín", "offers"), ("apuntadme a las ofertas", "offers"), ("send me offers", "offers"),
        ("I'd like to receive news and offers, please", "offers"), ("sí, mandadme ofertas", "offers"),
        ("con avisos", "reminders"), ("quiero recibir los avisos otra vez", "reminders"),
        ("send me reminders again", "reminders"),
    ],
)  # fmt: skip
def test_whole_messages_are_understood(said: str, what: str | None) -> None:
    assert wanted(said) == what


@pytest.mark.parametrize(
    "said",
    [
        "no", "no quiero devolverla", "avisos", "no me llegan los avisos", "stop it", "¿tenéis ofertas?",
        "how do I unsubscribe from the newsletter", "cómo me doy de baja de la newsletter", "quiero la oferta de hoy",
        "no me llegan las ofertas", "quiero recibir mi pedido", "any news?", "no news", "quiero ofertas de cafeteras",
    ],
)  # fmt: skip
def test_what_is_about_something_else_is_the_dialogues(said: str) -> None:
    assert wanted(said) is None


@pytest.fixture
def lucia(transactional_db: None, engine: ScriptedDialogue, phone: MemoryAdapter, monkeypatch: Any) -> Any:
    """She has had a toaster for a year; the shop's rules reach her on the in-memory channel."""
    own = rules.read()
    mine = own.model_copy(
        update={"rules": [each.model_copy(update={"channels": ["memory"]}) for each in own.rules
                          if each.id == "anniversary"]}
    )  # fmt: skip
    monkeypatch.setattr(rules, "current", lambda: mine)
    with time_machine.travel(NOON, tick=True):
        customer = Customer.objects.create(
            reference="c01", name="Lucía Romero", email="lucia.romero@correo.example", phone="+34600111001"
        )
        CustomerChannel.objects.create(customer=customer, channel="memory", address="lucia")
        made = Order.objects.create(
            number="LB-1", customer=customer, email=customer.email, phone=customer.phone, status="delivered",
            ship_to="mainland", ordered_at=NOON - timedelta(days=367), delivered_at=NOON - timedelta(days=365),
        )  # fmt: skip
        OrderItem.objects.create(order=made, sku="CH2", unit_price=10)
        yield customer


def say(text: str, event: str) -> str:
    """What she is told when she writes that."""
    talk = receive(inbound(text, event)).conversation_id
    last = Message.objects.filter(conversation=talk, author="system").order_by("-seq").first()
    return last.text if last else ""


def reached() -> list[str]:
    return [reach.rule for reach in sending.send_to("shop:c01", NOON + timedelta(hours=14 + 9))]


def test_offers_come_when_she_has_asked_for_them_and_not_before(lucia: Customer, engine: ScriptedDialogue) -> None:
    assert reached() == []
    told = say("quiero recibir ofertas", "e1")
    assert "sin ofertas" in told and "/our-messages/" in told
    assert engine.asked == [], "it was not a question"
    assert Consent.objects.get().words == "quiero recibir ofertas"
    assert reached() == ["anniversary"]


def test_what_was_written_before_she_took_it_back_is_not_sent_any_more(lucia: Customer) -> None:
    from bot.outreach.gateway import forbidden

    say("quiero recibir ofertas", "e1")
    reached()
    written = Reach.objects.get().message
    assert written is not None
    with time_machine.travel(NOON + timedelta(hours=23)):
        assert forbidden(written) == ""
        say("sin ofertas", "e2")
        assert forbidden(written) == "optout"
        assert [each.given for each in Consent.objects.order_by("pk")] == [True, False]


def test_no_reminders_takes_offers_back_everywhere_and_reminders_do_not_bring_them_back(
    lucia: Customer,
) -> None:
    consents.say(("mail", "lucia.romero@correo.example"), True, Consent.Source.LINK)
    say("quiero recibir ofertas", "e1")
    say("sin avisos", "e2")
    assert Wish.objects.get().no_reminders_since is not None
    assert consents.agreed([LUCIA, ("mail", "lucia.romero@correo.example")]) == frozenset()
    say("con avisos", "e3")
    assert not gather.wants_none_of(["shop:c01"])
    assert reached() == []


def test_a_wish_counts_while_a_person_has_the_conversation(lucia: Customer) -> None:
    say("quiero recibir ofertas", "e1")
    talk = Conversation.objects.get()
    ownership.request(talk.pk, "asked_for_person", "customer")
    assert say("sin avisos", "e2").startswith("De acuerdo")
    assert gather.wants_none_of(["shop:c01"])
    assert Conversation.objects.get().owner == "queue"


def test_the_link_shows_what_she_gets_and_changes_it_only_by_the_button(lucia: Customer) -> None:
    link = re.search(r"https?://[^/]+(/\S+)", say("quiero recibir ofertas", "e1"))
    assert link
    browser = Client(headers={"accept-language": "es"})
    shown = browser.get(link[1]).text
    assert "…cia" in shown and "lucia" not in shown, "an address is not told to whoever finds a link"
    assert re.search(r'value="offers" checked', shown)
    assert consents.agreed([LUCIA])
    assert browser.post(link[1], {"wants": "reminders"}).status_code == 302
    assert not consents.agreed([LUCIA]) and not gather.wants_none_of(["shop:c01"])
    browser.post(link[1], {"wants": "nothing"})
    assert gather.wants_none_of(["shop:c01"])
    browser.post(link[1], {"wants": "offers"})
    assert consents.agreed([LUCIA]) and not gather.wants_none_of(["shop:c01"])
    assert [each.source for each in Consent.objects.order_by("pk")] == ["chat", "link", "link"]


def test_by_mail_only_who_opens_the_link_and_confirms_has_agreed(lucia: Customer, settings: Any) -> None:
    settings.MAIL_SMTP_URL = "smtp://mail.example"
    browser, spot = Client(headers={"accept-language": "es"}), ("mail", "lucia.romero@correo.example")
    assert browser.post("/our-messages", {"mail": "Lucia.Romero@correo.example "}).status_code == 302
    [sent] = mail.outbox
    assert sent.to == [spot[1]] and not Consent.objects.exists(), "nothing is kept before"
    link = re.search(r"https?://[^/]+(/\S+)", sent.body)
    assert link and browser.get(link[1]).status_code == 200
    assert not consents.agreed([spot]), "mail programs open links too"
    assert browser.post(link[1]).status_code == 302
    assert consents.agreed([spot])
    with time_machine.travel(NOON + timedelta(days=8)):
        assert browser.get(link[1]).status_code == 404


@pytest.mark.django_db
def test_links_that_were_made_up_and_addresses_that_are_none(settings: Any) -> None:
    settings.MAIL_SMTP_URL = "smtp://mail.example"
    browser = Client(headers={"accept-language": "en"})
    assert browser.get("/our-messages/" + wishes.link(LUCIA, wishes.JOIN).rpartition("/")[2]).status_code == 404
    assert browser.post("/our-messages/confirm/made-up").status_code == 404
    wrong = browser.post("/our-messages", {"mail": "lucia"})
    assert wrong.status_code == 422 and 'role="alert"' in wrong.text and mail.outbox == []
