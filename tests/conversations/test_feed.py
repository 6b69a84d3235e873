"""The live feed: what this process commits is handed over, what others wrote is read; nobody hears anything twice."""

from __future__ import annotations

import asyncio

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.conversations.database import on_database
from bot.conversations.events import listen
from bot.conversations.models import Conversation, Event, record
from bot.conversations.receive import receive
from tests.conversations.people import inbound

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 10.0


def _begun() -> Conversation:
    conversation_id = receive(inbound("hola", "m1", "lucia")).conversation_id
    return Conversation.objects.get(pk=conversation_id)


def _elsewhere(conversation: Conversation, name: int) -> None:
    """As another process does it: this one hears nothing of it."""
    Event.objects.bulk_create([Event(conversation=conversation, kind="probe", data={"name": name})])


def _here(conversation: Conversation, name: int) -> None:
    record(conversation, "probe", name=name)


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=st.lists(st.booleans(), min_size=1, max_size=12), at_once=st.booleans())
async def test_every_event_is_told_once_and_in_order(written: list[bool], at_once: bool) -> None:
    conversation = await on_database(_begun)
    async with listen(conversation.pk) as heard:
        works = [(_here if here else _elsewhere, name) for name, here in enumerate(written)]
        if at_once:
            await asyncio.gather(*(on_database(work, conversation, name) for work, name in works))
        else:
            for work, name in works:
                await on_database(work, conversation, name)
        async with asyncio.timeout(PATIENCE):
            told = [await heard.get() for _ in works]
        assert [event.pk for event in told] == sorted(event.pk for event in told)
        assert sorted(event.data["name"] for event in told) == list(range(len(works)))
        # One more comes after all of them, and nothing in between.
        await on_database(_elsewhere, conversation, -1)
        async with asyncio.timeout(PATIENCE):
            assert (await heard.get()).data["name"] == -1


async def test_what_is_taken_back_is_never_told() -> None:
    def taken_back(conversation: Conversation) -> None:
        with transaction.atomic():
            _here(conversation, 1)
            transaction.set_rollback(True)

    conversation = await on_database(_begun)
    async with listen(conversation.pk) as heard:
        await on_database(taken_back, conversation)
        await on_database(_here, conversation, 2)
        async with asyncio.timeout(PATIENCE):
            assert (await heard.get()).data["name"] == 2
