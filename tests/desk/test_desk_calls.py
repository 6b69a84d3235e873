"""Call-backs at the desk."""

from __future__ import annotations

from typing import Any

import pytest

from bot.conversations.calls import tasks
from bot.conversations.database import on_database
from bot.conversations.models import CallBack, Conversation
from channels import registry
from channels.voice.calls import Telephone
from tests.channels.standins import Twilio
from tests.channels.twilio_account import PUBLIC, SID, TOKEN
from tests.desk.desk_cast import Programme, settled

PHONE = "+34600111222"


async def noted(conversation: Conversation, about: str = "la garantía <b>") -> CallBack:
    return await on_database(tasks.ask, conversation.pk, PHONE, "bot", None, about)


async def test_an_agent_notes_a_call_and_the_list_shows_it(ana: Any, at_desk: Any, waiting: Conversation) -> None:
    desk = await at_desk(ana)
    wrong = await desk.post(f"/desk/c/{waiting.pk}/call-back", {"phone": "112"})
    assert wrong.status_code == 422 and "prefijo" in wrong.content.decode()
    said = {"phone": "600 111 222", "when": "2030-11-23T22:30", "about": "la garantía <b>"}
    assert (await desk.post(f"/desk/c/{waiting.pk}/call-back", said)).status_code == 204
    call = await CallBack.objects.aget()
    assert call.phone == PHONE and tasks.notices.hours.open_now(call.due_at) and call.due_at.year == 2030
    for address in ("/desk/calls", f"/desk/c/{waiting.pk}"):
        html = (await desk.get(address)).content.decode()
        assert f'href="tel:{PHONE}"' in html and "la garantía &lt;b&gt;" in html and "por llamar" in html
    body = (await (await on_database(Programme, ana)).get(f"/api/conversations/{waiting.pk}")).json()
    assert [(each["phone"], each["state"]) for each in body["call_backs"]] == [(PHONE, "wanted")]


async def test_without_a_telephone_the_agent_calls_with_their_own(
    ana: Any, at_desk: Any, waiting: Conversation
) -> None:
    call, desk = await noted(waiting), await at_desk(ana)
    html = (await desk.get("/desk/calls")).content.decode()
    assert "No hay teléfono conectado" in html and f"/desk/calls/{call.pk}/start" not in html
    assert (await desk.post(f"/desk/calls/{call.pk}/start", {"agent_phone": PHONE})).status_code == 422
    assert (await desk.post(f"/desk/calls/{call.pk}/done", {"note": "Todo claro"})).status_code == 204
    assert "Nadie espera una llamada" in (await desk.get("/desk/calls")).content.decode()
    assert (await desk.post("/desk/calls/00000000-0000-0000-0000-000000000000/done")).status_code == 404


async def test_with_twilio_the_agent_starts_the_call(
    ana: Any, at_desk: Any, waiting: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    twilio = Twilio()
    telephone = Telephone(SID, [TOKEN], "+34900111222", PUBLIC, transport=twilio.transport)
    monkeypatch.setattr(registry, "telephone", lambda: telephone)
    call, desk = await noted(waiting), await at_desk(ana)
    assert f"/desk/calls/{call.pk}/start" in (await desk.get(f"/desk/c/{waiting.pk}")).content.decode()
    started = await desk.post(f"/desk/calls/{call.pk}/start", {"agent_phone": "600 999 888"})
    assert started.status_code == 204
    await settled()
    assert [each["To"] for each in twilio.asked("/Calls.json")] == ["+34600999888"]
    again = await desk.post(f"/desk/calls/{call.pk}/start", {"agent_phone": "600 999 888"})
    assert again.status_code == 422
    html = (await desk.get("/desk/calls")).content.decode()
    assert "llamando al agente" in html
