"""Elena writes, Pau publishes, and both work in Wagtail over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.knowledge.editor.newsroom import account


@pytest.fixture
def elena(db: None) -> Client:
    """A writer, signed in."""
    client = Client()
    client.force_login(account("elena", "Editors"))
    return client


@pytest.fixture
def pau(db: None) -> Client:
    """A publisher, signed in."""
    client = Client()
    client.force_login(account("pau", "Moderators"))
    return client


@pytest.fixture(autouse=True)
def only_past_questions(settings: Any) -> None:
    """What an editor sees depends on what customers asked in the test, not on the shipped set."""
    settings.KNOWLEDGE_EVALUATION_SET = ""
