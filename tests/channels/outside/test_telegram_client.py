"""Lucía's Telegram is tg-auto-test: a python-telegram-bot application whose only handler hands every update to our
webhook, and a client with the face of Telethon's that nobody here wrote."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from django.test import AsyncClient
from telegram import Bot, Update
from telegram.ext import Application, ApplicationBuilder, TypeHandler

from bot.conversations.models import Conversation, Media, Message
from bot.dialogue.base import Answer, Option, Question, Reply
from bot.dialogue.scripted import ScriptedDialogue
from channels import registry
from channels.telegram.adapter import TelegramAdapter
from tests.channels.outside.install import PYTHON
from tests.channels.test_telegram import SECRET, adapter
from tests.conversations.media.files import photo, voice
from tests.conversations.people import settled

CITED = {"slug": "plazo", "title": "Plazo & <cambios>", "url": "https://lumbre.es/a?b=1&c=2", "revision": 3}


@pytest.fixture(scope="module")
def client_class() -> Iterator[Any]:
    if not (PYTHON / "tg_auto_test").is_dir():
        pytest.skip("tg-auto-test is not installed: python -m tests.channels.outside.install")
    sys.path.append(str(PYTHON))
    from tg_auto_test.test_utils.serverless_telegram_client import ServerlessTelegramClient

    yield ServerlessTelegramClient
    sys.path.remove(str(PYTHON))


class Handed(TelegramAdapter):
    """Our adapter, speaking through the bot of the application."""

    application: Application[Any, Any, Any, Any, Any, Any]

    def bot(self) -> Bot:
        return self.application.bot


async def to_webhook(update: Update, context: object) -> None:
    answer = await AsyncClient().post(
        "/channels/telegram/webhook",
        json.dumps(update.to_dict()),
        content_type="application/json",
        headers={"x-telegram-bot-api-secret-token": SECRET},
    )
    assert answer.status_code == 200
    if answer["content-type"].startswith("application/json") and update.callback_query:
        # Telegram itself makes the call that a webhook answers with.
        assert json.loads(answer.content)["callback_query_id"] == update.callback_query.id
        await update.callback_query.answer()
    await settled()


def script(question: Question) -> Answer:
    if question.payload:
        return Answer((Reply(f"elegido: {question.payload}"),))
    if question.attachments:
        kinds = ", ".join(str(item["kind"]) for item in question.attachments)
        return Answer((Reply(f"recibido: {kinds}"),))
    if question.text == "botones":
        return Answer((Reply("¿La recogemos?", (Option("Sí", "said-yes"), Option("No", "said-no"))),))
    if question.text == "largo":
        return Answer((Reply("Una frase <b>larga</b> & sin fin. " * 300),))
    return Answer((Reply(f"dices «{question.text}» <i>1.50!</i>", citations=(CITED,)),))


@pytest.fixture
async def lucia(
    client_class: Any, engine: ScriptedDialogue, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Any]:
    settings.BURST = {}
    engine._script = script

    def build(builder: ApplicationBuilder) -> Application:
        application = builder.build()
        application.add_handler(TypeHandler(Update, to_webhook))
        return application

    client = client_class(build_application=build, user_id=7000000001, first_name="Lucía")
    made = adapter()
    ours = Handed(token="123:ABC", secret=SECRET, transport=httpx.MockTransport(lambda r: stored(client, r)),
                  clock=made._paces[0].clock, sleep=made._sleep)  # fmt: skip
    ours.application = client._application
    monkeypatch.setitem(registry.CHANNELS, "telegram", ("Telegram", lambda: ours))
    registry.adapter.cache_clear()
    await client.connect()
    async with client.conversation("lumbre_bot", timeout=10) as conversation:
        yield conversation
    await client.disconnect()
    registry.adapter.cache_clear()


def stored(client: Any, request: httpx.Request) -> httpx.Response:
    """Telegram's file host: what the client uploaded."""
    return httpx.Response(200, content=client._request.file_store[request.url.path.rpartition("/")[2]].data)


async def test_a_question_is_answered_with_its_source_as_a_link(lucia: Any) -> None:
    await lucia.send_message("¿cuánto tengo?")
    answer = await lucia.get_response()
    assert answer.raw_text.startswith("dices «¿cuánto tengo?» <i>1.50!</i>")
    assert "Plazo & <cambios>" in answer.raw_text
    (call,) = [each for each in lucia._client._api_calls if each.api_method == "sendMessage"]
    (link,) = [each for each in call.result["entities"] if each["type"] == "text_link"]
    assert link["url"] == CITED["url"]


async def test_a_button_is_pressed_and_the_press_answered(lucia: Any) -> None:
    await lucia.send_message("botones")
    question = await lucia.get_response()
    assert [button.text for row in question.buttons for button in row] == ["Sí", "No"]
    await question.click(text="Sí")
    assert (await lucia.get_response()).text == "elegido: said-yes"
    assert "answerCallbackQuery" in [call.api_method for call in lucia._client._api_calls]
    (chosen,) = [line async for line in Message.objects.exclude(choice="")]
    assert chosen.text == "Sí"


async def test_a_long_answer_comes_in_parts_that_are_whole_together(lucia: Any) -> None:
    await lucia.send_message("largo")
    parts = [await lucia.get_response() for _ in range(3)]
    assert all(len(part.raw_text) <= 4096 for part in parts)
    assert "".join(part.raw_text for part in parts).split() == ("Una frase <b>larga</b> & sin fin. " * 300).split()


async def test_photos_documents_and_voice_notes_arrive(lucia: Any) -> None:
    await lucia.send_file(photo(), caption="mira")
    assert (await lucia.get_response()).text == "recibido: image"
    await lucia.send_file(voice(), voice_note=True)
    assert (await lucia.get_response()).text == "recibido: audio"
    kept = [(media.kind, media.state) async for media in Media.objects.order_by("created_at")]
    assert kept == [("image", "kept"), ("audio", "kept")]


async def test_a_deep_link_arrives_as_start(lucia: Any) -> None:
    await lucia.send_message("/start")
    assert "dices «/start»" in (await lucia.get_response()).raw_text
    assert await Conversation.objects.acount() == 1
