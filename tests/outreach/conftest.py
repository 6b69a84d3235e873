from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from bot.shop.days import national_holidays
from bot.shop.rulebook import current
from channels import registry
from channels.memory.adapter import MemoryAdapter


@pytest.fixture(scope="session", autouse=True)
def rules_are_read() -> None:
    """Reading files and the calendar once takes longer than Hypothesis allows an example."""
    current()
    for year in range(2024, 2029):
        national_holidays("ES", year)


@pytest.fixture
def engine(transactional_db: None) -> Iterator[ScriptedDialogue]:
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
