"""Splitting and choosing, by rule."""

from __future__ import annotations

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.base import Choice
from channels.text import Unit, chosen, clean, measure, numbered, shorten, split

FAMILY = "👨‍👩‍👧‍👦"
units: st.SearchStrategy[Unit] = st.sampled_from(["codepoint", "utf16", "byte"])
pieces = st.sampled_from(
    [
        FAMILY,
        "🇪🇸",
        "é",
        "é",
        "\r\n",
        "\n\n",
        "\n- ",
        "\n1. ",
        ". ",
        " ",
        "junta",
        "¿",
        "שלום",
        "https://lumbre.es/a?b=1",
        "한",
        "ð",
    ]
)
texts = st.lists(pieces | st.text(max_size=8), max_size=120).map("".join)


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(40, 300), units)
def test_parts_fit_and_join_to_the_whole(said: str, limit: int, unit: Unit) -> None:
    parts = split(said, limit, unit)
    assert "".join(parts) == said
    assert all(parts) and all(measure(part, unit) <= limit for part in parts)


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(40, 300), units)
def test_no_grapheme_is_torn_that_fits_into_a_part(said: str, limit: int, unit: Unit) -> None:
    whole = regex.findall(r"\X", said)
    if any(measure(each, unit) > limit for each in whole):
        return
    assert [each for part in split(said, limit, unit) for each in regex.findall(r"\X", part)] == whole


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60), st.integers(4, 12), units)
def test_even_tiny_limits_are_kept(said: str, limit: int, unit: Unit) -> None:
    parts = split(said, limit, unit)
    assert "".join(parts) == said and all(measure(part, unit) <= limit for part in parts)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(1, 60), min_size=1, max_size=20))
def test_links_stay_whole(lengths: list[int]) -> None:
    links = [f"https://lumbre.es/{'x' * length}" for length in lengths]
    said = "".join(f"Mira ({length}) {link}\n" for length, link in zip(lengths, links, strict=True))
    parts = split(said, 100)
    assert [sum(link in part for part in parts) >= 1 for link in links] == [True] * len(links)


def test_a_markdown_link_with_spaces_stays_whole() -> None:
    link = "[cómo cambiar la junta](https://lumbre.es/juntas)"
    assert any(link in part for part in split("Antes de nada. " * 5 + "consulta " + link + " y luego escribe.", 100))


def test_cuts_prefer_paragraphs_then_items_then_sentences() -> None:
    assert split("Uno dos tres.\n\nCuatro cinco seis.", 20) == ["Uno dos tres.\n\n", "Cuatro cinco seis."]
    assert split("Necesitas:\n- junta\n- llave grande", 24) == ["Necesitas:\n- junta\n", "- llave grande"]
    assert split("Hola, Marc. Llega mañana seguro", 24) == ["Hola, Marc. ", "Llega mañana seguro"]
    assert split("palabras sueltas juntas", 18) == ["palabras sueltas ", "juntas"]


def test_a_word_longer_than_a_part_is_torn() -> None:
    assert split("x" * 250, 100) == ["x" * 100, "x" * 100, "x" * 50]


def test_accents_without_end_are_torn_rather_than_sent_too_long() -> None:
    assert [len(part) for part in split("e" + "\u0301" * 250, 100)] == [100, 100, 51]


def test_a_limit_no_character_fits_into_is_refused() -> None:
    with pytest.raises(ValueError, match="4 bytes"):
        split("hola", 3, "byte")


@pytest.mark.parametrize("unit, length", [("codepoint", 7), ("utf16", 11), ("byte", 25)])
def test_one_family_is_measured_as_the_provider_does(unit: Unit, length: int) -> None:
    assert measure(FAMILY, unit) == length


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80), st.integers(4, 30), units)
def test_shortened_words_fit(said: str, limit: int, unit: Unit) -> None:
    assert measure(shorten(said, limit, unit), unit) <= limit


@settings(max_examples=100, deadline=None)
@given(st.text(st.characters(), max_size=40))
def test_clean_words_can_be_stored_and_sent(said: str) -> None:
    stored = clean(said).encode().decode()
    assert stored == "".join(each for each in said if each != "\x00" and not "\ud800" <= each <= "\udfff")


CHOICES = (Choice(id="a", label="Sí, recogedla"), Choice(id="b", label="No"), Choice(id="c", label="3"))


def test_the_numbered_list_speaks_the_customers_language() -> None:
    assert numbered("¿La recogemos?", CHOICES[:2], "es").endswith("1. Sí, recogedla\n2. No\n\nResponde con el número.")
    assert numbered("Shall we?", CHOICES[:2], "en").endswith("Reply with the number.")


NAMED = {"1": "a", " 2. ": "b", "2)": "b", "nº 1": "a", "sí, RECOGEDLA": "a", "No.": "b", "3": "c"}
UNNAMED = ["4", "0", "1 y 2", "quizá", ""]


@pytest.mark.parametrize("answer, choice", [*NAMED.items(), *((answer, None) for answer in UNNAMED)])
def test_a_choice_is_named_by_number_or_label(answer: str, choice: str | None) -> None:
    found = chosen(answer, CHOICES)
    assert (found.id if found else None) == choice
