"""From an editor's click to the customer's answer: publishing, unpublishing, expiry, and Chroma's bad days."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge import index
from knowledge.answers import KnowledgeUnavailable, answer
from knowledge.importing import import_articles
from knowledge.models import ArticlePage, IndexState, PendingArticle

QUESTION = "¿cuánto tiempo tengo para devolver un producto?"
DAY = date(2026, 3, 2)


def returns(language: str = "es") -> ArticlePage:
    return ArticlePage.objects.get(slug="devoluciones-plazo", locale__language_code=language)


def test_lucia_hears_what_ana_has_just_published(small_shop: Path) -> None:
    first = answer(QUESTION, "es", today=DAY)
    page = returns()
    page.short_answer = "Tienes 45 días desde la entrega."
    page.save_revision().publish()

    unindexed = answer(QUESTION, "es", today=DAY)
    assert index.index_pending() == 1
    indexed = answer(QUESTION, "es", today=DAY)

    assert first.text.startswith("Tienes 30 días")
    assert unindexed.text == indexed.text == "Tienes 45 días desde la entrega."
    assert indexed.citations[0].revision > first.citations[0].revision
    assert indexed.citations[0].url.endswith("/es/ayuda/devoluciones-plazo/")


def test_a_draft_is_not_told(small_shop: Path) -> None:
    page = returns()
    page.short_answer = "Borrador secreto."
    page.save_revision()
    index.index_pending()

    assert "Borrador" not in answer(QUESTION, "es", today=DAY).text


def test_a_new_wording_is_found_after_indexing(small_shop: Path) -> None:
    page = returns()
    page.questions += "\nme he arrepentido de la compra"
    page.save_revision().publish()
    index.index_pending()

    found = answer("me he arrepentido de la compra", "es", today=DAY)
    assert [c.slug for c in found.citations] == ["devoluciones-plazo"]


def test_what_nobody_could_answer_is_answered_once_an_editor_writes_about_it(small_shop: Path) -> None:
    before = answer("¿puedo entrar con mi perro en la tienda?", "es", today=DAY)
    (small_shop / "es" / "mascotas.md").write_text(PETS, encoding="utf-8")
    import_articles(small_shop)
    index.index_pending()

    after = answer("¿puedo entrar con mi perro en la tienda?", "es", today=DAY)

    assert not before.found
    assert [c.slug for c in after.citations] == ["mascotas"]


def test_only_what_changed_is_encoded_again(small_shop: Path) -> None:
    page = returns()
    page.questions += "\nme he arrepentido de la compra"
    page.save_revision().publish()

    store = index.active_store()
    assert index.index_article(store, page.pk) == 1
    assert index.index_article(store, page.pk) == 0
    held = store.get(where={"page": page.pk}, include=["metadatas"])["metadatas"]
    assert {entry["revision"] for entry in held} == {returns().revision}


def test_an_unpublished_article_is_gone_at_once(small_shop: Path) -> None:
    for language in ("es", "en"):
        returns(language).unpublish()

    assert "devoluciones-plazo" not in {c.slug for c in answer(QUESTION, "es", today=DAY).citations}
    page_id = returns().pk
    index.index_pending()
    assert index.active_store().get(where={"page": page_id})["ids"] == []


@pytest.mark.parametrize(
    ("day", "found"),
    [(date(2025, 11, 14), False), (date(2025, 11, 15), True), (date(2026, 1, 31), True), (date(2026, 2, 1), False)],
)
def test_an_article_holds_on_its_days_only_the_last_one_included(small_shop: Path, day: date, found: bool) -> None:
    for language in ("es", "en"):
        page = returns(language)
        page.valid_from, page.valid_until = date(2025, 11, 15), date(2026, 1, 31)
        page.save_revision().publish()

    cited = {c.slug for c in answer(QUESTION, "es", today=day).citations}
    assert ("devoluciones-plazo" in cited) is found


def test_marc_is_told_in_english_that_the_article_is_in_spanish(small_shop: Path) -> None:
    found = answer("what do the Brasa 20 error codes mean?", "en", today=DAY)

    assert found.article_language == "es"
    assert found.language == "en"
    assert found.text.startswith("We only have this in Spanish for now:\nLos códigos de la Brasa 20")


def test_an_error_code_is_answered_with_its_row(small_shop: Path) -> None:
    found = answer("la cafetera muestra el código de error E3", "es", today=DAY)

    assert found.text == "Código: E3. Qué significa: Hay cal. Qué hacer: Descalcifica la Brasa 20 ya."
    assert [c.slug for c in found.citations] == ["brasa-20-errores"]


def test_while_chroma_is_down_articles_wait_and_nobody_is_answered(small_shop: Path, settings: Any) -> None:
    page = returns()
    page.short_answer = "Tienes 45 días."
    page.save_revision().publish()
    working, settings.CHROMA_URL = settings.CHROMA_URL, "http://127.0.0.1:9"

    assert index.index_pending() == 0
    waiting = PendingArticle.objects.get()
    assert waiting.page_id == page.pk
    assert "CHROMA_URL" in waiting.last_error
    with pytest.raises(KnowledgeUnavailable, match="CHROMA_URL"):
        answer(QUESTION, "es")

    settings.CHROMA_URL = working
    assert index.index_pending() == 1
    assert not PendingArticle.objects.exists()


def test_an_index_of_another_encoder_is_refused_with_the_remedy(small_shop: Path) -> None:
    IndexState.objects.update(encoder="another one")

    with pytest.raises(KnowledgeUnavailable, match=r"manage\.py reindex"):
        answer(QUESTION, "es")
    index.reindex()
    assert answer(QUESTION, "es", today=DAY).found


def test_a_lost_collection_is_built_again(small_shop: Path) -> None:
    index.chroma().delete_collection(IndexState.current().collection)

    with pytest.raises(KnowledgeUnavailable):
        answer(QUESTION, "es")
    assert index.index_pending() == 3
    assert answer(QUESTION, "es", today=DAY).found


def test_reindexing_swaps_to_a_new_collection_and_drops_the_old(small_shop: Path) -> None:
    old = IndexState.current().collection
    articles, passages = index.reindex()

    assert articles == 3
    assert passages > 10
    names = {collection.name for collection in index.chroma().list_collections()}
    assert old not in names
    assert IndexState.current().collection in names


def test_two_workers_never_index_the_same_change_and_a_late_change_is_not_lost(small_shop: Path) -> None:
    page = returns()
    page.save_revision().publish()
    row = PendingArticle.objects.get()

    assert index.claim(row, index.CLAIM)
    assert not index.claim(PendingArticle.objects.get(), index.CLAIM)
    PendingArticle.mark(page.pk)
    assert PendingArticle.objects.get().generation == row.generation + 1


PETS = """---
title: ¿Se admiten animales en las tiendas?
questions:
- ¿puedo ir con el perro a comprar?
- ¿dejáis pasar mascotas?
answer: Sí, los perros con correa son bienvenidos en nuestras tiendas.
topic: stores
products: []
valid_from: null
valid_until: null
---
En verano hay un cuenco de agua en la puerta de cada tienda.
"""
