"""One owner: whatever two agents do at once, and whatever one does with a colleague's conversation."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest

from bot.conversations.database import on_database
from bot.conversations.models import Conversation
from tests.desk.desk_cast import Line, begin, said, settled


def url(conversation: Conversation, verb: str) -> str:
    return f"/desk/c/{conversation.pk}/{verb}"


async def test_of_two_agents_at_once_one_gets_the_conversation(ana, bruno, at_desk, phone) -> None:
    browsers = [await at_desk(ana), await at_desk(bruno)]
    names = {ana.pk: "Ana Ruiz", bruno.pk: "Bruno Sanz"}
    for number in range(6):
        conversation = await on_database(begin, f"Marc {number}", Line("customer", "Ayuda"), handoff="press")
        answers = await asyncio.gather(*(browser.post(url(conversation, "take")) for browser in browsers))
        await settled()
        assert sorted(answer.status_code for answer in answers) == [204, 409]
        await conversation.arefresh_from_db()
        winner = names[conversation.agent_id]
        lost = next(answer for answer in answers if answer.status_code == 409)
        assert f"{winner} tiene esta conversación" in lost.content.decode()
        joined = [text for text in await said(conversation, "system") if winner in text]
        assert len(joined) == 1


async def test_taking_again_changes_nothing(ana, at_desk, waiting) -> None:
    browser = await at_desk(ana)
    assert (await browser.post(url(waiting, "take"))).status_code == 204
    await waiting.arefresh_from_db()
    epoch, last = waiting.epoch, waiting.last_seq
    assert (await browser.post(url(waiting, "take"))).status_code == 204
    await waiting.arefresh_from_db()
    assert (waiting.epoch, waiting.last_seq) == (epoch, last)


async def test_ana_takes_writes_and_returns_and_bruno_sees_what_she_left(ana, bruno, at_desk, waiting, phone) -> None:
    browser = await at_desk(ana)
    before = waiting.epoch
    assert (await browser.post(url(waiting, "take"))).status_code == 204
    assert (await browser.post(url(waiting, "reply"), {"text": "Hola, Lucía. Soy Ana."})).status_code == 204
    assert (await browser.post(url(waiting, "note"), {"text": "Llamar el lunes"})).status_code == 204
    assert (await browser.post(url(waiting, "return"), {"note": "Etiqueta enviada"})).status_code == 204
    await settled()
    await waiting.arefresh_from_db()
    assert waiting.owner == "bot"
    assert waiting.epoch == before + 2
    page = (await (await at_desk(bruno)).get(url(waiting, "")[:-1])).content.decode()
    assert "Hola, Lucía. Soy Ana." in page
    assert "Llamar el lunes" in page
    assert "Etiqueta enviada" in page
    told = " ".join(sent.payload["text"] for sent in phone.sent)
    assert "Hola, Lucía. Soy Ana." in told
    assert "Llamar el lunes" not in told
    assert "Etiqueta enviada" not in told


@pytest.mark.parametrize("verb", ["reply", "return", "release", "resolve", "take"])
async def test_a_colleagues_conversation_is_left_alone(ana, bruno, at_desk, waiting, verb) -> None:
    await (await at_desk(bruno)).post(url(waiting, "take"))
    await waiting.arefresh_from_db()
    epoch, last = waiting.epoch, waiting.last_seq
    answer = await (await at_desk(ana)).post(url(waiting, verb), {"text": "Yo sigo", "note": "mía"})
    assert answer.status_code == 409
    assert "Bruno Sanz tiene esta conversación" in answer.content.decode()
    await waiting.arefresh_from_db()
    assert (waiting.epoch, waiting.last_seq, waiting.agent_id) == (epoch, last, bruno.pk)


async def test_a_colleagues_conversation_can_be_taken_over_on_purpose(ana, bruno, at_desk, waiting) -> None:
    await (await at_desk(bruno)).post(url(waiting, "take"))
    page = (await (await at_desk(ana)).get(url(waiting, "")[:-1])).content.decode()
    assert "la tiene Bruno Sanz" in page
    assert 'id="do-take-over"' in page
    assert 'id="do-resolve"' not in page
    assert (await (await at_desk(ana)).post(url(waiting, "take_over"))).status_code == 204
    await waiting.arefresh_from_db()
    assert waiting.agent_id == ana.pk


async def test_the_same_text_sent_twice_under_one_key_is_one_message(ana, at_desk, waiting) -> None:
    browser, key = await at_desk(ana), str(uuid4())
    answers = await asyncio.gather(
        *(browser.post(url(waiting, "reply"), {"text": "Ya está", "key": key}) for _ in range(4))
    )
    assert {answer.status_code for answer in answers} == {204}
    assert await said(waiting) == ["Ya está"]


async def test_two_returns_at_once_are_one(ana, at_desk, waiting) -> None:
    browser = await at_desk(ana)
    await browser.post(url(waiting, "take"))
    answers = await asyncio.gather(*(browser.post(url(waiting, "return"), {"note": "lista"}) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {204}
    await waiting.arefresh_from_db()
    assert waiting.owner == "bot"
    assert await said(waiting) == ["lista"]
