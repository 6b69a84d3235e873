"""The sandbox's phones: what Lucía and Marc do there reaches the real adapters, and the answers come back."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from bot.conversations.models import Conversation, Delivery, Message
from tests.sandbox.conftest import LUCIA, MARC, Sandbox

PHONES = [("whatsapp", LUCIA), ("telegram", MARC)]


@pytest.mark.parametrize(("channel", "identity"), PHONES)
async def test_what_is_written_is_answered_on_the_phone(sandbox: Sandbox, channel: str, identity: str) -> None:
    assert (await sandbox.see(channel, identity))["owner"] is None
    await sandbox.say(channel, identity, text="¿dónde está mi pedido? <b>&")
    seen = await sandbox.see(channel, identity)
    assert [message["text"] for message in seen["messages"]] == ["bot: ¿dónde está mi pedido? <b>& el None"]
    assert (seen["owner"], seen["pending"], seen["asks"]) == ("bot", False, "email")
    assert sandbox.engine.asked[0].verified == {"channel": channel, "address": identity}


async def test_the_customer_sees_until_when_the_shop_may_write_freely(sandbox: Sandbox) -> None:
    for channel, identity in PHONES:
        await sandbox.say(channel, identity, text="hola")
    closes = {channel: (await sandbox.see(channel, identity))["window_closes_at"] for channel, identity in PHONES}
    assert closes.pop("telegram") is None
    left = datetime.fromisoformat(closes["whatsapp"]) - timezone.now()
    assert timedelta(hours=23, minutes=55) < left <= timedelta(hours=24)


@pytest.mark.parametrize(("channel", "identity"), PHONES)
async def test_messages_are_numbered_and_own_ones_shown_on_request(
    sandbox: Sandbox, channel: str, identity: str
) -> None:
    first = await sandbox.say(channel, identity, text="uno")
    await sandbox.say(channel, identity, text="dos")
    shop = (await sandbox.see(channel, identity))["messages"]
    assert [message["text"] for message in shop] == ["bot: uno el None", "bot: dos el None"]
    assert await sandbox.texts(channel, identity, shop[0]["number"]) == ["bot: dos el None"]
    everything = (await sandbox.see(channel, identity, first, all=1))["messages"]
    assert [message["from"] for message in everything] == ["shop", "customer", "shop"]


@pytest.mark.parametrize(("channel", "identity"), PHONES)
@pytest.mark.parametrize("named", ["id", "label"])
async def test_a_button_is_pressed(sandbox: Sandbox, channel: str, identity: str, named: str) -> None:
    await sandbox.say(channel, identity, text="botones")
    offer = (await sandbox.see(channel, identity))["messages"][-1]
    assert [choice["label"] for choice in offer["choices"]] == ["Sí", "No"]
    await sandbox.say(channel, identity, choice=offer["choices"][0][named])
    assert await sandbox.texts(channel, identity, offer["number"]) == ["bot: said-yes el None"]


async def test_whatsapp_opens_a_list_for_more_than_three_choices(sandbox: Sandbox) -> None:
    await sandbox.say("whatsapp", LUCIA, text="lista")
    offer = (await sandbox.see("whatsapp", LUCIA))["messages"][-1]
    assert (len(offer["choices"]), offer["list_button"]) == (5, "Ver opciones")
    await sandbox.say("whatsapp", LUCIA, choice=offer["choices"][4]["id"])
    assert await sandbox.texts("whatsapp", LUCIA, offer["number"]) == ["bot: p5 el None"]


async def test_a_long_list_comes_as_numbers_and_a_number_answers_it(sandbox: Sandbox) -> None:
    await sandbox.say("whatsapp", LUCIA, text="muchos")
    offer = (await sandbox.see("whatsapp", LUCIA))["messages"][-1]
    assert offer["choices"] == [] and "12. Producto 12" in offer["text"]
    await sandbox.say("whatsapp", LUCIA, text="12")
    assert await sandbox.texts("whatsapp", LUCIA, offer["number"]) == ["bot: p12 el None"]


async def test_a_long_answer_keeps_to_the_providers_limit(sandbox: Sandbox) -> None:
    await sandbox.say("whatsapp", LUCIA, text="largo")
    parts = await sandbox.texts("whatsapp", LUCIA)
    assert len(parts) > 1 and all(len(part) <= 1600 for part in parts)
    assert "".join(parts).split() == ("Una frase de un texto muy largo. " * 150).split()


async def test_whatsapp_tells_that_the_answer_was_read(sandbox: Sandbox) -> None:
    await sandbox.say("whatsapp", LUCIA, text="hola")
    assert (await sandbox.see("whatsapp", LUCIA))["messages"][0]["state"] == "read"
    delivery = await Delivery.objects.aget(message__author="bot")
    assert delivery.state == "read"


@pytest.mark.parametrize(("channel", "identity"), PHONES)
async def test_a_photo_is_sent(sandbox: Sandbox, channel: str, identity: str) -> None:
    await sandbox.say(channel, identity, attachment="photo", text="llegó así")
    assert await sandbox.texts(channel, identity) == ["bot: llegó así y 1 archivo el None"]
    own = (await sandbox.see(channel, identity, all=1))["messages"][0]
    picture = await sandbox.http.get(own["media"][0]["url"])
    assert picture.content.startswith(b"\xff\xd8") and picture.headers["content-disposition"] == "attachment"


@pytest.mark.parametrize(("channel", "identity"), PHONES)
async def test_a_conversation_lives_on_its_own_day(sandbox: Sandbox, channel: str, identity: str) -> None:
    await sandbox.say(channel, identity, text="hola", today="2026-12-24")
    await sandbox.say(channel, identity, text="otra vez")
    await sandbox.say(channel, identity, today=None)
    await sandbox.say(channel, identity, text="hoy")
    assert await sandbox.texts(channel, identity) == [
        "bot: hola el 2026-12-24", "bot: otra vez el 2026-12-24", "bot: hoy el None",
    ]  # fmt: skip
    assert await Conversation.objects.acount() == 1


async def test_a_web_conversation_lives_on_its_own_day(sandbox: Sandbox) -> None:
    session = (await sandbox.http.post("/web/session", json={})).json()
    day = {"conversation": session["conversation"], "today": "2026-12-24"}
    assert (await sandbox.http.post("/sandbox/api/web/today", json=day)).json() == day
    stranger = await sandbox.http.post("/sandbox/api/web/today", json=day | {"conversation": str(uuid4())})
    nonsense = await sandbox.http.post("/sandbox/api/web/today", json=day | {"conversation": 7})
    assert (stranger.status_code, nonsense.status_code) == (422, 422)
    conversation = await Conversation.objects.aget(pk=session["conversation"])
    assert str(conversation.today) == "2026-12-24"


async def test_somebody_who_hides_their_number_is_answered(sandbox: Sandbox) -> None:
    await sandbox.say("whatsapp", "ES.abc123", text="hola")
    assert await sandbox.texts("whatsapp", "ES.abc123") == ["bot: hola el None"]
    assert sandbox.engine.asked[0].verified is None


@pytest.mark.parametrize("text", ["\x00nul", "lone \ud800 surrogate", "‮rtl", "🧑‍🍳" * 900, '/intent{"x": 1}'])
@pytest.mark.parametrize(("channel", "identity"), PHONES)
async def test_odd_texts_reach_the_bot_and_break_nothing(
    sandbox: Sandbox, channel: str, identity: str, text: str
) -> None:
    response = await sandbox.http.post(
        f"/sandbox/api/{channel}/{identity}", content=json.dumps({"text": text}).encode()
    )
    assert response.status_code == 202, response.text
    assert await Message.objects.filter(author="customer").acount() == 1


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({}, 422, "text"),
        ([], 422, "object"),
        ({"text": 3}, 422, "text"),
        ({"text": "hola", "colour": "red"}, 422, "colour"),
        ({"choice": "nobody-offered-this"}, 422, "button"),
        ({"choice": "a", "text": "b"}, 422, "alone"),
        ({"text": "hola", "today": "tomorrow"}, 422, "today"),
        ({"attachment": "elephant"}, 422, "attachment"),
        ({"attachment": {"data": "%%%"}}, 422, "base64"),
        ({"attachment": {"kind": "poem"}}, 422, "kind"),
    ],
)
async def test_a_mistake_is_explained(sandbox: Sandbox, body: Any, status: int, word: str) -> None:
    response = await sandbox.post("whatsapp", LUCIA, body)
    assert (response.status_code, word in response.json()["error"]["message"]) == (status, True), response.text


@pytest.mark.parametrize(
    ("address", "status"),
    [("whatsapp/hello", 422), ("telegram/+34600111001", 422), ("pigeon/1", 422), ("telegram/1?after=x", 422)],
)
async def test_a_phone_that_cannot_be_is_refused(sandbox: Sandbox, address: str, status: int) -> None:
    assert (await sandbox.http.get(f"/sandbox/api/{address}")).status_code == status


async def test_a_real_account_is_not_played(sandbox: Sandbox, settings: Any) -> None:
    settings.TELEGRAM_BOT_TOKEN = "1:real"
    response = await sandbox.post("telegram", MARC, {"text": "hola"})
    assert (response.status_code, response.json()["error"]["code"]) == (409, "real_account")


async def test_a_wrong_public_address_is_named(sandbox: Sandbox, settings: Any) -> None:
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:9"
    response = await sandbox.post("whatsapp", LUCIA, {"text": "hola"})
    assert response.status_code == 502 and "POSTVENTA_PUBLIC_URL" in response.json()["error"]["message"]
