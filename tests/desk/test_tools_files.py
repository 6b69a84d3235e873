"""Files that agents send, and the articles they quote."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient
from django.utils import timezone

from bot.conversations.database import on_database
from bot.conversations.media import address as addresses
from bot.conversations.models import Conversation, Identity, Media, Message
from channels.base import Inbound
from tests.conversations.media.files import photo, voice
from tests.desk.desk_cast import settled


def inbound_from(identity: Identity, text: str) -> Inbound:
    """The customer writes from their phone."""
    return Inbound(
        channel=identity.channel, account=identity.account, event_id=str(uuid4()), kind="message",
        external_id=identity.external_id, occurred_at=timezone.now(), text=text,
    )  # fmt: skip


async def upload(browser: Any, conversation: Conversation, data: bytes, name: str, kind: str = "image/jpeg") -> Any:
    file = SimpleUploadedFile(name, data, content_type=kind)
    return await browser.post(f"/desk/c/{conversation.pk}/files", {"file": file})


async def test_a_picture_goes_out_with_the_words_and_nobody_else_can_fetch_it(ana, at_desk, waiting, phone) -> None:
    browser = await at_desk(ana)
    answer = await upload(browser, waiting, photo(), "dónde está el lote.jpg")
    assert answer.status_code == 201
    file = answer.json()
    reply = {"text": "El lote está aquí", "files": file["id"], "key": "k1"}
    assert (await browser.post(f"/desk/c/{waiting.pk}/reply", reply)).status_code == 204
    assert (await browser.post(f"/desk/c/{waiting.pk}/reply", reply)).status_code == 204
    await settled()
    message = await Message.objects.aget(author="agent")
    assert [each["id"] for each in message.attachments] == [file["id"]]
    media = [sent.payload["media"] for sent in phone.sent if "media" in sent.payload]
    assert [(each["kind"], each["name"]) for each in media] == [("image", file["name"])]
    path = "/files/" + media[0]["ref"].rpartition("/files/")[2]
    fetched = await AsyncClient().get(path)
    assert fetched.status_code == 200 and fetched["Content-Type"].startswith("image/")
    assert fetched["Content-Disposition"].startswith("attachment")
    assert (await AsyncClient().get(path[:-2] + "xx")).status_code == 404
    assert f"/desk/media/{file['id']}" in (await browser.get(f"/desk/c/{waiting.pk}")).content.decode()


async def test_what_was_not_sent_and_what_is_in_a_note_has_no_address(ana, at_desk, waiting, phone) -> None:
    browser = await at_desk(ana)
    loose = (await upload(browser, waiting, photo(), "a.jpg")).json()["id"]
    kept = (await upload(browser, waiting, photo(), "b.jpg")).json()["id"]
    assert (await browser.post(f"/desk/c/{waiting.pk}/note", {"text": "", "files": kept})).status_code == 204
    await settled()
    assert not phone.sent or all("media" not in sent.payload for sent in phone.sent)
    for each in (loose, kept):
        path = addresses.address(each).partition("/files/")[2]
        assert (await AsyncClient().get(f"/files/{path}")).status_code == 404


async def test_a_file_of_a_colleague_or_of_another_conversation_is_not_taken(ana, bruno, at_desk, waiting) -> None:
    brunos = (await upload(await at_desk(bruno), waiting, photo(), "a.jpg")).json()["id"]
    browser = await at_desk(ana)
    for wrong in (brunos, str(uuid4()), "x", ",".join([brunos, brunos])):
        answer = await browser.post(f"/desk/c/{waiting.pk}/reply", {"text": "Toma", "files": wrong})
        assert answer.status_code == 422 and "Adjúntalo otra vez" in answer.content.decode()
    assert not await Message.objects.filter(author="agent").aexists()


async def test_a_file_is_forgotten_by_whoever_attached_it(ana, bruno, at_desk, waiting) -> None:
    file = (await upload(await at_desk(ana), waiting, photo(), "a.jpg")).json()["id"]
    address = f"/desk/c/{waiting.pk}/files/{file}/forget"
    assert (await (await at_desk(bruno)).post(address)).status_code == 204
    assert await Media.objects.filter(pk=file).aexists()
    assert (await (await at_desk(ana)).post(address)).status_code == 204
    assert not await Media.objects.filter(pk=file).aexists()


async def test_what_cannot_be_sent_is_refused_in_words(ana, at_desk, waiting, settings) -> None:
    browser = await at_desk(ana)
    for data, name, kind, told in (
        (b"MZ\x90\x00" * 50, "factura.pdf", "application/pdf", "no se puede enviar"),
        (voice(), "foto.jpg", "image/jpeg", "por dentro es otra"),
        (b"", "nada.jpg", "image/jpeg", "vacío"),
    ):
        answer = await upload(browser, waiting, data, name, kind)
        assert answer.status_code == 422 and told in answer.json()["problem"]
    assert not await Media.objects.aexists()
    # The memory channel carries pictures and documents: a voice note can only be left in a note.
    note = (await upload(browser, waiting, voice(), "nota.ogg", "audio/ogg")).json()["id"]
    answer = await browser.post(f"/desk/c/{waiting.pk}/reply", {"text": "Escucha", "files": note})
    assert answer.status_code == 422 and "no admite archivos de este tipo" in answer.content.decode()


async def test_a_hundred_megabytes_are_refused_with_the_limit_named(ana, at_desk, waiting, settings) -> None:
    browser = await at_desk(ana)
    settings.MEDIA_BYTES = 1_000_000
    answer = await upload(browser, waiting, b"\xff\xd8\xff" + b"0" * 1_100_000, "enorme.jpg")
    assert answer.status_code == 413
    assert "pasa de 1 MB" in answer.json()["problem"]
    assert not await Media.objects.aexists()


async def test_an_expired_address_opens_nothing(ana, at_desk, waiting, phone, monkeypatch) -> None:
    browser = await at_desk(ana)
    file = (await upload(browser, waiting, photo(), "a.jpg")).json()["id"]
    await browser.post(f"/desk/c/{waiting.pk}/reply", {"text": "Toma", "files": file})
    path = "/files/" + (await on_database(addresses.address, file)).rpartition("/files/")[2]
    assert (await AsyncClient().get(path)).status_code == 200
    monkeypatch.setattr(addresses, "GOOD_FOR", timedelta(seconds=-1))
    assert (await AsyncClient().get(path)).status_code == 404
