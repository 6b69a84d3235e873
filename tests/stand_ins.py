"""Fixtures of several folders: a dialogue and a phone that need no server. A conftest takes them in by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from channels import registry
from channels.memory.adapter import MemoryAdapter


@pytest.fixture
def engine(transactional_db: None) -> Iterator[ScriptedDialogue]:
    """A dialogue that says back what it was asked."""
    with standing_in(ScriptedDialogue()) as scripted:
        assert isinstance(scripted, ScriptedDialogue)
        yield scripted


@pytest.fixture
def phone() -> Iterator[MemoryAdapter]:
    """The customers' phones on the in-memory channel: what the shop sends ends up in `sent`."""
    registry.adapter.cache_clear()
    adapter = registry.adapter("memory")
    assert isinstance(adapter, MemoryAdapter)
    yield adapter
    registry.adapter.cache_clear()
