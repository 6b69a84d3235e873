"""Messenger behind the gateway: webhooks in, windows and receipts out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.test import AsyncClient
from django.utils import timezone

from bot.conversations import ownership
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Delivery, Identity
from bot.conversations.outbox import deliver
from bot.desk.limits import limits
from bot.dialogue.base import Answer, Option, Reply
from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from channels import registry
from channels.messenger.adapter import MetaAdapter
from tests.channels.standins import Meta, body_of
from tests.channels.test_messenger import VERIFY, adapter, signed
from tests.conversations.people import settled

LUCIA, PAGE = "7000000000000001", "100200300400500"
WEBHOOK = "/channels/messenger/webhook"


@pytest.fixture
def meta(monkeypatch: pytest.MonkeyPatch, settings: Any, engine: ScriptedDialogue) -> Iterator[Meta]:
    """Meta, as far as the shop's one Messenger adapter can tell."""
    settings.BURST = {}
    provider = Meta()

    def build() -> MetaAdapter:
        return adapter(provider=provider)

    monkeypatch.setitem(registry.CHANNELS, "messenger", ("Messenger", build))
    registry.adapter.cache_clear()
    yield provider
    registry.adapter.cache_clear()


def milliseconds(at: Any = None) -> int:
    return int((at or timezone.now()).timestamp() * 1000)


async def posted(*events: dict[str, Any]) -> int:
    """Meta posts a batch of events; returns the answer's status once everything that it started has ended."""
    whose = {"sender": {"id": LUCIA}, "recipient": {"id": PAGE}}
    batch = [{**whose, "timestamp": milliseconds(), **event} for event in events]
    body = json.dumps({"object": "page", "entry": [{"id": PAGE, "time": 1, "messaging": batch}]}).encode()
    signature = {"x-hub-signature-256": signed(body).headers["x-hub-signature-256"]}
    response = await AsyncClient().post(WEBHOOK, body, content_type="application/json", headers=signature)
    await settled()
    return response.status_code


def said(meta: Meta) -> list[str]:
    return [body_of(call)["message"]["text"] for call in meta.calls]


async def states() -> list[str]:
    return [each.state async for each in Delivery.objects.order_by("message__seq")]


async def test_metas_check_of_the_address_is_answered_over_http(meta: Meta) -> None:
    asked = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY}
    response = await AsyncClient().get(WEBHOOK, asked)
    assert (response.status_code, response.content) == (200, b"1158201444")
    assert (await AsyncClient().get(WEBHOOK, {**asked, "hub.verify_token": "x"})).status_code == 403
    assert (await AsyncClient().get("/channels/instagram/webhook", asked)).status_code in (403, 404)


async def test_a_message_is_answered_once_however_often_meta_repeats_it(meta: Meta) -> None:
    message = {"message": {"mid": "m_1", "text": "hola"}}
    assert [await posted(message), await posted(message, message)] == [200, 200]
    assert said(meta) == ["bot: hola"]


async def test_a_batch_of_two_messages_is_answered_in_the_order_they_were_written(meta: Meta) -> None:
    now = milliseconds()
    later = {"timestamp": now, "message": {"mid": "m_2", "text": "dos"}}
    await posted(later, {"timestamp": now - 900, "message": {"mid": "m_1", "text": "uno"}})
    conversation = await Conversation.objects.aget()
    assert [line.text async for line in conversation.messages.filter(author="customer")] == ["uno", "dos"]


async def test_a_quick_reply_is_the_choice_that_was_offered(meta: Meta) -> None:
    asking = ScriptedDialogue(lambda each: Answer((Reply(each.payload or "¿Sí?", (Option("Sí", "said-yes"),)),)))
    with standing_in(asking):
        await posted({"message": {"mid": "m_1", "text": "hola"}})
        (offered,) = body_of(meta.calls[0])["message"]["quick_replies"]
        pressed = {"text": offered["title"], "quick_reply": {"payload": offered["payload"]}}
        await posted({"message": {"mid": "m_2", **pressed}})
    assert said(meta) == ["¿Sí?", "said-yes"]


async def test_reading_until_a_time_reads_all_that_was_sent_before_and_nothing_else(meta: Meta) -> None:
    await posted({"message": {"mid": "m_1", "text": "uno"}})
    first_seen = milliseconds()
    await posted({"message": {"mid": "m_2", "text": "dos"}})
    assert await states() == ["sent", "sent"]
    await posted({"delivery": {"mids": ["m_sent-2"], "watermark": milliseconds()}})
    await posted({"read": {"watermark": first_seen}})
    assert await states() == ["read", "delivered"]
    await posted({"delivery": {"watermark": milliseconds()}}, {"read": {"watermark": milliseconds()}})
    assert await states() == ["read", "read"]


async def test_an_echo_of_ours_settles_a_call_whose_answer_never_came(meta: Meta) -> None:
    meta.next_answers(httpx.ReadTimeout("", request=httpx.Request("POST", "https://graph.facebook.com")))
    await posted({"message": {"mid": "m_1", "text": "hola"}})
    assert await states() == ["uncertain"]
    reference = body_of(meta.calls[0])["message"]["metadata"]
    echo = {"is_echo": True, "mid": "m_sent-9", "text": "bot: hola", "metadata": reference}
    await posted({"sender": {"id": PAGE}, "recipient": {"id": LUCIA}, "message": echo})
    assert await states() == ["sent"]
    assert await Conversation.objects.acount() == 1


@pytest.mark.parametrize(
    ("hours", "bot_state", "agent_state", "tag"),
    [(1, "sent", "sent", None), (30, "failed", "sent", "HUMAN_AGENT"), (24 * 7 + 1, "failed", "failed", None)],
)
async def test_after_a_day_only_a_person_answers_and_after_a_week_nobody(
    meta: Meta, ana: Any, hours: int, bot_state: str, agent_state: str, tag: str | None
) -> None:
    await posted({"message": {"mid": "m_1", "text": "hola"}})
    conversation = await Conversation.objects.aget()
    await Identity.objects.aupdate(last_inbound_at=timezone.now() - timedelta(hours=hours))
    await on_database(lambda: ownership.reply(conversation.pk, ana.pk, "Ya lo tengo", agent_name="Ana"))
    await deliver(conversation.pk)
    by = {each.message.author: each async for each in Delivery.objects.select_related("message").order_by("pk")}
    assert (by["system"].state, by["agent"].state) == (bot_state, agent_state)
    assert body_of(meta.calls[-1]).get("tag") == tag
    conversation = await Conversation.objects.select_related("identity").aget()
    assert (await on_database(limits, conversation)).can_reply == (agent_state == "sent")
