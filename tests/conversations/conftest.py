from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import AsyncClient

from bot.dialogue.scripted import ScriptedDialogue
from channels.memory.adapter import MemoryAdapter
from tests.conversations.moves import Phone
from tests.conversations.people import Page
from tests.stand_ins import engine as engine
from tests.stand_ins import phone as phone


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
