"""Health: each thing that is wrong with the articles is found once, with the place where it is put right."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from knowledge import health
from knowledge.gaps import record_answer
from knowledge.importing import import_articles
from knowledge.index import index_pending
from knowledge.models import ArticlePage, Feedback
from knowledge.numbers import numbers
from knowledge.retriever import shop_day
from tests.knowledge.editor.newsroom import article, words


def found() -> dict[str, list[str]]:
    kinds: dict[str, list[str]] = {}
    for finding in health.findings():
        kinds.setdefault(finding.kind, []).append(f"{finding.language}: {finding.article} — {finding.detail}")
    return kinds


def change(slug: str, language: str = "es", **values: object) -> ArticlePage:
    page = article(slug, language)
    for name, value in values.items():
        setattr(page, name, value)
    page.save_revision().publish()
    return page


def test_a_new_shop_lacks_only_a_translation(small_shop: Path) -> None:
    assert list(found()) == ["missing"]
    assert "Brasa 20" in found()["missing"][0]


def test_dates_numbers_and_links_are_found(small_shop: Path) -> None:
    today = shop_day()
    change("devoluciones-plazo", "en", body="The 45 days are calendar days.", valid_until=today + timedelta(days=3))
    change("brasa-20-errores", valid_until=today - timedelta(days=1),
           body="[Uno](no-existe.md) ![Una foto](pictures/no-existe.jpg) [bien](devoluciones-plazo.md)")  # fmt: skip

    kinds = found()

    assert "45" in kinds["contradiction"][0]
    assert "no-existe.md" in kinds["link"][0] and "pictures/no-existe.jpg" in kinds["link"][0]
    assert "devoluciones-plazo" not in kinds["link"][0]
    assert "Brasa" in kinds["expired"][0] and kinds["expiring"][0].startswith("en:")


def test_use_votes_and_twins_are_found(small_shop: Path) -> None:
    twin = (small_shop / "es" / "devoluciones-plazo.md").read_text()
    (small_shop / "es" / "gemelo.md").write_text(twin)
    import_articles(small_shop)
    index_pending()
    ArticlePage.objects.update(first_published_at=timezone.now() - timedelta(days=60))
    record_answer("¿hasta cuándo puedo devolver lo que compré?", "es", "web", "c", "devoluciones-plazo", 1)
    Feedback.objects.create(slug="devoluciones-plazo", language="es", day=shop_day(), helped=3, not_helped=4)
    Feedback.objects.create(slug="brasa-20-errores", language="es", day=shop_day(), helped=9, not_helped=1)

    kinds = found()

    assert len(kinds["duplicate"]) == 1
    assert len(kinds["unhelpful"]) == 1 and "4" in kinds["unhelpful"][0] and "7" in kinds["unhelpful"][0]
    assert {line.split(" — ")[0] for line in kinds["unused"]} == {
        "es: ¿Qué significan los códigos de error de la Brasa 20?",
        "es: ¿Cuánto tiempo tengo para devolver un producto?",
    }, "the twin, and the article that nobody asked for"


def test_every_finding_leads_to_where_it_is_put_right(small_shop: Path, elena: Client) -> None:
    change("brasa-20-errores", valid_until=shop_day() - timedelta(days=1))

    for finding in health.findings():
        assert elena.get(finding.fix).status_code == 200, finding
    assert "Brasa 20" in words(elena.get("/cms/health/?kind=expired"))


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("Cuesta 1.029,90 € y pesa 2,5 kg.", "It costs €1,029.90 and weighs 2.5 kg."),
        ("De 9 a 17 h, 24h al día, 1200W", "From 9 am to 5 pm, 24 h a day, 1200 W"),
        ("A las 17:30, el 30 %", "At 5:30 pm, 30%"),
        ("Entre 3–5 días, R3 y E3", "In 3–5 days, R3 and E3"),
    ],
)
def test_the_same_numbers_in_two_languages_are_the_same(spanish: str, english: str) -> None:
    assert numbers(spanish, "es") == numbers(english, "en")


@given(amount=st.decimals(min_value=0, max_value=999_999, places=2))
def test_an_amount_reads_the_same_however_a_language_writes_it(amount: object) -> None:
    english = f"{amount:,.2f}"
    spanish = english.replace(",", "_").replace(".", ",").replace("_", ".")

    assert numbers(f"{spanish} €", "es") == numbers(f"€{english}", "en")
