"""Mail behind the gateway: a conversation for each thread, bounces, files, and a worker that fetches."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import AsyncClient

from bot import chores
from bot.conversations import ownership, worker
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Delivery, Identity, Media, Message
from bot.dialogue.base import Answer, Option, Reply
from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from channels import registry
from channels.mail.adapter import MailAdapter
from channels.mail.mailbox import Fetched
from tests.channels.mail_servers import Kept, SmtpServer
from tests.channels.test_mail import ADDRESS, DOOR, adapter
from tests.conversations.people import settled

LUCIA = "lucia.garcia@example.com"
PHOTO = (Path("bot") / "sandbox" / "samples" / "photo.jpg").read_bytes()


@pytest.fixture(scope="module")
def smtp() -> Iterator[SmtpServer]:
    server = SmtpServer()
    yield server
    server.stop()


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch, settings: Any, engine: ScriptedDialogue, smtp: SmtpServer) -> Iterator[Shop]:
    settings.BURST = {}
    found = Shop(smtp.fresh())
    monkeypatch.setitem(registry.CHANNELS, "mail", ("Mail", lambda: found.adapter))
    registry.adapter.cache_clear()
    yield found
    registry.adapter.cache_clear()


class Shop:
    """The shop's mail, as customers see it from outside."""

    def __init__(self, server: SmtpServer) -> None:
        self.server, self.store = server, Kept()
        self.adapter: MailAdapter = adapter(server, store=self.store)

    def mail(self, words: str, name: str, sender: str = LUCIA, photo: bytes = b"", **headers: str) -> bytes:
        message = EmailMessage()
        message["From"], message["To"], message["Message-ID"] = sender, ADDRESS, f"<{name}@example.com>"
        for header, value in headers.items():
            message[header.replace("_", "-")] = value
        message.set_content(words)
        if photo:
            message.add_attachment(photo, maintype="image", subtype="jpeg", filename="rota.jpg")
        self.store.mails[f"<{name}@example.com>"] = message.as_bytes()
        return message.as_bytes()

    async def posted(self, raw: bytes) -> None:
        answer = await AsyncClient().post(
            "/channels/mail/webhook", raw, content_type="message/rfc822", headers={"x-mail-secret": DOOR}
        )
        assert answer.status_code == 200, answer.content
        await settled()

    async def gets(self, words: str, name: str, **more: Any) -> Any:
        """A mail arrives; returns the last one that went out."""
        await self.posted(self.mail(words, name, **more))
        return self.server.calls[-1] if self.server.calls else None

    def said(self) -> list[str]:
        return [str(mail.get_body(("plain",)).get_content()).strip() for mail in self.server.calls]  # type: ignore[attr-defined]


async def test_each_thread_is_a_conversation_and_answers_stay_in_theirs(shop: Shop) -> None:
    first = await shop.gets("No calienta.", "1", Subject="La freidora")
    second = await shop.gets("Quiero una factura.", "2", Subject="Pedido LUM-10234")
    assert (first["Subject"], second["Subject"]) == ("Re: La freidora", "Re: Pedido LUM-10234")
    await shop.gets("La FR5.", "3", Subject="RV: otra cosa", In_Reply_To=str(first["Message-ID"]))
    await shop.gets("Gracias", "4", References=f"<2@example.com> {second['Message-ID']}")
    lines = [[line.text async for line in each.messages.filter(author="customer")] async for each in _conversations()]
    assert lines == [
        ["La freidora\n\nNo calienta.", "La FR5."],
        ["Pedido LUM-10234\n\nQuiero una factura.", "Gracias"],
    ]
    assert await Identity.objects.acount() == 1
    last = shop.server.calls[-1]
    assert (last["In-Reply-To"], last["Subject"]) == ("<4@example.com>", "Re: Pedido LUM-10234")


def _conversations() -> Any:
    return Conversation.objects.order_by("created_at")


async def test_a_second_mail_before_any_answer_joins_its_own_thread(shop: Shop) -> None:
    await shop.gets("No calienta.", "1", Subject="La freidora")
    await shop.gets("Se me olvidó: es la FR5.", "2", References="<1@example.com>", In_Reply_To="<1@example.com>")
    assert await Conversation.objects.acount() == 1


async def test_who_only_claims_to_be_lucia_gets_into_none_of_her_threads(shop: Shop) -> None:
    answer = await shop.gets("No calienta.", "1")
    forged = str(answer["Message-ID"]).replace(".1.", ".2.")
    await shop.gets("Cambiad mi dirección.", "2", References=forged)
    await shop.gets("Cambiad mi dirección.", "3", sender="malo@example.com", References=str(answer["Message-ID"]))
    assert [await each.messages.filter(author="customer").acount() async for each in _conversations()] == [1, 1, 1]
    assert str(shop.server.calls[-1]["To"]) == "malo@example.com"


