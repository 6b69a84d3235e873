"""Handing over to Chatwoot and back, against its documented API and payloads in its recorded shapes."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import AsyncClient, override_settings

from bot.conversations.database import on_database
from bot.conversations.models import Conversation
from bot.desk.desks import checks, forwarding, registry
from bot.desk.desks.base import Unreadable
from bot.desk.desks.chatwoot import ChatwootDesk
from bot.desk.desks.models import Handed
from tests.desk.chatwoot_standin import INBOX, TOKEN, Chatwoot, chatwoot
from tests.desk.desk_cast import Line, begin, said, say, settled

PAYLOADS = Path(__file__).parent / "chatwoot"
SECRET = "a secret of the webhook"


@pytest.fixture
def other(settings: Any, transactional_db: None) -> Iterator[Chatwoot]:
    with chatwoot() as state:
        settings.DESK = "chatwoot"
        settings.CHATWOOT = {"url": state.url, "account": "1", "inbox": INBOX, "token": TOKEN, "secrets": [SECRET]}
        account = get_user_model().objects.create_user("chatwoot", first_name="Chatwoot")
        account.groups.add(Group.objects.get(name="agents"))
        registry.desk.cache_clear()
        yield state
        registry.desk.cache_clear()


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


async def post(body: bytes, secret: str = SECRET, at: float | None = None, **headers: str) -> Any:
    sent = str(int(at if at is not None else time.time()))
    digest = hmac.new(secret.encode(), sent.encode() + b"." + body, hashlib.sha256).hexdigest()
    signed = {"X-Chatwoot-Timestamp": sent, "X-Chatwoot-Signature": f"sha256={digest}", **headers}
    return await AsyncClient().post("/desks/chatwoot/webhook", body, content_type="application/json", headers=signed)


async def bring_up_to_date() -> None:
    for conversation in await on_database(forwarding.due):
        await forwarding.forward(conversation)


async def test_a_handoff_goes_there_with_everything_and_its_summary(other, waiting) -> None:
    await bring_up_to_date()
    assert other.statuses == ["open"]
    assert other.said("incoming") == [
        "Hola", "Quiero devolver la freidora Fragua", "Es el LB-10401", "Prefiero hablar con una persona",
    ]  # fmt: skip
    assert "¿Me dices el número de pedido?" in other.said("outgoing")
    assert any("asked_for_person" in note for note in other.said("note"))
    about = other.conversations[17]["custom_attributes"]
    assert about["postventa_conversation"] == str(waiting.pk) and about["language"] == "es"
    told = len(other.messages)
    await bring_up_to_date()
    assert len(other.messages) == told and not await on_database(forwarding.due)
    await on_database(say, waiting, Line("customer", "¿Hay alguien?"))
    await bring_up_to_date()
    assert other.said("incoming")[-1] == "¿Hay alguien?" and len(other.messages) == told + 1


async def test_what_a_person_writes_there_reaches_the_customer_once(other, waiting, phone) -> None:
    await bring_up_to_date()
    told = len(other.messages)
    answers = [await post(payload("reply")) for _ in range(2)]
    await settled()
    assert [answer.status_code for answer in answers] == [200, 200]
    await waiting.arefresh_from_db()
    account = await get_user_model().objects.aget(username="chatwoot")
    assert waiting.agent_id == account.pk
    assert await said(waiting) == ["Hola, Lucía. Te mando la etiqueta ahora mismo."]
    texts = [sent.payload["text"] for sent in phone.sent]
    assert texts.count("Hola, Lucía. Te mando la etiqueta ahora mismo.") == 1
    assert any("Ahora hablas con Carla Pons" in text for text in texts)
    # It is not told back to where it came from.
    await bring_up_to_date()
    assert "Hola, Lucía. Te mando la etiqueta ahora mismo." not in [m["content"] for m in other.messages[told:]]


async def test_a_file_and_a_note_arrive_as_such(other, waiting, phone) -> None:
    await bring_up_to_date()
    await post(payload("reply_with_file"))
    await post(payload("private_note"))
    await settled()
    lines = [(line.text, line.note) async for line in waiting.messages.filter(author="agent").order_by("seq")]
    address = "https://desk.example/rails/active_storage/blobs/8/etiqueta.png"
    assert lines == [(f"📎 {address}", False), ("Ojo: ya tuvo otra avería", True)]
    assert not any("avería" in sent.payload["text"] for sent in phone.sent)


@pytest.mark.parametrize("name", ["from_the_customer", "from_our_bot", "template", "opened", "typing", "updated"])
async def test_what_is_ours_or_says_nothing_changes_nothing(other, waiting, name) -> None:
    await bring_up_to_date()
    await waiting.arefresh_from_db()
    before = (waiting.last_seq, waiting.owner, waiting.epoch)
    assert (await post(payload(name))).status_code == 200
    await waiting.arefresh_from_db()
    assert (waiting.last_seq, waiting.owner, waiting.epoch) == before


@pytest.mark.parametrize(("name", "owner", "status"), [("resolved", "", "resolved"), ("to_the_bot", "bot", "pending")])
async def test_ended_or_given_back_there_is_so_here(other, waiting, name, owner, status) -> None:
    await bring_up_to_date()
    assert (await post(payload(name))).status_code == 200
    assert (await post(payload(name))).status_code == 200
    await waiting.arefresh_from_db()
    assert waiting.owner == owner
    await bring_up_to_date()
    assert other.statuses == ["open", status]
    assert not await on_database(forwarding.due)


async def test_a_second_handoff_opens_the_same_conversation_again(other, waiting) -> None:
    from bot.conversations import ownership

    await bring_up_to_date()
    await post(payload("to_the_bot"))
    await bring_up_to_date()
    await on_database(ownership.request, waiting.pk, "no_answer", "bot", "¿Y si no cabe?")
    await bring_up_to_date()
    assert other.statuses == ["open", "pending", "open"] and len(other.conversations) == 1


async def test_nothing_is_told_twice_when_the_answer_is_lost(other, waiting) -> None:
    other.lose_answers = 1
    await bring_up_to_date()
    assert (await Handed.objects.aget()).attempts == 1
    for _ in range(8):
        await Handed.objects.aupdate(due_at=waiting.created_at)
        await bring_up_to_date()
    assert other.said("incoming").count("Hola") == 1
    assert other.said("incoming")[-1] == "Prefiero hablar con una persona"


async def test_while_it_is_down_the_conversation_stays_in_our_queue_and_goes_later(other, waiting) -> None:
    other.down = True
    await bring_up_to_date()
    handed = await Handed.objects.aget()
    assert handed.attempts == 1 and "502" in handed.problem
    await waiting.arefresh_from_db()
    assert waiting.owner == "queue"
    other.down = False
    await Handed.objects.aupdate(due_at=waiting.created_at)
    await bring_up_to_date()
    assert other.said("incoming")[0] == "Hola"


async def test_forged_old_and_unsigned_requests_are_refused(other, waiting) -> None:
    await bring_up_to_date()
    body = payload("resolved")
    assert (await post(body, secret="another")).status_code == 403
    assert (await post(body, at=time.time() - 3_600)).status_code == 403
    assert (
        await AsyncClient().post("/desks/chatwoot/webhook", body, content_type="application/json")
    ).status_code == 403
    assert (await post(b"{not json")).status_code == 400
    unknown = await AsyncClient().post("/desks/zendesk/webhook", body, content_type="application/json")
    assert unknown.status_code == 404
    await waiting.arefresh_from_db()
    assert waiting.owner == "queue"


async def test_another_desks_conversation_is_none_of_ours(other, waiting) -> None:
    await bring_up_to_date()
    event = json.loads(payload("reply"))
    event["conversation"]["id"] = 7
    assert (await post(json.dumps(event).encode())).status_code == 200
    assert await said(waiting) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"event": 3}', b'{"event": "message_created", "id": "x"}'])
def test_what_is_no_event_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        ChatwootDesk({}).parse(body)


def test_a_desk_that_is_not_connected_stops_the_start() -> None:
    with override_settings(DESK="chatwoot", CHATWOOT={}):
        assert [problem.id for problem in checks.desk_can_take_handoffs(None)] == ["postventa.E011"]
    with override_settings(DESK="pager"):
        assert [problem.id for problem in checks.desk_can_take_handoffs(None)] == ["postventa.E010"]
    assert checks.desk_can_take_handoffs(None) == []


async def test_our_own_desk_has_nothing_to_be_told(waiting: Conversation) -> None:
    assert await on_database(forwarding.due) == []
    other = await on_database(begin, "Marc", Line("customer", "Hola"), handoff="press")
    assert other.owner == "queue" and not await Handed.objects.aexists()
