"""Passing on, putting aside, joining duplicates, ending with an outcome, and taking each of these back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from bot.conversations import watching
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Event, Handoff, Identity
from bot.desk.access import SHOP_TIME
from bot.desk.refusals import Refused
from bot.desk.tools import snoozing
from bot.desk.tools.models import Canned, Join, Snooze, Team
from bot.desk.tools.snoozing import moment
from tests.desk.desk_cast import Line, Programme, begin, said, say, settled


def url(conversation: Conversation, verb: str) -> str:
    return f"/desk/c/{conversation.pk}/{verb}"


async def page(browser: Any, conversation: Conversation) -> str:
    html: str = (await browser.get(f"/desk/c/{conversation.pk}")).content.decode()
    return html


async def taken(browser: Any, conversation: Conversation) -> None:
    assert (await browser.post(url(conversation, "take"))).status_code == 204
    await conversation.arefresh_from_db()


async def test_ana_passes_to_bruno_who_accepts_by_writing(ana, bruno, at_desk, waiting, phone) -> None:
    anas, brunos = await at_desk(ana), await at_desk(bruno)
    await anas.post(url(waiting, "reply"), {"text": "Hola, Lucía"})
    answer = await anas.post(url(waiting, "transfer"), {"to": f"agent:{bruno.pk}", "note": "Sabe de freidoras"})
    assert answer.status_code == 204
    await waiting.arefresh_from_db()
    assert waiting.agent_id == bruno.pk
    assert (await waiting.handoffs.aget()).state == "assigned"
    assert "Te la han pasado" in await page(brunos, waiting)
    assert (await anas.post(url(waiting, "reply"), {"text": "Otra cosa"})).status_code == 409
    assert (await brunos.post(url(waiting, "reply"), {"text": "Sigo yo"})).status_code == 204
    assert (await waiting.handoffs.aget()).state == "active"
    await settled()
    told = await said(waiting, "system")
    assert "sigue contigo Bruno Sanz" in told[-2] and "hablas con Bruno Sanz" in told[-1]
    assert not any("freidoras" in sent.payload["text"] for sent in phone.sent)
    # Bruno has it now: what Ana did can no longer be taken back.
    assert (await anas.post(url(waiting, "undo"))).status_code == 422


async def test_a_pass_is_taken_back_before_it_is_accepted(ana, bruno, at_desk, waiting) -> None:
    browser = await at_desk(ana)
    await taken(browser, waiting)
    await browser.post(url(waiting, "transfer"), {"to": f"agent:{bruno.pk}"})
    assert 'id="do-undo"' in await page(browser, waiting)
    assert 'id="do-undo"' not in await page(await at_desk(bruno), waiting)
    assert (await (await at_desk(bruno)).post(url(waiting, "undo"))).status_code == 422
    assert (await browser.post(url(waiting, "undo"))).status_code == 204
    await waiting.arefresh_from_db()
    assert waiting.agent_id == ana.pk
    assert (await browser.post(url(waiting, "undo"))).status_code == 422


async def test_what_nobody_accepts_goes_back_to_the_queue(ana, bruno, at_desk, waiting, settings) -> None:
    browser = await at_desk(ana)
    await taken(browser, waiting)
    await browser.post(url(waiting, "transfer"), {"to": f"agent:{bruno.pk}"})
    settings.AGENT_SILENCE = timedelta(0)
    assert await on_database(watching.release_silent_agents) == 1
    await waiting.arefresh_from_db()
    assert waiting.owner == "queue"


@pytest.mark.parametrize("to", ["", "agent:", "agent:999999", "team:1", "agent:x", "bot", "agent:99999999999999"])
async def test_nobody_is_passed_to_nobody(ana, at_desk, waiting, to) -> None:
    browser = await at_desk(ana)
    await taken(browser, waiting)
    answer = await browser.post(url(waiting, "transfer"), {"to": to})
    assert answer.status_code == 422 and "Elige quién va a seguir" in answer.content.decode()
    await waiting.arefresh_from_db()
    assert waiting.agent_id == ana.pk


async def test_a_team_gets_it_through_the_queue(ana, bruno, at_desk, waiting) -> None:
    team = await Team.objects.acreate(name="Taller")
    browser = await at_desk(ana)
    await taken(browser, waiting)
    assert (await browser.post(url(waiting, "transfer"), {"to": f"team:{team.pk}", "note": "Motor"})).status_code == 204
    await waiting.arefresh_from_db()
    assert waiting.owner == "queue"
    html = await page(await at_desk(bruno), waiting)
    assert "Equipo Taller" in html and "Motor" in html
    assert (await browser.post(url(waiting, "undo"))).status_code == 204
    await waiting.arefresh_from_db()
    assert waiting.agent_id == ana.pk and "Equipo Taller" not in await page(browser, waiting)


async def test_the_customer_brings_back_what_was_put_aside(ana, at_desk, waiting, settings) -> None:
    browser = await at_desk(ana)
    await taken(browser, waiting)
    answer = await browser.post(url(waiting, "snooze"), {"until": "tomorrow", "note": "llamar al almacén"})
    assert answer.status_code == 204
    assert "Apartada hasta el" in await page(browser, waiting)
    # What is put aside is no silence.
    settings.AGENT_SILENCE = timedelta(0)
    assert await on_database(watching.release_silent_agents) == 0
    await on_database(say, waiting, Line("customer", "¿Alguna novedad?"))
    assert (await Snooze.objects.aget()).ended_by == "customer"
    assert "Apartada" not in await page(browser, waiting)


async def test_it_comes_back_at_its_time_with_what_was_to_be_done(ana, at_desk, waiting) -> None:
    browser = await at_desk(ana)
    await taken(browser, waiting)
    await browser.post(url(waiting, "snooze"), {"until": "hour", "note": "llamar al almacén"})
    assert await on_database(snoozing.wake_due) == 0
    await Snooze.objects.aupdate(until=timezone.now() - timedelta(seconds=1))
    assert await on_database(snoozing.wake_due) == 1
    assert await on_database(snoozing.wake_due) == 0
    html = await page(browser, waiting)
    assert "llamar al almacén" in html and "nota privada" in html
    await waiting.arefresh_from_db()
    assert waiting.agent_id == ana.pk


async def test_undo_ends_a_snooze_and_only_ones_own_is_put_aside(ana, bruno, at_desk, waiting) -> None:
    browser = await at_desk(ana)
    assert (await browser.post(url(waiting, "snooze"), {"until": "hour"})).status_code == 422
    await taken(browser, waiting)
    await browser.post(url(waiting, "snooze"), {"until": "reply"})
    assert "hasta que escriba el cliente" in await page(browser, waiting)
    assert (await browser.post(url(waiting, "undo"))).status_code == 204
    assert not await Snooze.objects.filter(ended_at=None).aexists()
    await browser.post(url(waiting, "snooze"), {"until": "reply"})
    assert (await (await at_desk(bruno)).post(url(waiting, "take_over"))).status_code == 204
    assert (await Snooze.objects.order_by("-pk").afirst()).ended_by == "owner"


@pytest.mark.parametrize("until", ["", "never", "2020-01-01T09:00", "2099-01-01T09:00", "2026-13-45T99:00", "\x00"])
async def test_a_time_that_is_none_is_refused(ana, at_desk, waiting, until) -> None:
    browser = await at_desk(ana)
    await taken(browser, waiting)
    assert (await browser.post(url(waiting, "snooze"), {"at": until})).status_code == 422
    assert not await Snooze.objects.aexists()


# A machine that is busy with something else draws slowly; that says nothing of the times.
@hypothesis.settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["hour", "afternoon", "tomorrow", "monday"]),
)
def test_a_named_time_is_to_come_and_at_its_hour_in_the_shop(now: datetime, name: str) -> None:
    when = moment(name, now)
    assert when is not None and now < when <= now + timedelta(days=7, hours=10)
    local = when.astimezone(SHOP_TIME)
    if name != "hour":
        assert (local.hour, local.minute) == ((16, 0) if name == "afternoon" else (9, 0))
    if name == "monday":
        assert local.weekday() == 0


def test_an_hour_that_the_clock_skips_is_still_a_time() -> None:
    # In Madrid the clock goes from 2:00 to 3:00 on 28 March 2027.
    assert moment("2027-03-28T02:30", datetime(2027, 3, 1, tzinfo=UTC)) is not None
    with pytest.raises(Refused):
        moment("2027-03-28T02:30", datetime(2027, 4, 1, tzinfo=UTC))


async def test_resolved_with_an_outcome_and_opened_again_as_it_was(ana, at_desk, waiting, phone) -> None:
    browser = await at_desk(ana)
    await taken(browser, waiting)
    await Conversation.objects.filter(pk=waiting.pk).aupdate(facts={"order": "LB-10401"}, asks="photo")
    assert (await browser.post(url(waiting, "resolve"), {"outcome": "fine"})).status_code == 422
    answer = await browser.post(url(waiting, "resolve"), {"note": "Etiqueta enviada", "outcome": "solved"})
    assert answer.status_code == 204
    assert (await Event.objects.aget(kind="outcome")).data == {"outcome": "solved"}
    assert 'id="do-undo"' in await page(browser, waiting)
    assert (await browser.post(url(waiting, "undo"))).status_code == 204
    await waiting.arefresh_from_db()
    assert (waiting.agent_id, waiting.facts, waiting.asks) == (ana.pk, {"order": "LB-10401"}, "photo")
    assert (await waiting.handoffs.aget()).state == Handoff.State.ACTIVE
    await settled()
    assert "hablas con Ana Ruiz" in phone.sent[-1].payload["text"]


async def test_once_the_customer_has_written_again_it_is_too_late(ana, at_desk, waiting) -> None:
    from bot.conversations.receive import receive
    from tests.desk.test_tools_files import inbound_from

    browser = await at_desk(ana)
    await taken(browser, waiting)
    await browser.post(url(waiting, "resolve"), {})
    identity = await Identity.objects.aget(pk=waiting.identity_id)
    await on_database(receive, inbound_from(identity, "Hola otra vez"))
    answer = await browser.post(url(waiting, "undo"))
    assert answer.status_code == 422 and "Ya no se puede deshacer" in answer.content.decode()
    await waiting.arefresh_from_db()
    assert waiting.owner == "bot"


def again(waiting: Conversation) -> Conversation:
    """Lucía writes about the same thing somewhere else."""
    other = begin("Lucía Romero", Line("customer", "Lo de la freidora"), handoff="no_answer")
    Identity.objects.filter(pk=other.identity_id).update(customer=waiting.identity.customer_id)
    other.refresh_from_db()
    return other


async def test_a_duplicate_ends_silently_and_comes_back_whole(ana, bruno, at_desk, waiting, phone) -> None:
    other = await on_database(again, waiting)
    browser = await at_desk(ana)
    await taken(browser, waiting)
    panel = (await browser.get(url(other, "passing"))).content.decode()
    assert str(waiting.pk) in panel and "Bruno Sanz" in panel
    assert (await browser.post(url(other, "join"), {"into": str(waiting.pk)})).status_code == 204
    await settled()
    await other.arefresh_from_db()
    assert other.owner == ""
    assert not any("cerrado" in sent.payload["text"] or "Unida" in sent.payload["text"] for sent in phone.sent)
    assert "Unida con" in await page(browser, waiting) and "Duplicada de" in await page(browser, other)
    assert (await browser.post(url(other, "undo"))).status_code == 204
    await other.arefresh_from_db()
    assert other.owner == "queue"
    assert (await other.handoffs.aget()).state == "queued"
    assert not await Join.objects.filter(undone_at=None).aexists()


async def test_who_goes_on_in_the_duplicate_reaches_the_same_agent(ana, at_desk, waiting) -> None:
    from bot.conversations.receive import receive
    from tests.desk.test_tools_files import inbound_from

    other = await on_database(again, waiting)
    browser = await at_desk(ana)
    await taken(browser, waiting)
    await browser.post(url(other, "join"), {"into": str(waiting.pk)})
    identity = await Identity.objects.aget(pk=other.identity_id)
    await on_database(receive, inbound_from(identity, "¿Y bien?"))
    await other.arefresh_from_db()
    assert other.agent_id == ana.pk


async def test_only_the_same_customers_open_conversations_are_joined(ana, bruno, at_desk, waiting) -> None:
    marc = await on_database(begin, "Marc", Line("customer", "Hola"), handoff="press")
    other = await on_database(again, waiting)
    browser = await at_desk(ana)
    for into in (str(marc.pk), str(waiting.pk), str(uuid4()), "x", ""):
        assert (await browser.post(url(waiting, "join"), {"into": into})).status_code == 422
    await taken(await at_desk(bruno), other)
    answer = await browser.post(url(waiting, "join"), {"into": str(other.pk)})
    assert answer.status_code == 409 and "Bruno Sanz" in answer.content.decode()


async def test_the_api_passes_puts_aside_and_undoes(ana, bruno, waiting) -> None:
    programme = await on_database(Programme, ana)
    address = f"/api/conversations/{waiting.pk}"
    await programme.post(f"{address}/take")
    assert (await programme.post(f"{address}/snooze", {"until": "hour"})).status_code == 200
    assert (await programme.post(f"{address}/undo")).status_code == 200
    body = (await programme.post(f"{address}/transfer", {"to": f"agent:{bruno.pk}", "note": "Tú sabes"})).json()
    assert body["owner"] == f"agent:{bruno.pk}" and body["handoffs"][-1]["state"] == "assigned"
    assert (await programme.post(f"{address}/undo")).json()["agent"] == "Ana Ruiz"
    refused = await programme.post(f"{address}/join", {"into": str(uuid4())})
    assert refused.status_code == 422
    assert (await programme.post(f"{address}/resolve", {"outcome": "answered"})).json()["owner"] is None


@pytest.fixture
def carmen(ana: Any) -> Any:
    """A supervisor."""
    from django.contrib.auth import get_user_model

    account = get_user_model().objects.create_user("carmen", first_name="Carmen", last_name="Gil")
    account.groups.add(Group.objects.get(name="supervisors"))
    return account


REPLY = {
    "title": "Otra etiqueta", "shortcut": "/etiqueta", "es": "Hola, {customer}: caso {case}, te escribe {agent}.",
    "en": "Hello {customer}: case {case}, {agent} writing.",
}  # fmt: skip


async def test_a_supervisor_writes_a_reply_and_an_agent_finds_it_filled_in(ana, carmen, at_desk, waiting) -> None:
    assert (await (await at_desk(ana)).post("/desk/replies", REPLY)).status_code == 403
    assert (await (await at_desk(carmen)).post("/desk/replies", REPLY)).status_code == 302
    browser = await at_desk(ana)
    assert "Otra etiqueta" in (await browser.get("/desk/replies")).content.decode()
    html = (await browser.get(url(waiting, "canned"), {"q": "/etiq"})).content.decode()
    assert "Hola, Lucía: caso {case}, te escribe Ana Ruiz." in html
    assert "el número del caso" in html
    # A gap is not sent to a customer by mistake, and what was written stays.
    answer = await browser.post(url(waiting, "reply"), {"text": "Caso {case}, Lucía"})
    assert answer.status_code == 422 and "el número del caso" in answer.content.decode()
    canned = await Canned.objects.aget()
    sent = await browser.post(url(waiting, "reply"), {"text": "Caso RT-1, Lucía", "canned": str(canned.pk)})
    assert sent.status_code == 204
    await canned.arefresh_from_db()
    assert canned.used == 1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"es": "Hola, {nombre}"}, "no es una variable"),
        ({"en": ""}, "Falta el texto en Inglés"),
        ({"shortcut": "con espacios"}, "El atajo tiene hasta"),
        ({"es": "ñ" * 5_000}, "5000 caracteres"),
    ],
)
async def test_a_reply_that_could_not_be_filled_in_stays_in_the_form(carmen, at_desk, change, told) -> None:
    answer = await (await at_desk(carmen)).post("/desk/replies", {**REPLY, **change})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert told in html and ("te escribe {agent}" in html or "Hello {customer}" in html)
    assert not await Canned.objects.aexists()


async def test_an_uncertain_delivery_is_never_repeated_blindly(ana, at_desk, waiting, phone) -> None:
    from bot.conversations.models import Delivery

    browser = await at_desk(ana)
    await browser.post(url(waiting, "reply"), {"text": "Te llamo luego"})
    await settled()
    delivery = await Delivery.objects.aget(message__text="Te llamo luego")
    await Delivery.objects.filter(pk=delivery.pk).aupdate(state="uncertain", next_part=0)
    before = len(phone.sent)
    answer = await browser.post(url(waiting, f"again/{delivery.pk}"))
    assert answer.status_code == 422 and "Nadie sabe si le ha llegado" in answer.content.decode()
    await settled()
    assert len(phone.sent) == before
    assert 'data-sure="1"' in await page(browser, waiting)
    assert (await browser.post(url(waiting, f"again/{delivery.pk}"), {"sure": "1"})).status_code == 204
    await settled()
    assert len(phone.sent) == before + 1
