"""Marc wants to be called: when, by whom, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from urllib.parse import parse_qs, urlencode
from zoneinfo import ZoneInfo

import httpx
import pytest
from django.test import AsyncClient
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversations import notices
from bot.conversations.calls import tasks
from bot.conversations.calls.tasks import BadCall, inside_hours, normal_phone
from bot.conversations.database import on_database
from bot.conversations.models import CallBack, Event
from bot.conversations.webhooks import take_in
from bot.dialogue.base import Answer, Command, Question, Reply
from bot.dialogue.scripted import ScriptedDialogue
from channels import registry
from channels.memory.adapter import MemoryAdapter
from channels.voice.calls import Telephone
from tests.channels.standins import Twilio
from tests.channels.twilio_account import PUBLIC, SID, TOKEN, signed
from tests.conversations.people import inbound, settled

MADRID = ZoneInfo("Europe/Madrid")
FROM, ANA_PHONE, MARC_PHONE = "+34900111222", "+34600999888", "+34600111333"


@pytest.mark.parametrize(
    "said, number",
    [("600 111 333", MARC_PHONE), ("+34 600-111-333", MARC_PHONE), ("0034600111333", MARC_PHONE),
     ("+44 20 7946 0958", "+442079460958")],
)  # fmt: skip
def test_a_phone_is_understood_as_it_is_written(said: str, number: str) -> None:
    assert normal_phone(said) == number


@pytest.mark.parametrize("said", ["", "112", "no tengo", "+34 12", "600 111 33", "+99 600111333"])
def test_what_cannot_be_called_is_refused(said: str) -> None:
    with pytest.raises(BadCall):
        normal_phone(said)


@settings(max_examples=150, deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC)),
    st.none() | st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 1), timezones=st.just(UTC)),
)
def test_a_call_is_always_inside_the_hours_and_never_before_it_was_asked_for(
    now: datetime, wanted: datetime | None
) -> None:
    due = inside_hours(wanted, now)
    assert notices.hours.open_now(due)
    assert due >= now and (wanted is None or due >= wanted)


def test_a_call_asked_for_on_saturday_night_is_made_on_monday() -> None:
    night = datetime(2026, 11, 21, 23, tzinfo=MADRID).astimezone(UTC)
    due = inside_hours(None, night).astimezone(MADRID)
    assert (due.isoweekday(), due.date().isoformat()) == (1, "2026-11-23")
    assert notices.will_call("es", MARC_PHONE, due).startswith(f"Te llamaremos al {MARC_PHONE} ")


@pytest.fixture
def twilio(monkeypatch: pytest.MonkeyPatch) -> Iterator[Twilio]:
    stand_in = Twilio()
    ours = Telephone(SID, [TOKEN], FROM, PUBLIC, transport=stand_in.transport)
    monkeypatch.setattr(registry, "telephone", lambda: ours)
    yield stand_in


async def asked(text: str = "llamadme") -> CallBack:
    """Marc asks for a call on the in-memory channel."""
    await take_in([inbound(text, "1", sender="marc")])
    await settled()
    return await CallBack.objects.aget()


def call_me(question: Question) -> Answer:
    command = Command("call_back", {"phone": question.text.removeprefix("llamadme ") or "", "about": "la garantía"})
    return Answer((Reply("De acuerdo."),), commands=(command,))


async def test_the_dialogue_asks_for_a_call_and_the_customer_is_told_when(
    engine: ScriptedDialogue, phone: MemoryAdapter
) -> None:
    engine._script = call_me
    call = await asked("llamadme 600 111 333")
    assert (call.phone, call.about, call.state) == (MARC_PHONE, "la garantía", "wanted")
    first, second = (part.payload["text"] for part in phone.sent)
    assert first == "De acuerdo." and second.startswith(f"Te llamaremos al {MARC_PHONE}")
    assert notices.hours.open_now(call.due_at)


async def test_a_number_that_cannot_be_called_is_asked_for_again(
    engine: ScriptedDialogue, phone: MemoryAdapter
) -> None:
    engine._script = call_me
    await take_in([inbound("llamadme mañana", "1", sender="marc")])
    await settled()
    assert not await CallBack.objects.aexists()
    assert "prefijo" in phone.sent[-1].payload["text"]


async def test_asking_twice_is_one_call_with_the_last_number(engine: ScriptedDialogue, phone: MemoryAdapter) -> None:
    engine._script = call_me
    call = await asked("llamadme 600 111 333")
    for event, number in (("2", "600 111 333"), ("3", "600 111 444")):
        await take_in([inbound(f"llamadme {number}", event, sender="marc")])
        await settled()
    again = await CallBack.objects.aget()
    told = [part for part in phone.sent if "Te llamaremos" in part.payload["text"]]
    assert len(told) == 2, "asking for the same again is not told again"
    assert (again.pk, again.phone) == (call.pk, "+34600111444")


class TestWithTwilio:
    @pytest.fixture
    async def call(self, engine: ScriptedDialogue, phone: MemoryAdapter, twilio: Twilio, ana: Any) -> CallBack:
        engine._script = call_me
        call = await asked("llamadme 600 111 333")
        return await on_database(tasks.begin, call.pk, ana.pk, ANA_PHONE)

    async def test_the_agent_is_rung_first_and_then_the_customer(self, call: CallBack, twilio: Twilio) -> None:
        await tasks.connect(call)
        (request,) = [each for each in twilio.calls if each.url.path.endswith("/Calls.json")]
        form = parse_qs(request.content.decode())
        assert (form["To"], form["From"]) == ([ANA_PHONE], [FROM])
        assert form["StatusCallbackEvent"] == ["initiated", "ringing", "answered", "completed"]
        (twiml,) = form["Twiml"]
        assert f">{MARC_PHONE}</Number>" in twiml and 'answerOnBridge="true"' in twiml
        assert f"{PUBLIC}/calls/status?call={call.reference}&amp;leg=customer" in twiml
        present = await CallBack.objects.aget()
        assert (present.state, present.call_id, present.attempt) == ("calling", f"CA{1:032x}", 1)

    async def report(self, call: CallBack, leg: str, status: str, seconds: int = 0, **more: Any) -> int:
        path = f"/calls/status?call={more.get('reference', call.reference)}&leg={leg}"
        form = {"CallSid": "CA1", "CallStatus": status, "AccountSid": SID, "CallDuration": str(seconds)}
        request = signed(urlencode(form).encode(), path=path, token=more.get("token", TOKEN))
        answer = await AsyncClient().post(
            path, request.body, content_type="application/x-www-form-urlencoded", headers=request.headers
        )
        return int(answer.status_code)

    async def state(self) -> str:
        return (await CallBack.objects.aget()).state

    async def test_a_call_is_followed_to_its_end(self, call: CallBack) -> None:
        steps = [("agent", "ringing", "calling"), ("agent", "in-progress", "calling"),
                 ("customer", "ringing", "ringing"), ("customer", "in-progress", "talking"),
                 ("customer", "completed", "done"), ("agent", "completed", "done")]  # fmt: skip
        for leg, status, state in steps:
            assert await self.report(call, leg, status, seconds=73) == 200
            assert await self.state() == state
        done = await CallBack.objects.aget()
        assert done.seconds == 73 and done.closed_at
        log = Event.objects.filter(conversation=done.conversation_id, kind="call").order_by("pk")
        kinds = [event.data["verb"] async for event in log]
        assert kinds == ["asked", "calling", "ringing", "talking", "done"]

    async def test_reports_in_any_order_and_repeated_end_the_same(self, call: CallBack) -> None:
        statuses = ("initiated", "ringing", "in-progress", "completed")
        for order in permutations(statuses):
            await CallBack.objects.aupdate(state="calling", closed_at=None, seconds=0)
            for status in (*order, *order):
                assert await self.report(call, "customer", status) == 200
            assert await self.state() == "done", order

    @pytest.mark.parametrize(
        "leg, status, state",
        [("customer", "busy", "missed"), ("customer", "no-answer", "missed"), ("customer", "failed", "failed"),
         ("agent", "no-answer", "wanted"), ("agent", "busy", "wanted")],
    )  # fmt: skip
    async def test_who_was_not_reached_is_called_again(
        self, call: CallBack, ana: Any, leg: str, status: str, state: str
    ) -> None:
        assert await self.report(call, leg, status) == 200
        assert await self.state() == state
        again = await on_database(tasks.begin, call.pk, ana.pk, ANA_PHONE)
        assert again.attempt == 2
        assert await self.report(call, "customer", "completed") == 200, "late news of the first try"
        assert await self.state() == "calling"

    async def test_a_report_that_twilio_did_not_sign_changes_nothing(self, call: CallBack) -> None:
        assert await self.report(call, "customer", "completed", token="somebody-elses") == 403
        assert await self.report(call, "customer", "completed", reference="no-such-call.1") == 200
        assert await self.report(call, "customer", "of-tomorrow") == 200
        assert await self.state() == "calling"

    async def test_nobody_knows_whether_it_rang(self, call: CallBack, twilio: Twilio) -> None:
        twilio.next_answers(httpx.ReadTimeout("", request=httpx.Request("POST", "https://api.twilio.com")))
        await tasks.connect(call)
        assert await self.state() == "uncertain"
        assert len(twilio.calls) == 1, "not placed again"
        assert await self.report(call, "customer", "in-progress") == 200
        assert await self.state() == "talking", "Twilio told us after all"

    async def test_of_two_agents_at_once_one_calls(self, call: CallBack, bruno: Any) -> None:
        with pytest.raises(BadCall):
            await on_database(tasks.begin, call.pk, bruno.pk, ANA_PHONE)

    async def test_a_refusal_is_shown_and_can_be_tried_again(self, call: CallBack, twilio: Twilio, ana: Any) -> None:
        twilio.next_answers(httpx.Response(400, json={"code": 21211, "message": "no", "status": 400}))
        await tasks.connect(call)
        present = await CallBack.objects.aget()
        assert (present.state, present.problem) == ("failed", "21211")
        assert (await on_database(tasks.begin, call.pk, ana.pk, ANA_PHONE)).attempt == 2


async def test_without_a_telephone_the_agent_says_how_it_ended(
    engine: ScriptedDialogue, phone: MemoryAdapter, ana: Any
) -> None:
    engine._script = call_me
    call = await asked("llamadme 600 111 333")
    assert (await on_database(tasks.close, call.pk, f"agent:{ana.pk}", "missed")).closed_at is None
    assert (await on_database(tasks.close, call.pk, f"agent:{ana.pk}", "done", "Todo claro")).closed_at
    again = await asked_again()
    assert again.pk != call.pk


async def asked_again() -> CallBack:
    await take_in([inbound("llamadme 600 111 333", "9", sender="marc")])
    await settled()
    return await CallBack.objects.aget(closed_at=None)
