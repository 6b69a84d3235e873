"""Several tabs, no network, a lost answer: every message once, in order, and everywhere the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from playwright.async_api import Route, expect

from bot.conversations import ownership, signals
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Delivery, Event, Message
from bot.conversations.writing import append, lock
from bot.dialogue.scripted import ScriptedDialogue
from tests.widget.customers import Opener


async def test_two_tabs_are_one_conversation_in_step(customer: Opener, engine: ScriptedDialogue) -> None:
    one = await customer()
    two = await (await customer.tab(one.page.context)).open()
    await one.write("Desde la primera")
    await two.hears("Dices: Desde la primera")
    await two.write("Desde la segunda")
    await one.hears("Dices: Desde la segunda")
    await asyncio.gather(*(tab.write(f"a la vez {name}") for tab, name in ((one, "A"), (two, "B"))))
    for tab in (one, two):
        await tab.hears("a la vez A")
        await tab.hears("a la vez B")
    await two.page.bring_to_front()
    await expect(two.log.locator("li.row.customer")).to_have_count(4)
    await expect(one.log.locator("li.row.customer")).to_have_count(4)
    texts = ("Desde la primera", "Desde la segunda", "vez A", "vez B")

    async def all_answered() -> bool:
        return all(any(text in question.text for question in engine.asked) for text in texts)

    # Both tabs show a line before the shop has it.
    await two.until(all_answered, "the answer to all four")
    await expect(one.log.locator("li.row.bot").last).to_contain_text("vez", timeout=20_000)
    assert await Conversation.objects.acount() == 1
    assert await Message.objects.filter(author="customer").acount() == 4
    said = "\n".join(question.text for question in engine.asked)
    assert all(said.count(text) == 1 for text in texts)


async def test_when_the_leading_tab_closes_the_other_goes_on(customer: Opener) -> None:
    one = await customer()
    await one.write("Hola")
    await one.hears("Dices: Hola")
    two = await (await customer.tab(one.page.context)).open()
    await two.hears("Dices: Hola")
    await one.page.close()
    await two.write("Sigo aquí")
    await two.hears("Dices: Sigo aquí")


async def test_offline_and_back(customer: Opener) -> None:
    lucia = await customer()
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola")
    await lucia.page.context.set_offline(True)
    await lucia.write("Primera sin red")
    await lucia.write("Segunda sin red")
    await expect(lucia.panel.get_by_text("Sin conexión. Lo que escribas se enviará")).to_be_visible()
    await lucia.picture("offline")
    # Meanwhile an agent takes over and writes.
    ana = await get_user_model().objects.acreate_user("ana", first_name="Ana", last_name="Ruiz")
    conversation = await Conversation.objects.aget()
    await on_database(ownership.take, conversation.pk, ana.pk, agent_name="Ana Ruiz")
    await on_database(agent_says, conversation.pk, ana.pk, "Hola, soy Ana")
    await lucia.page.context.set_offline(False)
    await lucia.hears("Hola, soy Ana", seconds=40)
    await expect(lucia.panel.get_by_text("Sin conexión")).to_be_hidden(timeout=40_000)
    await expect(lucia.log.locator("li.row.customer").last).to_contain_text("Segunda sin red")
    await lucia.until(Message.objects.filter(text="Segunda sin red").aexists, "the second message")
    lines = [line async for line in Message.objects.filter(author="customer").order_by("seq")]
    assert [line.text for line in lines] == ["Hola", "Primera sin red", "Segunda sin red"]
    shown = [line for line in await lucia.lines() if line.startswith(("customer", "agent"))]
    assert shown == [
        "customer: Hola", "agent: Hola, soy Ana", "customer: Primera sin red", "customer: Segunda sin red",
    ]  # fmt: skip


def agent_says(conversation: Any, agent: int, text: str) -> None:
    with transaction.atomic():
        append(lock(conversation), Message.Author.AGENT, text, agent_id=agent)


async def test_an_answer_that_is_lost_is_not_asked_for_twice(customer: Opener, engine: ScriptedDialogue) -> None:
    lucia = await customer()
    tries: list[str] = []

    async def lose_the_first(route: Route) -> None:
        if route.request.method == "POST":
            tries.append(json.loads(route.request.post_data or "{}")["client_id"])
            if len(tries) == 1:
                await route.fetch()
                await route.abort()
                return
        await route.continue_()

    await lucia.page.route("**/web/messages", lose_the_first)
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola", seconds=30)
    await expect(lucia.log.get_by_text("Leído")).to_be_visible(timeout=30_000)
    await lucia.until(at_least(2, tries), "a second try")
    assert tries[0] == tries[1]
    assert await lucia.lines() == ["customer: Hola", "bot: Dices: Hola"]
    assert len(engine.asked) == 1


async def test_a_page_that_comes_late_takes_nothing_back(customer: Opener) -> None:
    lucia = await customer()
    held: list[Route] = []
    go = asyncio.Event()

    async def hold_the_first(route: Route) -> None:
        if route.request.method != "GET" or held:
            await route.continue_()
            return
        held.append(route)
        answer = await route.fetch()
        await go.wait()
        await route.fulfill(response=answer)

    await lucia.page.route("**/web/messages*", hold_the_first)
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola", seconds=30)
    await expect(lucia.log.get_by_text("Leído")).to_be_visible(timeout=30_000)
    async with lucia.page.expect_event("requestfinished", lambda request: request == held[0].request):
        go.set()
    await lucia.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert await lucia.log.get_by_text("Leído").is_visible()


async def test_a_stream_that_breaks_is_taken_up_where_it_ended(customer: Opener) -> None:
    lucia = await customer()
    asked: list[str] = []
    lucia.page.on("request", lambda request: asked.append(request.url) if "/web/events" in request.url else None)
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola")
    await lucia.until(at_least(1, asked), "the stream")
    asked.clear()
    customer.site.hang_up()
    await lucia.until(at_least(1, asked), "the next stream")
    assert asked[0].endswith("?after=2")
    await lucia.write("¿Seguimos?")
    await lucia.hears("Dices: ¿Seguimos?")
    assert await lucia.lines() == [
        "customer: Hola", "bot: Dices: Hola", "customer: ¿Seguimos?", "bot: Dices: ¿Seguimos?",
    ]  # fmt: skip


def at_least(number: int, things: list[str]) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return len(things) >= number

    return look


async def test_where_no_stream_comes_through_it_asks_again_and_again(customer: Opener) -> None:
    lucia = await customer()
    await lucia.page.route("**/web/events*", lambda route: route.abort())
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola", seconds=40)


async def test_ana_typing_and_what_lucia_has_read(customer: Opener) -> None:
    lucia = await customer()
    await lucia.write("Hola")
    await lucia.hears("Dices: Hola")
    await lucia.until(Delivery.objects.filter(state="read").aexists, "reading")
    ana = await get_user_model().objects.acreate_user("ana", first_name="Ana", last_name="Ruiz")
    conversation = await Conversation.objects.aget()
    await on_database(ownership.take, conversation.pk, ana.pk, agent_name="Ana Ruiz")
    await on_database(agent_says, conversation.pk, ana.pk, "Un momento")
    await lucia.hears("Un momento")
    await on_database(signals.agent_typing, conversation.pk, ana.pk)
    await expect(lucia.panel.get_by_text("Ana Ruiz está escribiendo…")).to_be_visible()
    await lucia.picture("agent")
    await lucia.box.press_sequentially("Gra")
    await lucia.until(Event.objects.filter(kind="typing", actor="customer").aexists, "her typing")

    # With the chat closed a message has arrived, but nobody has read it.
    await lucia.panel.press("Escape")
    await on_database(agent_says, conversation.pk, ana.pk, "Ya lo veo")
    await expect(lucia.launcher).to_have_accessible_name("Abrir el chat de ayuda, 1 mensaje sin leer")
    delivery = Delivery.objects.filter(message__text="Ya lo veo")
    await lucia.until(delivery.exclude(state="sent").aexists, "the arrival")
    assert (await delivery.aget()).state == "delivered"
    await lucia.open()
    await lucia.until(delivery.filter(state="read").aexists, "the reading")
