"""The 24 hours: free words inside, an approved message outside, and the desk says which."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bot.conversations import worker
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Identity, Message
from channels import registry
from tests.channels.standins import Twilio
from tests.channels.twilio_account import adapter
from tests.desk.desk_cast import Line, Programme, begin, settled


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Twilio]:
    stand_in = Twilio()
    stand_in.contents = [{"sid": "HX" + "9" * 32, "friendly_name": "answer_ready_es"}]
    ours = adapter(stand_in)
    monkeypatch.setitem(registry.CHANNELS, "whatsapp", ("WhatsApp", lambda: ours))
    registry.adapter.cache_clear()
    yield stand_in
    registry.adapter.cache_clear()


@pytest.fixture
def late(transactional_db: None, twilio: Twilio) -> Conversation:
    """Lucía wrote 25 hours ago on WhatsApp."""
    conversation = begin(
        "Lucía Romero", Line("customer", "¿Me llamáis?"), handoff="asked_for_person", channel="whatsapp"
    )
    Identity.objects.update(last_inbound_at=timezone.now() - timedelta(hours=25))
    return conversation


async def test_the_desk_offers_approved_messages_with_what_is_known_filled_in(
    ana: Any, at_desk: Any, late: Conversation
) -> None:
    html = (await (await at_desk(ana)).get(f"/desk/c/{late.pk}")).content.decode()
    assert "Enviar un mensaje aprobado" in html and "solo acepta estos" in html
    assert 'name="v-answer_ready-name" value="Lucía"' in html and 'name="v-answer_ready-agent" value="Ana Ruiz"' in html


async def test_inside_the_24_hours_nothing_but_free_words_is_offered(
    ana: Any, at_desk: Any, late: Conversation
) -> None:
    await Identity.objects.aupdate(last_inbound_at=timezone.now())
    html = (await (await at_desk(ana)).get(f"/desk/c/{late.pk}")).content.decode()
    assert "Enviar un mensaje aprobado" not in html and "Puedes responder" in html


async def test_an_approved_message_goes_out_as_one_and_reads_the_same_in_the_transcript(
    ana: Any, at_desk: Any, late: Conversation, twilio: Twilio
) -> None:
    desk = await at_desk(ana)
    said = {"template": "answer_ready", "v-answer_ready-name": "Lucía", "v-answer_ready-agent": "Ana"}
    assert (await desk.post(f"/desk/c/{late.pk}/reply", {"text": "Hola"})).status_code == 422
    assert (await desk.post(f"/desk/c/{late.pk}/template", said)).status_code == 204
    await settled()
    await worker.sweep()
    (sent,) = twilio.asked("/Messages.json")
    assert sent["ContentSid"] == "HX" + "9" * 32 and "Body" not in sent
    assert sent["ContentVariables"] == '{"1": "Lucía", "2": "Ana"}'
    message = await Message.objects.aget(author="agent")
    assert message.text.startswith("Hola, Lucía: soy Ana, del equipo")
    body = (await (await on_database(Programme, ana)).get(f"/api/conversations/{late.pk}")).json()
    assert (body["can_reply"], body["can_send_templates"]) == (False, True)
    assert [line["template"]["name"] for line in body["messages"] if line["template"]] == ["answer_ready"]


async def test_a_gap_is_refused_in_words_and_nothing_is_sent(
    ana: Any, at_desk: Any, late: Conversation, twilio: Twilio
) -> None:
    refused = await (await at_desk(ana)).post(
        f"/desk/c/{late.pk}/template", {"template": "answer_ready", "v-answer_ready-name": "Lucía"}
    )
    assert refused.status_code == 422 and "agent: rellénalo" in refused.content.decode()
    programme = await on_database(Programme, ana)
    unknown = await programme.post(f"/api/conversations/{late.pk}/template", {"name": "no_such"})
    assert unknown.status_code == 422 and "no_such" in unknown.json()["error"]["message"]
    assert not twilio.asked("/Messages.json") and (await Conversation.objects.aget()).owner == "queue"
