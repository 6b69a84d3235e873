"""Back again: the channel that a conversation has left can ask for it, and can say that it was not its customer."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from bot.conversations import move_requests, moving, turns
from bot.conversations.models import Conversation, Event, Identity, Merge, Message, Move
from bot.dialogue.base import Answer, Reply
from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from tests.conversations.moves import Phone, everything, move_to, press_on

pytestmark = pytest.mark.usefixtures("every_channel")


async def test_writing_where_it_left_begins_another_and_continue_here_brings_it_back(
    page: Any, lucia: Phone, engine: ScriptedDialogue
) -> None:
    web = await page()
    await web.say("quiero devolver la freidora")
    await move_to(web, lucia)
    seen = (await web.read())["messages"][-1]["seq"]
    await web.say("hola")
    other = await Conversation.objects.exclude(pk=web.conversation).aget(identity__channel="web")
    assert engine.asked[-1].conversation == other.pk and engine.asked[-1].fresh
    news = (await web.read(seen))["messages"]
    assert [line["author"] for line in news] == ["customer", "system", "bot"], "a page that resumes misses nothing"
    assert "sigue en Memory" in news[1]["text"]

    await web.say("seguir aquí")
    await everything()
    assert "Te lo he preguntado en Memory" in (await web.said("system"))[-1]
    assert (await web.reload()).channel == "memory", "whoever sits at the old page cannot fetch it alone"
    last = (await web.read())["messages"][-1]["seq"]
    await lucia.press("Sí, seguir allí")
    assert (await web.reload()).channel == "web"
    await web.say("por cambio de opinión")
    assert engine.asked[-1].conversation == web.conversation and not engine.asked[-1].fresh
    assert [line["text"] for line in (await web.read(last))["messages"]][-1] == "bot: por cambio de opinión"


async def test_the_present_channel_can_say_no(page: Any, lucia: Phone) -> None:
    web = await page()
    await move_to(web, lucia)
    for _ in range(3):
        await web.say("continue here")
    await everything()
    assert sum("¿Eres tú?" in text for text in lucia.heard()) == 1, "asking again and again does not pester"
    await lucia.press("No, seguir aquí")
    assert (await web.reload()).channel == "memory"
    await lucia.press("Sí, seguir allí")
    assert (await web.reload()).channel == "memory", "after a no the yes is no longer good"
    for _ in range(5):
        await web.say("continue here")
        await everything()
        await lucia.press("No, seguir aquí")
    assert sum("¿Eres tú?" in text for text in lucia.heard()) == move_requests.QUESTIONS


async def test_back_with_one_press(page: Any, lucia: Phone, engine: ScriptedDialogue) -> None:
    web = await page()
    await web.say("quiero devolver la freidora")
    await move_to(web, lucia)
    await lucia.press("Volver a la web")
    assert (await web.reload()).channel == "web"
    assert "no tienes que repetir nada" in (await web.said("system"))[-1]
    await web.say("ya estoy")
    assert not engine.asked[-1].fresh
    await lucia.press("Volver a la web")
    assert (await web.reload()).channel == "web"


async def test_somebody_else_took_it_and_the_customer_gets_it_back_without_what_was_said_there(
    page: Any, marc: Phone, engine: ScriptedDialogue
) -> None:
    answer = Answer((Reply("Tu pedido LB-10403"),), facts={"order": "LB-10403"})
    web = await page()
    await move_to(web, marc)
    with standing_in(ScriptedDialogue(lambda question: answer)):
        await marc.say("mi pedido es el 10403")
    assert (await web.reload()).facts == {"order": "LB-10403"}
    before = await web.reload()
    await press_on(web, "No he sido yo")
    after = await web.reload()
    assert (after.channel, after.facts, after.fresh) == ("web", {}, True)
    assert after.epoch > before.epoch, "what is being composed for the other place is dropped"
    assert "10403" not in str(await web.read())
    assert "sigue otra vez en el chat de la web" in marc.heard()[-1]
    merge = await Merge.objects.aget()
    assert merge.undone_by == "customer"
    one, other = [identity async for identity in Identity.objects.order_by("pk")]
    assert one.customer_id != other.customer_id
    note = await Message.objects.aget(conversation=web.conversation, note=True)
    assert "otra persona" in note.text


async def test_a_reply_for_the_other_place_is_dropped_when_the_move_is_undone(
    page: Any, marc: Phone, engine: ScriptedDialogue
) -> None:
    web = await page()
    await move_to(web, marc)
    engine.gate.clear()
    begun = await marc.write("¿qué pedidos tengo?")
    run = asyncio.create_task(turns.run(begun.conversation_id))
    await engine.thinking.wait()
    await press_on(web, "No he sido yo")
    engine.gate.set()
    await run
    await everything()
    assert await web.said("bot") == [] and "bot: ¿qué pedidos tengo?" not in marc.heard()
    await everything()
    assert len(engine.asked) == 1, "and it is not answered later at the wrong place"


async def test_the_button_of_an_old_move_does_nothing(page: Any, lucia: Phone) -> None:
    web = await page()
    await move_to(web, lucia)
    await Move.objects.aupdate(used_at=timezone.now() - moving.RECOVERABLE - timedelta(seconds=1))
    lines = (await web.read())["messages"]
    choice = lines[-1]["choices"][0]
    await web.say("", choice=choice["id"])
    assert (await web.reload()).channel == "memory"


async def test_every_step_is_in_the_log(page: Any, lucia: Phone) -> None:
    web = await page()
    await move_to(web, lucia)
    await press_on(web, "No he sido yo")
    steps = Event.objects.filter(conversation=web.conversation, kind="move").order_by("pk")
    assert [event.data["verb"] async for event in steps] == ["offer", "move", "undo"]
