"""Take it with you: a conversation goes on at another channel with all that belongs to it, once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.utils import timezone

from bot.conversations import codes, ownership, turns
from bot.conversations.database import on_database
from bot.conversations.models import Identity, Merge, Message, Move
from bot.conversations.receive import receive
from bot.dialogue.base import Answer, Option, Reply
from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from channels.base import ChannelError
from tests.conversations.moves import Phone, ask_for_code, code_in, everything, move_to, press_on
from tests.conversations.people import Page, inbound

pytestmark = pytest.mark.usefixtures("every_channel")


async def test_the_same_conversation_goes_on_elsewhere(page: Any, lucia: Phone, engine: ScriptedDialogue) -> None:
    web = await page()
    await web.say("quiero devolver la freidora")
    await move_to(web, lucia)
    await lucia.say("porque hace ruido")
    assert [(str(q.conversation), q.text, q.channel) for q in engine.asked] == [
        (str(web.conversation), "quiero devolver la freidora", "web"),
        (str(web.conversation), "porque hace ruido", "memory"),
    ], "the words about moving never reach the dialogue"
    assert engine.asked[1].identity == "memory:lucia" and not engine.asked[1].fresh
    assert "no tienes que repetir nada" in lucia.heard()[0]
    assert lucia.heard()[-1] == "bot: porque hace ruido"


async def test_the_old_channel_says_where_it_went_and_shows_no_more(page: Any, lucia: Phone) -> None:
    web = await page()
    await move_to(web, lucia)
    await lucia.say("mi dirección es Calle Mayor 1")
    shown = await web.read()
    assert "sigue en Memory" in shown["messages"][-1]["text"]
    assert (shown["moved_to"], shown["owner"], shown["pending"]) == ("memory", None, False)
    assert "Calle Mayor" not in str(shown), "what is said on one channel is not shown on another"


async def test_the_open_question_is_asked_again_and_answered_by_its_number(page: Any, lucia: Phone) -> None:
    options = (Option("La recogéis", "/pick{pickup}"), Option("La llevo yo", "/pick{shop}"))
    script = Answer((Reply("¿Cómo nos la mandas?", options, asks="pickup"),))
    with standing_in(ScriptedDialogue(lambda question: script)) as engine:
        assert isinstance(engine, ScriptedDialogue)
        web = await page()
        await web.say("quiero devolver la freidora")
        await move_to(web, lucia)
        assert lucia.heard()[-1] == "¿Cómo nos la mandas?"
        await lucia.say("2")
        assert engine.asked[-1].payload == "/pick{shop}"
        assert (await web.reload()).asks == "pickup"


async def test_a_code_works_once(page: Any, lucia: Phone, marc: Phone) -> None:
    web = await page()
    code = await ask_for_code(web)
    await lucia.say(f"Seguir aquí: {code.lower().replace('-', ' ')}")
    await marc.say(code)
    assert (await web.reload()).identity_id == (await lucia.identity()).pk
    assert "no sirve" in marc.heard()[-1]
    assert await Merge.objects.acount() == 1, "whoever comes late is not the same customer"


async def test_of_two_at_once_one_gets_it(page: Any, lucia: Phone, marc: Phone) -> None:
    web = await page()
    code = await ask_for_code(web)
    await asyncio.gather(lucia.write(code), marc.write(code))
    await everything()
    heard = [person.heard()[-1] for person in (lucia, marc)]
    assert sorted("no tienes que repetir" in text for text in heard) == [False, True]
    assert sorted("no sirve" in text for text in heard) == [False, True]
    assert await Move.objects.exclude(used_at=None).acount() == 1


async def test_the_same_delivery_again_moves_nothing_twice(page: Any, lucia: Phone) -> None:
    web = await page()
    event = inbound(await ask_for_code(web), "the-same-event")
    first = await on_database(receive, event)
    again = await on_database(receive, event)
    assert again.duplicate and again.message == first.message
    await everything()
    assert len(lucia.heard()) == 1


@pytest.mark.parametrize("why", ["too old", "used", "withdrawn", "another channel's", "unknown"])
async def test_a_code_that_does_not_work_says_the_same_whatever_the_reason(
    page: Any, lucia: Phone, marc: Phone, why: str
) -> None:
    web = await page()
    code = await ask_for_code(web)
    offers = Move.objects.filter(conversation=web.conversation)
    if why == "too old":
        await offers.aupdate(expires_at=timezone.now())
    elif why == "used":
        await marc.say(code)
    elif why == "withdrawn":
        await ask_for_code(web)
    elif why == "another channel's":
        await offers.aupdate(channel="telegram")
    else:
        code = "2222-ZZZZ"
    await lucia.say(code)
    assert lucia.heard() == [
        "Ese código no sirve: cada uno dura 15 minutos y vale una sola vez y solo en el canal para el que se dio. "
        "Pide otro donde nos estabas escribiendo."
    ]
    assert (await web.reload()).identity_id != (await lucia.identity()).pk


async def test_after_too_many_wrong_codes_the_right_one_does_not_work_either(page: Any, marc: Phone) -> None:
    web = await page()
    for number in range(codes.TRIES):
        await marc.say(f"22{number + 2}2-ABCD")
    await marc.say(await ask_for_code(web))
    assert (await web.reload()).channel == "web"
    assert len(set(marc.heard())) == 1, "from the answers nobody learns when the limit was reached"


async def test_an_article_number_is_not_a_wrong_code(lucia: Phone, engine: ScriptedDialogue) -> None:
    await lucia.say("la pieza que se ha roto lleva el número AB23-CD45 y quiero saber si es desgaste")
    assert len(engine.asked) == 1


async def test_a_turn_under_way_ends_where_the_customer_is_now(
    page: Any, lucia: Phone, engine: ScriptedDialogue
) -> None:
    web = await page()
    code = await ask_for_code(web)
    engine.gate.clear()
    await web.post({"client_id": "in-flight-1", "text": "¿cuánto tengo?"})
    await engine.thinking.wait()
    moved = await lucia.write(code)
    engine.gate.set()
    await everything(moved)
    assert lucia.heard()[-1] == "bot: ¿cuánto tengo?"
    assert await web.said("bot") == [] and len(engine.asked) == 1


async def test_what_waits_to_be_sent_goes_along_and_what_has_begun_ends_where_it_began(
    page: Any, lucia: Phone, phone: Any, engine: ScriptedDialogue
) -> None:
    web = await page()
    await move_to(web, lucia)
    await lucia.say("seguir en la web")
    code = _code(lucia)
    phone.fail_next(ChannelError("retry", "busy"))
    begun = await lucia.write("hola")
    await turns.run(begun.conversation_id)
    await web.say(code)
    assert (await web.reload()).channel == "web"
    assert await web.said("bot") == ["bot: hola"], "the reply that had not left is read on the page"
    assert "bot: hola" not in lucia.heard()


def _code(phone: Phone) -> str:
    return code_in(phone.heard()[-1])


async def test_a_provider_call_under_way_is_not_repeated_elsewhere(
    page: Any, lucia: Phone, phone: Any, engine: ScriptedDialogue
) -> None:
    web = await page()
    await move_to(web, lucia)
    await lucia.say("seguir en la web")
    code = _code(lucia)
    calling, go = asyncio.Event(), asyncio.Event()
    send = phone.send

    async def slow(part: Any) -> Any:
        calling.set()
        await go.wait()
        return await send(part)

    phone.send = slow
    begun = await lucia.write("hola")
    run = asyncio.create_task(turns.run(begun.conversation_id))
    await calling.wait()
    body = {"client_id": "code-while-sending", "text": code}
    assert (await web.post(body)).status_code == 202
    go.set()
    await run
    await everything()
    assert lucia.heard().count("bot: hola") == 1
    assert await web.said("bot") == []
    line = await Message.objects.select_related("delivery").aget(text="bot: hola")
    assert line.delivery.state == "delivered"


async def test_an_agent_who_is_writing_answers_on_the_new_channel(page: Any, lucia: Phone, ana: Any) -> None:
    web = await page()
    await on_database(ownership.take, web.conversation, ana.pk, agent_name="Ana Ruiz")
    before = await web.reload()
    await move_to(web, lucia)
    after = await web.reload()
    assert (after.owner, after.epoch) == (before.owner, before.epoch), "moving changes no owner"
    assert "Ana Ruiz sigue contigo" in lucia.heard()[0]
    await on_database(ownership.reply, web.conversation, ana.pk, "¿Te va bien el martes?", agent_name="Ana Ruiz")
    await everything()
    assert lucia.heard()[-1] == "¿Te va bien el martes?"
    assert await web.said("agent") == []


async def test_the_place_in_the_queue_is_kept_and_can_be_left_there(
    page: Any, lucia: Phone, engine: ScriptedDialogue
) -> None:
    web = await page()
    await on_database(ownership.request, web.conversation, "asked_for_person", "bot")
    await move_to(web, lucia)
    assert "Conservas tu sitio en la cola" in lucia.heard()[0]
    await lucia.press("Seguir con el asistente")
    assert (await web.reload()).owner == "bot" and engine.asked == []


async def test_a_conversation_with_a_person_there_does_not_lose_its_customer(
    page: Any, lucia: Phone, engine: ScriptedDialogue
) -> None:
    there = await lucia.say("hola")
    await on_database(ownership.request, there.conversation_id, "asked_for_person", "bot")
    web = await page()
    code = await ask_for_code(web)
    await lucia.say(code)
    assert "ya esperas a una persona" in lucia.heard()[-1]
    assert (await web.reload()).channel == "web"
    await on_database(ownership.leave_queue, there.conversation_id)
    await lucia.say(code)
    assert (await web.reload()).channel == "memory", "the code was still good"


async def test_nothing_moves_to_where_nothing_may_be_sent(page: Any, lucia: Phone) -> None:
    await lucia.say("hola")
    await Identity.objects.filter(external_id="lucia").aupdate(stopped="blocked")
    web = await page()
    await lucia.say(await ask_for_code(web))
    assert (await web.reload()).channel == "web"


async def test_a_resolved_conversation_that_moves_is_open_again(page: Any, lucia: Phone) -> None:
    web = await page()
    code = await ask_for_code(web)
    await on_database(ownership.resolve, web.conversation, "agent:1")
    await lucia.say(code)
    conversation = await web.reload()
    assert (conversation.channel, conversation.owner, conversation.episode) == ("memory", "bot", 2)


async def test_continue_elsewhere_asks_where(page: Any, lucia: Phone) -> None:
    web = await page("en")
    await web.say("continue elsewhere")
    line = (await web.read())["messages"][-1]
    assert line["text"] == "Where would you like to go on?"
    assert [choice["label"] for choice in line["choices"]] == [
        "WhatsApp",
        "Telegram",
        "Mail",
        "Messenger",
        "Instagram",
        "Memory",
    ]
    await web.say("memory")
    assert "write this code to us there" in (await web.said("system"))[-1]


async def test_the_bot_can_offer_the_button(page: Any, lucia: Phone) -> None:
    options = (Option("Seguir en Memory", "gateway:continue:memory"),)
    with standing_in(
        ScriptedDialogue(lambda question: Answer((Reply("¿Seguimos en otro sitio?", options),)))
    ) as engine:
        assert isinstance(engine, ScriptedDialogue)
        web = await page()
        await web.say("me tengo que ir")
        await press_on(web, "Seguir en Memory")
        assert "escríbenos allí este código" in (await web.said("system"))[-1]
        assert len(engine.asked) == 1


async def test_a_signed_link_moves_it_to_a_page_once(page: Any, lucia: Phone, async_client: Any) -> None:
    await lucia.say("seguir en la web")
    token = lucia.heard()[-1].split("#")[1].split()[0]
    laptop: Page = await page()
    library: Page = await page()

    async def open_at(where: Page, what: str) -> Any:
        headers = {"authorization": f"Bearer {where.token}"}
        return await where.client.post(
            "/web/continue", {"token": what}, content_type="application/json", headers=headers
        )

    assert (await laptop.client.get("/continue")).status_code == 200, "looking at the page changes nothing"
    assert (await open_at(laptop, token[:-2] + "xx")).status_code == 409
    first, again = await open_at(laptop, token), await open_at(laptop, token)
    assert (first.status_code, again.json()) == (200, first.json())
    assert (await open_at(library, token)).status_code == 409
    assert "no tienes que repetir nada" in (await laptop.said("system"))[-1]
    assert (await Merge.objects.aget()).proof == "link"
    assert (await open_at(laptop, "x" * 999)).status_code == 422
