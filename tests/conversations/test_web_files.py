"""Files on the web channel: up with a message, down again for the same customer and nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient

from bot.conversations.models import Message
from bot.dialogue.base import Answer, Question, Reply
from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from tests.conversations.media.files import PLACE, pdf, photo
from tests.conversations.people import Page, settled

Open = Callable[[], Awaitable[Page]]


async def upload(page: Page, data: bytes, name: str = "foto.jpg", kind: str = "image/jpeg") -> Any:
    return await page.client.post(
        "/web/attachments",
        {"file": SimpleUploadedFile(name, data, kind)},
        headers={"authorization": f"Bearer {page.token}"},
    )


async def download(page: Page, media: str) -> Any:
    return await page.client.get(f"/web/attachments/{media}", headers={"authorization": f"Bearer {page.token}"})


async def test_a_photo_reaches_the_dialogue_the_agent_and_the_page(page: Open, engine: ScriptedDialogue) -> None:
    lucia = await page()
    sent = await upload(lucia, photo(), "C:\\fotos\\mi robot.jpg")
    assert sent.status_code == 201, sent.content
    media = sent.json()
    assert (media["kind"], media["mime"], media["name"]) == ("image", "image/jpeg", "mi robot.jpg")

    await lucia.say("Llegó así", attachments=[media["id"]])
    assert [(item["kind"], item["id"]) for item in engine.asked[-1].attachments] == [("image", media["id"])]
    shown = (await lucia.read())["messages"][0]["attachments"]
    assert [item["id"] for item in shown] == [media["id"]]

    seen = await download(lucia, media["id"])
    assert seen.status_code == 200 and seen["Content-Type"] == "image/jpeg"
    assert seen["Content-Disposition"].startswith("attachment") and seen["X-Content-Type-Options"] == "nosniff"
    assert PLACE.encode() not in seen.content, "where it was taken has gone"


async def test_a_photo_alone_is_a_message(page: Open, engine: ScriptedDialogue) -> None:
    lucia = await page()
    media = (await upload(lucia, photo())).json()["id"]
    answer = await lucia.post({"client_id": "only-a-photo", "attachments": [media]})
    await settled()
    assert answer.status_code == 202
    assert len(engine.asked[-1].attachments) == 1 and engine.asked[-1].text == ""


async def test_the_same_message_twice_at_once_has_its_file_once(page: Open, engine: ScriptedDialogue) -> None:
    lucia = await page()
    body = {"client_id": "the-same-one", "text": "mira", "attachments": [(await upload(lucia, photo())).json()["id"]]}
    first, second = await asyncio.gather(lucia.post(body), lucia.post(body))
    await settled()
    assert (first.status_code, first.json()) == (second.status_code, second.json()) == (202, first.json())
    assert len((await lucia.read())["messages"][0]["attachments"]) == 1


async def test_what_is_anothers_cannot_be_seen_or_sent(page: Open) -> None:
    lucia, marc = await page(), await Page(AsyncClient()).open()
    media = (await upload(lucia, photo())).json()["id"]
    assert (await download(marc, media)).status_code == 404
    stolen = await marc.post({"client_id": "with-hers", "text": "mía", "attachments": [media]})
    assert (stolen.status_code, stolen.json()["error"]["code"]) == (422, "gone")
    assert (await marc.read())["messages"] == []
    nobody = await AsyncClient().get(f"/web/attachments/{media}")
    assert nobody.status_code == 401


async def test_a_file_goes_into_one_message_only(page: Open) -> None:
    lucia = await page()
    media = (await upload(lucia, photo())).json()["id"]
    await lucia.say("mira", attachments=[media])
    again = await lucia.post({"client_id": "once-more", "text": "otra vez", "attachments": [media]})
    assert (again.status_code, again.json()["error"]["code"]) == (422, "gone")


@pytest.mark.parametrize(
    ("data", "name", "kind", "status", "code", "words"),
    [
        (b"", "nada.jpg", "image/jpeg", 422, "empty", "vacío"),
        (b"MZ\x90\x00" + bytes(200), "factura.pdf", "application/pdf", 422, "unknown_type", "PDF"),
        (pdf(), "foto.jpg", "image/jpeg", 422, "wrong_type", "cambiarle el nombre"),
    ],
)
async def test_what_we_do_not_take_is_explained(
    page: Open, data: bytes, name: str, kind: str, status: int, code: str, words: str
) -> None:
    lucia = await page()
    refused = await upload(lucia, data, name, kind)
    assert (refused.status_code, refused.json()["error"]["code"]) == (status, code)
    assert words in refused.json()["error"]["message"]


async def test_a_file_that_is_too_large_is_refused_in_her_language(page: Open, settings: Any) -> None:
    lucia = await page()
    settings.MEDIA_BYTES = 2_000_000
    refused = await upload(lucia, photo() + bytes(2_000_000))
    assert (refused.status_code, refused.json()["error"]["code"]) == (413, "too_large")
    assert "2 MB" in refused.json()["error"]["message"]


@pytest.mark.parametrize("body", [b"", b"--nothing", b'{"file": "x"}'])
@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x", "application/json"])
async def test_a_body_without_a_file_is_explained(page: Open, body: bytes, kind: str) -> None:
    lucia = await page()
    answer = await lucia.client.post(
        "/web/attachments", body, content_type=kind, headers={"authorization": f"Bearer {lucia.token}"}
    )
    assert (answer.status_code, answer.json()["error"]["code"]) in [(422, "invalid"), (411, "length")]


def damage(question: Question) -> Answer:
    """The shape of the dialogue's own part: it asks for a photo, and opens a case when there is one."""
    if any(item["kind"] == "image" for item in question.attachments):
        return Answer(replies=(Reply("Gracias"),), facts={"case": "D-1"})
    return Answer(replies=(Reply("¿Me mandas una foto?", asks="photo"),))


async def test_the_photo_of_the_damage_is_the_real_one(page: Open) -> None:
    """The dialogue is told of the file itself, so that nobody's word is needed for it."""
    with standing_in(ScriptedDialogue(damage)):
        lucia = await page()
        await lucia.say("Llegó roto")
        assert (await lucia.read())["asks"] == "photo"
        media = (await upload(lucia, photo())).json()["id"]
        await lucia.say("", attachments=[media])
        line = await Message.objects.aget(conversation=lucia.conversation, author="customer", text="")
        assert [(str(file.pk), file.case) async for file in line.media.all()] == [(media, "D-1")]
