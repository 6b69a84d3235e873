"""Markdown files and Wagtail pages: nothing is lost between them, and an editor's work is never overwritten."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from knowledge.articlefile import ArticleFile, ArticleFileError, dump, read, tidy
from knowledge.importing import import_articles
from knowledge.models import ArticlePage, HelpIndexPage

line = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1).map(
    lambda text: " ".join(text.split())
)
lines = line.filter(bool)
articles = st.builds(
    ArticleFile,
    slug=st.just("any"),
    language=st.just("es"),
    title=lines.filter(lambda text: len(text) <= 255),
    questions=st.lists(lines, max_size=4).map(tuple),
    answer=lines.filter(lambda text: len(text) <= 600),
    topic=st.sampled_from(["returns", "products"]),
    products=st.lists(st.sampled_from(["LR3", "BR20-R"]), max_size=2, unique=True).map(tuple),
    valid_from=st.none() | st.dates(min_value=date(2000, 1, 1)),
    valid_until=st.none() | st.dates(min_value=date(2000, 1, 1)),
    body=st.lists(line, max_size=5).map(lambda parts: tidy("\n".join(parts))),
)


@given(article=articles)
def test_what_is_written_is_read_back_the_same(article: ArticleFile, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("articles") / "es"
    folder.mkdir()
    path = folder / "any.md"
    path.write_text(dump(article), encoding="utf-8")

    assert read(path) == article


def test_importing_twice_changes_nothing(small_shop: Path) -> None:
    before = {page.pk: page.revision for page in ArticlePage.objects.all()}

    report = import_articles(small_shop)

    assert (report.created, report.updated, report.edited) == ([], [], [])
    assert len(report.unchanged) == 3
    assert {page.pk: page.revision for page in ArticlePage.objects.all()} == before


def test_exported_files_come_back_as_the_same_articles(small_shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call_command("articles", "export", str(out))

    assert sorted(path.name for path in out.glob("*/*.md")) == sorted(p.name for p in small_shop.glob("e[sn]/*.md"))
    assert len(import_articles(out).unchanged) == 3


def test_both_languages_are_translations_of_each_other_under_one_slug(small_shop: Path) -> None:
    spanish, english = ArticlePage.objects.filter(slug="devoluciones-plazo").order_by("-locale__language_code")

    assert spanish.translation_key == english.translation_key
    assert spanish.get_url() == "/es/ayuda/devoluciones-plazo/"
    assert english.get_url() == "/en/help/devoluciones-plazo/"
    assert HelpIndexPage.objects.count() == 2


def test_a_changed_file_is_published(small_shop: Path) -> None:
    path = small_shop / "es" / "devoluciones-plazo.md"
    path.write_text(path.read_text().replace("Tienes 30 días", "Tienes 40 días"))

    assert import_articles(small_shop).updated == ["es/devoluciones-plazo"]
    assert "40 días" in ArticlePage.objects.get(slug="devoluciones-plazo", locale__language_code="es").short_answer


@pytest.mark.parametrize("published", [True, False])
def test_what_ana_edited_is_left_alone_unless_forced(small_shop: Path, published: bool) -> None:
    page = ArticlePage.objects.get(slug="devoluciones-plazo", locale__language_code="es")
    page.short_answer = "Ana ha escrito esto."
    revision = page.save_revision()
    if published:
        revision.publish()
    path = small_shop / "es" / "devoluciones-plazo.md"
    path.write_text(path.read_text().replace("Tienes 30 días", "Tienes 40 días"))

    assert import_articles(small_shop).edited == ["es/devoluciones-plazo"]
    page.refresh_from_db()
    assert page.get_latest_revision_as_object().short_answer == "Ana ha escrito esto."

    assert import_articles(small_shop, force=True).updated == ["es/devoluciones-plazo"]
    page.refresh_from_db()
    assert "40 días" in page.short_answer


@pytest.mark.parametrize(
    ("broken", "lesson"),
    [
        ("topic: nonsense", "use one of"),
        ("topic: returns\nvalid_from: soon", "2026-01-31"),
        ("topic: returns\nquestions: just one", "list of texts"),
        ("topic: returns\nauthor: Ana", "unknown keys"),
        ("topic: [", "not YAML"),
    ],
)
def test_a_broken_file_is_named_with_its_remedy(tmp_path: Path, broken: str, lesson: str) -> None:
    path = tmp_path / "es" / "roto.md"
    path.parent.mkdir()
    path.write_text(f"---\ntitle: ¿Sí?\nanswer: Sí.\n{broken}\n---\n")

    with pytest.raises(ArticleFileError, match=lesson) as raised:
        read(path)
    assert str(path) in str(raised.value)


def test_a_broken_file_does_not_keep_the_others_out(small_shop: Path) -> None:
    (small_shop / "es" / "roto.md").write_text("---\ntitle: x\n---\n")
    (small_shop / "es" / "nuevo.md").write_text("---\ntitle: ¿Nuevo?\nanswer: Sí.\ntopic: stores\n---\n")

    with pytest.raises(CommandError, match=r"roto\.md"):
        call_command("articles", "import", str(small_shop))
    assert ArticlePage.objects.filter(slug="nuevo", live=True).exists()
