"""One answer on each channel: steps as a list, a table as lines, a picture where it can be shown, no sentence cut."""

from __future__ import annotations

import io
import uuid
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from channels import registry
from channels.base import MediaRef, Outbound
from knowledge import passages, pictures
from knowledge.answers import answer
from knowledge.importing import import_articles
from knowledge.index import index_pending

BODY = """## ¿Cómo cambio el filtro de la Brasa 20?

1. Apaga la cafetera y espera 10 minutos.
2. Saca el filtro usado.

![El filtro nuevo](pictures/filtro.png)

## ¿Qué código marca la Brasa 20?

| Código | Qué significa | Qué hacer |
|---|---|---|
| E1 | No pasa agua | Llena el depósito |
| E3 | Hay cal | Descalcifica la Brasa 20 ya |
"""


@pytest.fixture
def guide(small_shop: Path) -> None:
    file = io.BytesIO()
    Pillow.new("RGBA", (1600, 800), "teal").save(file, "PNG")
    (small_shop / "pictures").mkdir()
    (small_shop / "pictures" / "filtro.png").write_bytes(file.getvalue())
    path = small_shop / "es" / "brasa-20-errores.md"
    path.write_text(path.read_text().partition("\n---\n")[0] + "\n---\n" + BODY)
    import_articles(small_shop)
    index_pending()


def test_steps_come_as_a_list_with_their_picture(guide: None) -> None:
    section = next(part for heading, part in passages.body_parts(BODY) if "filtro" in heading)
    text = "\n".join(section.lines)

    assert text == "1. Apaga la cafetera y espera 10 minutos.\n2. Saca el filtro usado.\nEl filtro nuevo"
    (sent,) = pictures.for_answer("brasa-20-errores", "es", text)
    assert sent["name"] == "El filtro nuevo" and sent["mime"] == "image/jpeg"
    assert sent["url"].startswith("http") and sent["url"].endswith(".jpg")


def test_the_short_answer_brings_no_picture_along(guide: None) -> None:
    found = answer("la cafetera muestra un código de error", "es")

    assert found.text.startswith("Los códigos") and not pictures.for_answer("brasa-20-errores", "es", found.text)


def test_a_row_of_a_table_is_a_line_of_words(guide: None) -> None:
    assert answer("mi cafetera marca error E3", "es").text == (
        "Código: E3. Qué significa: Hay cal. Qué hacer: Descalcifica la Brasa 20 ya."
    )


@pytest.mark.parametrize(("channel", "kind"), [("whatsapp", "media"), ("telegram", "media")])
def test_the_picture_follows_the_words(channel: str, kind: str) -> None:
    out = Outbound(
        id=uuid.uuid4(), to="whatsapp:+34600111001", actor="bot", text="1. Apaga.\n2. Saca el filtro.",
        media=(MediaRef(kind="image", ref="https://lumbre.example/media/filtro.jpg", name="Filtro"),),
    )  # fmt: skip

    words, shown = registry.adapter(channel).render(out, True)

    assert "2. Saca el filtro." in str(words.payload) and shown.payload["kind"] == kind
    assert "https://lumbre.example/media/filtro.jpg" in shown.payload.values()


sentence = st.text(st.sampled_from("abcdeñáé ,0123456789"), min_size=3, max_size=300).map(
    lambda text: f"A{' '.join(text.split())}."
)


@given(parts=st.lists(sentence, min_size=1, max_size=30))
def test_no_sentence_of_a_long_paragraph_is_cut(parts: list[str]) -> None:
    told = [text for _separator, text in passages.pieces_of(" ".join(parts))]
    quoted = list(passages.packed([" ".join(parts)]))

    assert all(text.endswith(".") for text in quoted)
    assert " ".join(quoted).replace("\n", " ") == " ".join(parts) and told
