from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import AsyncClient

from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from channels import registry
from channels.memory.adapter import MemoryAdapter
from tests.conversations.moves import Phone
from tests.conversations.people import Page


@pytest.fixture
def engine(transactional_db: None) -> Iterator[ScriptedDialogue]:
    """A dialogue that says back what it was asked."""
    with standing_in(ScriptedDialogue()) as scripted:
        assert isinstance(scripted, ScriptedDialogue)
        yield scripted


@pytest.fixture
def phone() -> Iterator[MemoryAdapter]:
    """Lucía's phone on the in-memory channel: what the shop sends her ends up in `sent`."""
    registry.adapter.cache_clear()
    adapter = registry.adapter("memory")
    assert isinstance(adapter, MemoryAdapter)
    yield adapter
    registry.adapter.cache_clear()


@pytest.fixture
def ana(transactional_db: None) -> Any:
    return get_user_model().objects.create_user("ana", password="x", first_name="Ana", last_name="Ruiz")


@pytest.fixture
def bruno(transactional_db: None) -> Any:
    return get_user_model().objects.create_user("bruno", password="x", first_name="Bruno", last_name="Sanz")


@pytest.fixture
def page(engine: ScriptedDialogue) -> Callable[[], Awaitable[Page]]:
    async def open_page(language: str = "es") -> Page:
        return await Page(AsyncClient()).open(language)

    return open_page


@pytest.fixture
def every_channel(settings: Any) -> None:
    """Conversations may move to the in-memory channel too."""
    settings.MOVES_NOT_TO = []


@pytest.fixture
def lucia(phone: MemoryAdapter) -> Phone:
    return Phone(phone)


@pytest.fixture
def marc(phone: MemoryAdapter) -> Phone:
    return Phone(phone, "marc")
