from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue

pytest.register_assert_rewrite("tests.channels.contract", "tests.channels.gateway_contract")


@pytest.fixture
def engine(transactional_db: None) -> Iterator[ScriptedDialogue]:
    """A dialogue that says back what it was asked."""
    with standing_in(ScriptedDialogue()) as scripted:
        assert isinstance(scripted, ScriptedDialogue)
        yield scripted


@pytest.fixture
def ana(transactional_db: None) -> Any:
    return get_user_model().objects.create_user("ana", password="x", first_name="Ana", last_name="Ruiz")
