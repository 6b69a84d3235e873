"""Writers draft, publishers publish, the clock publishes too; pictures, films and tables survive files and back."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image as Pillow
from wagtail.images import get_image_model

from knowledge.answers import answer
from knowledge.articlefile import read
from knowledge.importing import import_articles
from knowledge.index import index_pending
from knowledge.models import ArticlePage
from knowledge.scheduling import publish_scheduled
from tests.knowledge.editor.newsroom import article, edit

BODY = """Antes de empezar, desenchufa.

1. Abre la tapa.
2. Saca el filtro.

| Código | Qué hacer |
|---|---|
| E1 | Llena el depósito |

![El filtro de la Brasa 20](pictures/filtro.jpg)

[Cómo se cambia el filtro](https://www.youtube.com/watch?v=x)
"""


def test_a_writer_drafts_and_only_a_publisher_publishes(small_shop: Path, elena: Client, pau: Client) -> None:
    page = article("devoluciones-plazo")

    edit(elena, page, "publish", short_answer="Elena quiso publicar esto.")
    assert "30 días" in article("devoluciones-plazo").short_answer

    edit(elena, page, "submit", short_answer="Tienes 40 días desde la entrega para devolver casi cualquier producto.")
    page = article("devoluciones-plazo")
    assert page.current_workflow_state is not None and "30 días" in page.short_answer

    edit(pau, page, "workflow-action", **{"workflow-action-name": "approve"})
    assert "40 días" in article("devoluciones-plazo").short_answer


def test_what_is_scheduled_goes_out_and_in_with_the_worker(small_shop: Path) -> None:
    page = article("devoluciones-plazo")
    page.short_answer = "Desde hoy tienes 60 días para devolver casi cualquier producto."
    page.go_live_at = timezone.now() + timedelta(hours=1)
    page.save_revision().publish()
    assert not publish_scheduled() and "30 días" in article("devoluciones-plazo").short_answer

    revision = page.get_latest_revision()
    revision.approved_go_live_at = timezone.now() - timedelta(seconds=1)
    revision.content["go_live_at"] = None
    revision.save()
    assert publish_scheduled()
    index_pending()
    assert "60 días" in answer("plazo de devolución", "es").text

    ArticlePage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(seconds=1))
    assert publish_scheduled() and not publish_scheduled()
    assert not article("devoluciones-plazo").live


def test_pictures_films_and_tables_come_back_from_files_as_they_were(small_shop: Path, tmp_path: Path) -> None:
    file = io.BytesIO()
    Pillow.new("RGB", (40, 20), "teal").save(file, "JPEG")
    (small_shop / "pictures").mkdir()
    (small_shop / "pictures" / "filtro.jpg").write_bytes(file.getvalue())
    path = small_shop / "es" / "brasa-20-errores.md"
    path.write_text(path.read_text().partition("\n---\n")[0] + "\n---\n" + BODY)

    assert import_articles(small_shop).updated == ["es/brasa-20-errores"]
    again = import_articles(small_shop)
    assert len(again.unchanged) == 3 and get_image_model().objects.count() == 1

    out = tmp_path / "out"
    call_command("articles", "export", str(out))
    assert (out / "pictures" / "filtro.jpg").read_bytes() == file.getvalue()
    assert read(out / "es" / "brasa-20-errores.md") == read(path)


def test_a_picture_that_is_nowhere_is_named(small_shop: Path) -> None:
    path = small_shop / "es" / "brasa-20-errores.md"
    path.write_text(path.read_text() + "\n![Nada](pictures/nada.jpg)\n")

    assert import_articles(small_shop).missing == ["es/brasa-20-errores: pictures/nada.jpg"]
