"""Typing, delivered and read, in both directions."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from django.db import transaction

from bot.conversations import ownership, signals
from bot.conversations.database import on_database
from bot.conversations.models import Delivery, Event, Message
from bot.conversations.writing import append, lock
from tests.conversations.people import Page, settled


async def signal(page: Page, **body: Any) -> Any:
    return await page.client.post(
        "/web/signals", body, content_type="application/json", headers={"authorization": f"Bearer {page.token}"}
    )


async def states(page: Page) -> list[str]:
    found = Delivery.objects.filter(conversation=page.conversation).order_by("message__seq")
    return [state async for state in found.values_list("state", flat=True)]


@asynccontextmanager
async def stream(page: Page) -> AsyncIterator[Any]:
    """What the page hears; next_of("typing") waits for the next event of a name."""
    headers = {"authorization": f"Bearer {page.token}"}
    chunks = (await page.client.get("/web/events", headers=headers)).streaming_content
    heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()

    async def listen() -> None:
        async for chunk in chunks:
            # What is new at once comes in one piece.
            for part in chunk.decode().split("\n\n"):
                fields = dict(line.split(": ", 1) for line in part.splitlines() if ": " in line)
                if "event" in fields:
                    await heard.put((fields["event"], json.loads(fields["data"])))

    async def next_of(name: str) -> Any:
        async with asyncio.timeout(20):
            while (event := await heard.get())[0] != name:
                pass
        return event[1]

    task = asyncio.create_task(listen())
    try:
        yield next_of
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def agent_says(page: Page, agent: Any, text: str) -> Message:
    with transaction.atomic():
        return append(lock(page.conversation), Message.Author.AGENT, text, agent_id=agent.pk)


async def test_what_the_page_has_shown_is_read_and_never_unread(page: Any) -> None:
    lucia = await page()
    await lucia.say("hola")
    await lucia.say("¿y mi pedido?")
    assert await states(lucia) == ["sent", "sent"]
    assert (await signal(lucia, delivered=4)).status_code == 204
    assert await states(lucia) == ["delivered", "delivered"]
    assert (await signal(lucia, read=2)).status_code == 204
    assert await states(lucia) == ["read", "delivered"]
    await signal(lucia, delivered=4)
    assert await states(lucia) == ["read", "delivered"]
    told = [event.data async for event in Event.objects.filter(kind="delivery").order_by("pk")]
    assert [(each["seq"], each["state"]) for each in told] == [(2, "delivered"), (4, "delivered"), (2, "read")]


async def test_her_own_messages_are_read_when_the_bot_answers(page: Any) -> None:
    lucia = await page()
    await lucia.say("hola")
    assert (await lucia.read())["read"] == 1


async def test_her_own_messages_are_read_when_the_agent_has_seen_them(page: Any, ana: Any) -> None:
    lucia = await page()
    await lucia.say("quiero hablar con alguien")
    await on_database(ownership.take, lucia.conversation, ana.pk, agent_name="Ana Ruiz")
    answer = await lucia.post({"client_id": "are-you-there", "text": "¿Hola?"})
    said = answer.json()["seq"]
    await settled()
    assert (await lucia.read())["read"] < said
    async with stream(lucia) as next_of:
        await on_database(signals.agent_read, lucia.conversation, ana.pk, said)
        while (await next_of("delivery")) != {"seq": said, "state": "read"}:
            pass
    assert (await lucia.read())["read"] == said
    await on_database(signals.agent_read, lucia.conversation, ana.pk, 1)
    assert (await lucia.read())["read"] == said, "who scrolls up has not unread anything"


async def test_an_answer_says_that_everything_before_it_was_read(page: Any, ana: Any) -> None:
    lucia = await page()
    await lucia.say("hola")
    await on_database(ownership.take, lucia.conversation, ana.pk, agent_name="Ana Ruiz")
    await lucia.post({"client_id": "are-you-there", "text": "¿Hola?"})
    line = await on_database(agent_says, lucia, ana, "Aquí estoy")
    assert (await lucia.read())["read"] == line.seq


async def test_ana_is_seen_typing(page: Any, ana: Any) -> None:
    lucia = await page()
    await lucia.say("hola")
    async with stream(lucia) as next_of:
        await next_of("owner")
        await on_database(signals.agent_typing, lucia.conversation, ana.pk)
        assert await next_of("typing") == {"author": "agent", "on": True}


async def test_lucia_typing_is_news_for_a_person_and_kept_once(page: Any, ana: Any) -> None:
    lucia = await page()
    await signal(lucia, typing=True)
    assert await Event.objects.filter(kind="typing").acount() == 0, "the bot does not look up"
    await on_database(ownership.take, lucia.conversation, ana.pk, agent_name="Ana Ruiz")
    for _ in range(3):
        assert (await signal(lucia, typing=True)).status_code == 204
    assert [event.actor async for event in Event.objects.filter(kind="typing")] == ["customer"]


@pytest.mark.parametrize("body", [{"typing": 1}, {"read": "2"}, {"read": -1}, {"read": True}, {"seen": 1}, [], 7])
async def test_what_is_no_signal_is_explained(page: Any, body: Any) -> None:
    lucia = await page()
    answer = await lucia.client.post(
        "/web/signals", json.dumps(body), content_type="application/json",
        headers={"authorization": f"Bearer {lucia.token}"},
    )  # fmt: skip
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid")


async def test_nobody_signals_for_another(page: Any) -> None:
    lucia = await page()
    await lucia.say("hola")
    marc = Page(lucia.client)
    marc.token = "made-up"
    assert (await signal(marc, read=2)).status_code == 401
    assert await states(lucia) == ["sent"]
