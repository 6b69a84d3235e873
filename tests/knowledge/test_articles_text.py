"""Texts in and out: Markdown that is safe to show, passages without cut sentences, words, and masked gaps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.models import Locale

from knowledge import lexical, passages, rendering
from knowledge.gaps import record_gap
from knowledge.masking import masked
from knowledge.models import ArticlePage, Gap
from knowledge.sentences import Sentenced, Sentences, runs


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "![x](data:text/html;base64,PHNjcmlwdD4=)",
        "<iframe src='https://evil.example'></iframe>",
    ],
)
def test_no_article_can_run_anything_in_a_reader(attack: str) -> None:
    html = rendering.render(f"Hola\n\n{attack}\n\n## {attack}")

    for forbidden in ("<script", "<iframe", "<img src=x", 'href="javascript', 'src="data:'):
        assert forbidden not in html


def test_links_between_articles_lead_to_their_pages() -> None:
    html = rendering.render("[plazo](devoluciones-plazo.md#cuando) y [web](https://lumbre.example)")

    assert 'href="../devoluciones-plazo/#cuando"' in html
    assert 'href="https://lumbre.example"' in html


sentences = st.lists(st.from_regex(r"[A-Z][a-z]{2,12}( [a-z]{1,12}){3,30}\.", fullmatch=True), min_size=1, max_size=40)


@given(sentences=sentences)
def test_a_sentence_is_never_cut(sentences: list[str]) -> None:
    parts = list(passages.packed([" ".join(sentences)]))

    assert " ".join(parts).split() == " ".join(sentences).split()
    assert all(part.endswith(".") for part in parts)
    longest = max(len(sentence) for sentence in sentences)
    assert all(len(part) <= max(passages.SECTION_LIMIT, longest) for part in parts)


def test_steps_keep_their_numbers_and_rows_their_columns() -> None:
    steps = "## Pasos\n\n3. Uno\n4. Dos con [enlace](x.md)\n   - punto\n\n"
    body = steps + "| Código | Qué hacer |\n|---|---|\n| E3 | Descalcifica |\n"
    ((heading, part),) = passages.body_parts(body)

    assert heading == "Pasos"
    assert part.lines == ["3. Uno", "4. Dos con enlace", "  • punto", "Código: E3. Qué hacer: Descalcifica."]
    assert part.rows == ["Código: E3. Qué hacer: Descalcifica."]


def test_words_are_stemmed_without_accents_and_ene_stays() -> None:
    assert lexical.words("Devoluciones", "es") == lexical.words("devolucion", "es") == lexical.words("DEVOLUCIÓN", "es")
    assert lexical.words("año", "es") != lexical.words("ano", "es")


def test_lexical_scores_lie_between_nothing_and_the_ideal() -> None:
    lexicon = lexical.Lexicon([["descalcific", "brasa"], ["devolv", "produc"], []])

    assert lexicon.scores(["nada"]).tolist() == [0.0, 0.0, 0.0]
    scores = lexicon.scores(["descalcific", "brasa", "desconocid"])
    assert 0 < scores[0] < 1
    assert scores[1] == scores[2] == 0
    assert lexical.Lexicon([]).scores(["x"]).tolist() == []


def shares(question: str, *articles: list[str]) -> list[float]:
    """How much of the question the best sentence of each article has."""
    known = Sentences([Sentenced.of(article) for article in articles])
    weights = known.weights(runs(question))
    return [known.best(number, weights) for number in range(len(articles))]


def test_a_question_is_met_by_one_sentence_not_by_words_here_and_there() -> None:
    together, apart = "devolver el dinero en plazo", ["devolver hoy", "el dinero ya", "en plazo"]
    found = shares(together, ["hola", together], apart, ["…"], [])

    assert found[0] == pytest.approx(1.0)
    assert 0 < found[1] < found[0]
    assert found[2:] == [0, 0]


def test_words_with_letters_in_common_count_in_part() -> None:
    found = shares("excepciones", ["Exepciones."], ["Excepto hoy."], ["Todo."])

    assert 1 > found[0] > found[1] > found[2] == 0


def test_rare_letters_weigh_more_than_usual_ones() -> None:
    found = shares("la garantía", ["la garantía"], ["la la"], ["garantía"])

    assert found[2] > found[1] > 0


@given(text=st.text())
def test_any_text_has_runs_of_letters(text: str) -> None:
    found = shares(text, [text])[0]

    assert found == pytest.approx(1.0) if runs(text).size else found == 0


def test_a_sentence_of_a_long_section_says_what_it_is_about(db: None) -> None:
    told = [f"Guarda el resguardo número {number} hasta que veas el dinero en tu cuenta." for number in range(8)]
    page = ArticlePage(pk=1, title="Devoluciones", body=" ".join(told), locale=Locale(pk=1, language_code="es"))
    found = [passage for passage in passages.split(page) if passage.kind == "sentence"]

    assert [passage.text for passage in found] == told
    assert found[0].searched == f"Devoluciones\n{told[0]}"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("soy lucia.perez+x@correo.example, ¿y mi paquete?", "lucia.perez"),
        ("llamadme al +34 600 12 34 56 por favor", "600 12"),
        ("mi móvil es 600123456", "600123456"),
        ("el pedido L-100234 no llega", "100234"),
        ("pedido nº 4711 perdido", "4711"),
        ("my order #20931 is late", "20931"),
        ("mi cuenta es ES91 2100 0418 4502 0005 1332", "2100"),
        ("DNI 12345678Z", "12345678"),
        ("tarjeta 4111 1111 1111 1111", "1111"),
    ],
)
def test_personal_data_is_masked(text: str, secret: str) -> None:
    assert secret not in masked(text)
    assert "[…]" in masked(text)


@pytest.mark.parametrize(
    "text", ["¿La Lince R3 va con 5 GHz?", "error E3 en la Brasa 20", "Vórtice 1200 y BR20", "a 30 días"]
)
def test_product_names_and_plain_numbers_are_not_masked(text: str) -> None:
    assert masked(text) == text


@pytest.mark.django_db
def test_the_same_question_again_raises_its_count_and_opens_it() -> None:
    first = record_gap("¿Vendéis lavadoras?", "es", "web", "c-1")
    Gap.objects.update(state=Gap.State.CLOSED)
    again = record_gap("¡vendeis LAVADORAS!", "es", "whatsapp", "c-2")

    assert first and again
    assert again.pk == first.pk
    assert (again.count, again.state, again.channel, again.conversation) == (2, "open", "whatsapp", "c-2")
    assert record_gap("¿?", "es", "web", "c-3") is None


@pytest.mark.django_db
def test_a_gap_holds_no_personal_data() -> None:
    gap = record_gap("Soy marc@correo.example, pedido L-100234, ¿vendéis lavadoras?", "es", "web", "c-1")

    assert gap
    assert gap.question == "Soy […], pedido […], ¿vendéis lavadoras?"
