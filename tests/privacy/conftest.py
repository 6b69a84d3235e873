from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from bot.desk.roles import create_roles
from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue


@pytest.fixture
def engine(transactional_db: None) -> Iterator[ScriptedDialogue]:
    """A dialogue that says back what it was asked."""
    with standing_in(ScriptedDialogue()) as scripted:
        assert isinstance(scripted, ScriptedDialogue)
        yield scripted


@pytest.fixture(autouse=True)
def var(tmp_path: Path, settings: Any) -> Path:
    """Log files of this test's own."""
    settings.VAR_DIR = tmp_path
    (tmp_path / "logs").mkdir()
    return tmp_path


@pytest.fixture
def ana(transactional_db: None) -> Any:
    """An agent."""
    return _account("ana", "agents")


@pytest.fixture
def vera(transactional_db: None) -> Any:
    """A supervisor."""
    return _account("vera", "supervisors")


def _account(name: str, group: str) -> Any:
    create_roles()
    account = get_user_model().objects.create_user(name, password="x", first_name=name.title())
    account.groups.add(Group.objects.get(name=group))
    return account
