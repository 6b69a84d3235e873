"""What the customer's page hears of an agent who reads and writes at the desk."""

from __future__ import annotations

from typing import Any

from bot.conversations import ownership
from bot.conversations.database import on_database
from bot.conversations.models import Event
from tests.conversations.people import Page


async def web_visitor(client: Any) -> Page:
    lucia = await Page(client).open()
    answer = await lucia.post({"client_id": "first-words", "text": "Quiero hablar con una persona"})
    assert answer.status_code == 202
    return lucia


async def kinds(actor: str) -> list[str]:
    return [event.kind async for event in Event.objects.filter(actor=actor, kind__in=["typing", "read"])]


async def test_ana_reading_and_writing_is_told_to_the_customers_page(
    ana: Any, bruno: Any, at_desk: Any, async_client: Any
) -> None:
    lucia = await web_visitor(async_client)
    await on_database(ownership.take, lucia.conversation, ana.pk, agent_name="Ana Ruiz")
    anas, brunos = await at_desk(ana), await at_desk(bruno)
    place = f"/desk/c/{lucia.conversation}"

    # Bruno may look, but it is not he who answers.
    assert (await brunos.get(place)).status_code == 200
    assert (await brunos.post(f"{place}/typing")).status_code == 204
    assert await kinds(f"agent:{bruno.pk}") == []

    assert (await anas.get(place)).status_code == 200
    assert (await anas.post(f"{place}/typing")).status_code == 204
    assert await kinds(f"agent:{ana.pk}") == ["read", "typing"]
    state = await lucia.read()
    assert state["read"] >= 1
