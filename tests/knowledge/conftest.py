"""A real Chroma server on a port of its own for the whole run, and the demo's articles in a test database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings

from knowledge import corpus, index
from knowledge.importing import import_articles
from knowledge.models import HomePage, IndexState, PendingArticle
from tests.knowledge.chroma_server import chroma

ARTICLES = Path(__file__).resolve().parents[2] / "knowledge" / "articles"


@pytest.fixture(scope="session")
def chroma_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server that ends with the run."""
    with chroma(tmp_path_factory.mktemp("chroma")) as url:
        yield url


@pytest.fixture(scope="session")
def demo_articles(chroma_url: str, django_db_setup: Any, django_db_blocker: Any) -> Iterator[None]:
    """The demo's articles, published and indexed once for the run."""
    with override_settings(CHROMA_URL=chroma_url), django_db_blocker.unblock():
        corpus.forget()
        report = import_articles(ARTICLES)
        assert not report.errors
        assert index.index_pending() == len(report.created)
        yield
        clear()


def clear() -> None:
    for home in HomePage.objects.all():
        home.delete()
    PendingArticle.objects.all().delete()
    IndexState.objects.all().delete()
    corpus.forget()


@pytest.fixture
def demo(demo_articles: None, db: None, settings: Any, chroma_url: str) -> Iterator[None]:
    """The demo's articles, to be read only: the index is shared by the tests of the run."""
    settings.CHROMA_URL = chroma_url
    corpus.forget()
    yield
    corpus.forget()


@pytest.fixture
def small_shop(db: None, settings: Any, chroma_url: str, tmp_path: Path) -> Iterator[Path]:
    """A shop with three articles and an index of its own, which a test may change; the folder they came from."""
    settings.CHROMA_URL = chroma_url
    clear()
    for name, text in SMALL.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    import_articles(tmp_path)
    index.index_pending()
    yield tmp_path
    corpus.forget()


RETURNS_ES = """---
title: ¿Cuánto tiempo tengo para devolver un producto?
questions:
- plazo de devolución
- ¿hasta cuándo puedo devolver lo que compré?
answer: Tienes 30 días desde la entrega para devolver casi cualquier producto.
topic: returns
products: []
valid_from: null
valid_until: null
---
Los 30 días son naturales y cuentan desde la entrega.

## ¿Qué productos no se devuelven?

El café abierto y los cepillos sin precinto no se devuelven.
"""
RETURNS_EN = """---
title: How long do I have to return a product?
questions:
- return window
- until when can I send back what I bought?
answer: You have 30 days from delivery to return almost any product.
topic: returns
products: []
valid_from: null
valid_until: null
---
The 30 days are calendar days and count from delivery.
"""
ERRORS_ES = """---
title: ¿Qué significan los códigos de error de la Brasa 20?
questions:
- la cafetera muestra un código de error
- error en la pantalla de la Brasa
answer: Los códigos de la Brasa 20 dicen qué le falta. Mira el tuyo en la tabla.
topic: products
products: [BR20]
valid_from: null
valid_until: null
---
## ¿Qué código marca la Brasa 20?

| Código | Qué significa | Qué hacer |
|---|---|---|
| E1 | No pasa agua | Llena el depósito |
| E3 | Hay cal | Descalcifica la Brasa 20 ya |
"""
SMALL = {
    "es/devoluciones-plazo.md": RETURNS_ES,
    "en/devoluciones-plazo.md": RETURNS_EN,
    "es/brasa-20-errores.md": ERRORS_ES,
}
