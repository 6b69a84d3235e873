"""Mail, Messenger and Instagram in the sandbox: the same dialogue over the real adapters, and the providers' rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.utils import timezone

from bot.conversations.models import Conversation, Delivery, Media
from bot.sandbox.models import ProviderMessage
from channels.messenger.sandbox import APP_SECRET, PAGE_ID, PAGE_TOKEN
from channels.messenger.signature import app_secret_proof
from tests.conversations.people import settled
from tests.sandbox.conftest import Sandbox

MAIL, MESSENGER, INSTAGRAM = "lucia@example.com", "7000000000000001", "9000000000000001"
PHONES = [("mail", MAIL), ("messenger", MESSENGER), ("instagram", INSTAGRAM)]


@pytest.mark.parametrize(("channel", "identity"), PHONES)
async def test_what_is_written_is_answered(sandbox: Sandbox, channel: str, identity: str) -> None:
    first = await sandbox.say(channel, identity, text="¿dónde está mi pedido? <b>&")
    await sandbox.say(channel, identity, text="gracias")
    assert await sandbox.texts(channel, identity, first) == [
        "bot: ¿dónde está mi pedido? <b>& el None",
        "bot: gracias el None",
    ]
    seen = await sandbox.see(channel, identity)
    assert (seen["owner"], seen["pending"], seen["asks"]) == ("bot", False, "email")
    assert await Conversation.objects.acount() == 1
    vouched = None if channel == "mail" else {"channel": channel, "address": identity}
    assert sandbox.engine.asked[0].verified == vouched


@pytest.mark.parametrize(("channel", "identity"), PHONES)
async def test_a_conversation_lives_on_its_own_day(sandbox: Sandbox, channel: str, identity: str) -> None:
    await sandbox.say(channel, identity, today="2026-12-24")
    await sandbox.say(channel, identity, text="hola")
    assert await sandbox.texts(channel, identity) == ["bot: hola el 2026-12-24"]


@pytest.mark.parametrize(("channel", "identity"), PHONES)
async def test_a_choice_is_made(sandbox: Sandbox, channel: str, identity: str) -> None:
    await sandbox.say(channel, identity, text="botones")
    offer = (await sandbox.see(channel, identity))["messages"][-1]
    if channel == "mail":
        assert offer["text"].endswith("1. Sí\n2. No\n\nResponde con el número.")
        await sandbox.say(channel, identity, text="1")
    else:
        assert [choice["label"] for choice in offer["choices"]] == ["Sí", "No"]
        await sandbox.say(channel, identity, choice="Sí")
    assert await sandbox.texts(channel, identity, offer["number"]) == ["bot: said-yes el None"]


@pytest.mark.parametrize(("channel", "identity"), PHONES)
async def test_a_photo_arrives(sandbox: Sandbox, channel: str, identity: str) -> None:
    await sandbox.say(channel, identity, text="mira", attachment="photo")
    assert await sandbox.texts(channel, identity) == ["bot: mira y 1 archivo el None"]
    assert (await Media.objects.aget()).state == "kept"


@pytest.mark.parametrize(("channel", "identity"), [("messenger", MESSENGER), ("instagram", INSTAGRAM)])
async def test_a_long_answer_is_split_and_reported_as_read(sandbox: Sandbox, channel: str, identity: str) -> None:
    await sandbox.say(channel, identity, text="largo")
    await settled()
    assert len(await sandbox.texts(channel, identity)) > 2
    assert (await Delivery.objects.aget()).state == "read"


@pytest.mark.parametrize(("channel", "identity"), PHONES)
async def test_a_customers_text_is_never_a_payload(sandbox: Sandbox, channel: str, identity: str) -> None:
    await sandbox.say(channel, identity, text='/affirm{"x": 1}')
    assert sandbox.engine.asked[0].payload is None


async def test_a_new_mail_with_no_history_takes_its_photos_from_the_stand_in_alone(sandbox: Sandbox) -> None:
    await sandbox.say("mail", MAIL, text="hola", attachment="photo")
    refused = await sandbox.http.get("/sandbox/provider/mail", params={"message_id": "<1@example.com>"})
    assert refused.status_code == 403


async def test_mail_to_nobody_comes_back_as_unreachable(sandbox: Sandbox) -> None:
    await sandbox.say("mail", "nobody@example.com", text="hola")
    delivery = await Delivery.objects.aget()
    assert (delivery.state, delivery.error_kind, delivery.error_code) == ("failed", "unreachable", "5.1.1")


class Send:
    """Meta's Send API, called as somebody else's program would."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def __call__(self, token: str = PAGE_TOKEN, page: str = PAGE_ID, **body: Any) -> tuple[int, Any]:
        proof = {"appsecret_proof": app_secret_proof(APP_SECRET, PAGE_TOKEN)}
        answer = await self.http.post(
            f"/sandbox/provider/meta/v24.0/{page}/messages",
            json={"recipient": {"id": MESSENGER}, "message": {"text": "hola"}, **proof, **body},
            headers={"authorization": f"Bearer {token}"},
        )
        await settled()
        error = answer.json().get("error", {})
        return answer.status_code, (error.get("code"), error.get("error_subcode")) if error else answer.json()


async def test_the_stand_in_keeps_metas_rules(sandbox: Sandbox) -> None:
    send = Send(sandbox.http)
    assert await send() == (400, (100, 2018001)), "nobody can be written to who has not written"
    await sandbox.say("messenger", MESSENGER, text="hola")
    assert (await send())[0] == 200
    assert (await send(token="x"))[1] == (190, 0)
    assert (await send(appsecret_proof="x"))[1] == (100, 0)
    assert (await send(page="1"))[1] == (100, 33)
    assert (await send(message={"text": "x" * 2001}))[1] == (100, 2018047)
    assert (await send(message={"text": ""}))[1] == (100, 0)
    for title, payload in (("x" * 21, "a"), ("Sí", ""), ("", "a")):
        wrong = {"text": "¿Sí?", "quick_replies": [{"content_type": "text", "title": title, "payload": payload}]}
        assert (await send(message=wrong))[1] == (100, 2018007)
    await ProviderMessage.objects.filter(from_customer=True).aupdate(created_at=timezone.now() - timedelta(hours=25))
    assert (await send())[1] == (10, 2018278)
    assert (await send(messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT"))[0] == 200
    await ProviderMessage.objects.filter(from_customer=True).aupdate(created_at=timezone.now() - timedelta(days=8))
    assert (await send(messaging_type="MESSAGE_TAG", tag="HUMAN_AGENT"))[1] == (10, 2018278)