async def test_mail_proves_nobody_to_the_dialogue(shop: Shop, engine: ScriptedDialogue) -> None:
    await shop.gets("¿Dónde está mi pedido?", "1")
    assert engine.asked[0].verified is None


async def test_the_number_in_the_list_is_the_choice(shop: Shop) -> None:
    options = (Option("Sí, recogedla", "/affirm"), Option("No", "/deny"))
    with standing_in(ScriptedDialogue(lambda question: Answer((Reply("¿La recogemos?", options),)))) as engine:
        assert isinstance(engine, ScriptedDialogue)
        asked = await shop.gets("Quiero devolverla", "1")
        quoted = "\n".join(f"> {line}" for line in shop.said()[0].splitlines())
        answer = f"2\n\nEl vie, 20 nov 2026 a las 9:41, Lumbre (<{ADDRESS}>) escribió:\n\n{quoted}\n"
        await shop.gets(answer, "2", In_Reply_To=str(asked["Message-ID"]))
        assert [question.payload for question in engine.asked] == [None, "/deny"]


async def test_a_mail_that_comes_back_is_a_failed_delivery_and_no_message(shop: Shop) -> None:
    sent = await shop.gets("Hola", "1")
    assert (await Delivery.objects.aget()).state == "sent"
    bounce = (Path("tests") / "channels" / "payloads" / "mail" / "status_bounced.eml").read_bytes()
    ours = next(line for line in bounce.decode().splitlines() if line.startswith("Message-ID: <0000"))
    await shop.posted(bounce.replace(ours.encode(), f"Message-ID: {sent['Message-ID']}".encode()))
    delivery = await Delivery.objects.aget()
    assert (delivery.state, delivery.error_kind, delivery.error_code) == ("failed", "unreachable", "5.1.1")
    assert await Conversation.objects.acount() == 1 and len(shop.server.calls) == 1


async def test_an_agents_answer_goes_by_mail_and_is_no_programs(shop: Shop, ana: Any) -> None:
    await shop.gets("Quiero hablar con alguien", "1", Subject="Reclamación")
    conversation = await Conversation.objects.aget()
    await on_database(ownership.reply, conversation.pk, ana.pk, "Soy Ana, te ayudo yo", agent_name="Ana")
    await worker.sweep()
    answer = shop.server.calls[-1]
    assert (answer["Subject"], answer["Auto-Submitted"]) == ("Re: Reclamación", None)
    assert shop.said()[-1] == "Soy Ana, te ayudo yo"


async def test_a_photo_is_kept_with_its_message(shop: Shop, engine: ScriptedDialogue) -> None:
    await shop.gets("Así llegó", "1", photo=PHOTO)
    media = await Media.objects.select_related("message").aget()
    assert (media.state, media.kind, media.message and media.message.text) == ("kept", "image", "Así llegó")
    assert [len(question.attachments) for question in engine.asked] == [1]


class Box:
    """A mailbox with two mails, of which a worker that died has not marked the first."""

    def __init__(self, *mails: bytes) -> None:
        self.mails, self.marked = dict(enumerate(mails, 1)), list[int]()

    def fresh(self) -> list[int]:
        return [uid for uid in self.mails if uid not in self.marked]

    def fetch(self, uid: int) -> Fetched | None:
        return Fetched(uid, self.mails[uid], True)

    def take(self, uid: int) -> None:
        self.marked.append(uid)

    def put_aside(self, uid: int) -> None:
        raise AssertionError("nothing here is left to a person")

    def wait(self, stop: asyncio.Event) -> None:
        stop.set()

    def close(self) -> None:
        pass


async def test_the_worker_fetches_mail_and_takes_none_twice(shop: Shop, settings: Any) -> None:
    first, second = shop.mail("uno", "1"), shop.mail("dos", "2")
    await shop.posted(first)
    box = Box(first, second)
    shop.adapter = adapter(shop.server, store=shop.store, mailbox=box)
    registry.adapter.cache_clear()
    stop = asyncio.Event()
    await chores.polling(stop)
    await settled()
    assert sorted(shop.said()) == ["bot: dos", "bot: uno"] and box.marked == [1, 2]
    assert await Message.objects.filter(author="customer").acount() == 2
    assert json.dumps([each.context async for each in _conversations()]).count("@example.com") >= 2
