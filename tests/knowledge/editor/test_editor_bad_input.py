"""Whatever an editor pastes: kept safe, told clearly, nothing lost."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image as Pillow
from wagtail.images import get_image_model

from knowledge.answers import answer
from knowledge.index import index_pending
from tests.knowledge.editor.newsroom import article, edit, form_of, words

ADDRESS = "/es/ayuda/devoluciones-plazo/"
SCRIPT = "<script>alert(document.cookie)</script><img src=x onerror=alert(1)>"


def public() -> BeautifulSoup:
    return BeautifulSoup(Client().get(ADDRESS).content, "html.parser")


def test_script_is_shown_as_text_and_never_run(small_shop: Path, pau: Client) -> None:
    page = article("devoluciones-plazo")

    body = f"{SCRIPT}\n\n[pulsa](javascript:alert(1)) ![x](javascript:alert(2))\n\n<iframe src=//malo></iframe>"
    edit(pau, page, "publish", title=f"¿Plazo? {SCRIPT}", short_answer=f"30 días. </script>{SCRIPT}", body=body)

    seen = public()
    assert [s.get("src") or s.get("type") for s in seen.select("script")] == [
        "application/ld+json", "/static/channels/web/loader.js", "/static/knowledge/help.js",
    ]  # fmt: skip
    assert not seen.select("main img, main iframe, [onerror], a[href^=javascript]")
    assert "<script>alert" in seen.select_one("main").get_text()
    assert "HTML" in words(pau.get("/cms/"))


def test_a_table_that_is_none_is_told_with_its_line(small_shop: Path, pau: Client) -> None:
    body = "Antes.\n\n| Código | Qué hacer |\n| E1 | Agua |\n\n| A | B |\n|---|---|\n| 1 | 2 | 3 |\n"
    page = article("brasa-20-errores")

    edit(pau, page, "publish", body=body)

    told = words(pau.get("/cms/"))
    assert "3" in told and "8" in told and "| --- | --- |" in told
    assert article("brasa-20-errores").body.replace("\r\n", "\n").strip() == body.strip(), "nothing lost"
    index_pending()
    assert answer("mi cafetera marca error E1 en la pantalla", "es").found


def test_a_dead_picture_leaves_its_description(small_shop: Path, pau: Client) -> None:
    dead = get_image_model()(title="rota.png")
    dead.file.save("rota.png", ContentFile(b"this is no picture"), save=False)
    dead.width = dead.height = 10
    super(get_image_model(), dead).save()
    page = article("devoluciones-plazo")

    edit(pau, page, "publish", body="![La etiqueta](pictures/rota.png)\n\n![La caja](pictures/no-existe.png)\n\nSigue.")

    seen = public().select_one("main").get_text()
    assert "[La etiqueta]" in seen and "[La caja]" in seen and "Sigue." in seen
    assert "pictures/no-existe.png" in words(pau.get("/cms/"))


def test_a_picture_is_shown_small_with_its_size(small_shop: Path, pau: Client) -> None:
    file = io.BytesIO()
    Pillow.new("RGB", (2400, 1200), "teal").save(file, "JPEG")
    file.seek(0)
    get_image_model().objects.create(title="etiqueta.jpg", file=ImageFile(file, name="etiqueta.jpg"))

    edit(pau, article("devoluciones-plazo"), "publish", body="![La etiqueta](pictures/etiqueta.jpg)")

    shown = public().select_one("main img")
    assert (shown["width"], shown["height"], shown["alt"], shown["loading"]) == ("960", "480", "La etiqueta", "lazy")
    assert Client().get(str(shown["src"])).status_code in (200, 404)


def test_a_film_plays_here_and_is_only_linked_elsewhere(small_shop: Path, pau: Client) -> None:
    body = "[Cómo se cambia](https://www.youtube.com/watch?v=x)\n\n[El filtro](/media/filtro.mp4)"

    edit(pau, article("devoluciones-plazo"), "publish", body=body)

    seen = public()
    assert seen.select_one("p.film a[href^='https://www.youtube.com']")
    assert seen.select_one("video[controls]")["aria-label"] == "El filtro"
    assert not seen.select("iframe")


@pytest.mark.parametrize(("characters", "status"), [(70_000, 200), (5_000_000, 400)])
def test_a_text_that_is_too_long_is_refused_with_a_reason(
    small_shop: Path, pau: Client, characters: int, status: int
) -> None:
    page = article("devoluciones-plazo")
    old = page.body

    refused: Any = edit(pau, page, "publish", body="a" * characters)

    assert refused.status_code == status
    assert "60000" in words(refused) if status == 200 else "2,5 MB" in words(refused)
    assert article("devoluciones-plazo").body == old
    if status == 200:
        assert len(form_of(refused)["body"]) >= characters, "the text is still in the form"


def test_a_short_answer_beyond_600_characters_is_told(small_shop: Path, pau: Client) -> None:
    page = article("devoluciones-plazo")

    refused: Any = edit(pau, page, "publish", short_answer="b" * 601)

    assert refused.status_code == 200 and "600" in words(refused) and "601" in words(refused)
    assert "30 días" in article("devoluciones-plazo").short_answer


def test_two_editors_at_once_lose_nothing(small_shop: Path, elena: Client, pau: Client) -> None:
    page = article("devoluciones-plazo")
    address = f"/cms/pages/{page.pk}/edit/"
    hers, his = form_of(elena.get(address)), form_of(pau.get(address))

    elena.post(address, {**hers, "short_answer": "Lo que escribió Elena."})
    pau.post(address, {**his, "short_answer": "Lo que escribió Pau."})

    kept = [revision.as_object().short_answer for revision in page.revisions.order_by("pk")]
    assert kept[-2:] == ["Lo que escribió Elena.", "Lo que escribió Pau."]
    first, second = page.revisions.order_by("-pk")[1], page.revisions.order_by("-pk")[0]
    compared = words(pau.get(f"/cms/pages/{page.pk}/revisions/compare/{first.pk}...{second.pk}/"))
    assert "Elena" in compared and "Pau" in compared
    assert "30 días" in article("devoluciones-plazo").short_answer, "customers still hear what is published"
