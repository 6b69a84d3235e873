"""What people answer to "from 0 to 10" and "is it fixed?", in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outreach import answers
from bot.outreach.wish_words import wanted


@pytest.mark.parametrize(
    ("said", "score"),
    [
        ("9", 9), ("un 9", 9), ("Un 10!", 10), ("10", 10), ("0", 0), ("le doy un nueve", 9), ("diez", 10),
        ("9/10", 9), ("8 de 10", 8), ("7 sobre 10, gracias", 7), ("pues un 6", 6), ("nine", 9), ("I'd say 8", 8),
        ("a solid 9", 9), ("10 out of 10", 10), ("Yo os pondría un ocho.", 8),
        ("9. Todo genial", 9), ("3, muy lentos", 3),
        ("un siete porque tardasteis mucho", 7), ("ten, thanks", 10), ("5 puntos", 5), ("  4  ", 4), ("zero", 0),
    ],
)  # fmt: skip
def test_a_score_is_understood(said: str, score: int) -> None:
    found = answers.score(said)
    assert found is not None and found.score == score


@pytest.mark.parametrize(
    "said",
    [
        "", "sí", "11", "8,5", "8.5", "un 8 o 9", "8 o 9", "2 cafeteras no van", "mi pedido es LB-10402",
        "9 días esperando",
        "¿qué es esto?", "hola", "no sé", "el lunes 9 os llamo", "100", "-", "no me llegó el pedido 9",
    ],
)  # fmt: skip
def test_what_is_no_score_is_left_to_the_dialogue(said: str) -> None:
    assert answers.score(said) is None


def test_a_remark_is_kept_with_its_score() -> None:
    found = answers.score("Un 9, Marta fue muy amable")
    assert found == answers.Score(9, "Un 9, Marta fue muy amable")
    assert answers.score("9") == answers.Score(9, "")


@pytest.mark.parametrize(
    "said",
    [
        "sí", "si", "Sí, ya va", "ya funciona", "ya va bien, gracias", "todo perfecto", "solucionado", "arreglada!",
        "ya no falla", "sí, ya no me sale el error", "no ha vuelto a pasar", "yes", "Yes, it works", "works now",
        "all good", "fixed, thanks", "it hasn't happened again", "perfecto", "no more problems",
    ],
)  # fmt: skip
def test_it_is_fixed(said: str) -> None:
    assert answers.yes_no(said) is True


@pytest.mark.parametrize(
    "said",
    [
        "no", "No, sigue igual", "sigue igual", "todavía no", "aún no", "qué va", "peor", "sigue sin funcionar",
        "no, still the same", "not yet", "not working", "it still leaks", "nope", "no funciona", "sigue fallando",
        "ya no funciona", "no va", "does not work", "it doesn't work",
    ],
)  # fmt: skip
def test_it_is_not_fixed(said: str) -> None:
    assert answers.yes_no(said) is False


@pytest.mark.parametrize(
    "said",
    [
        "sí, pero ahora sale E4", "¿quién es?", "quiero devolverla", "LB-10402", "hola", "yes but it leaks", "",
        "no, I want my money back", "ni sí ni no", "el lunes",
    ],
)  # fmt: skip
def test_what_goes_on_to_something_else_is_left_to_the_dialogue(said: str) -> None:
    assert answers.yes_no(said) is None


@given(st.text(max_size=300))
def test_no_text_is_too_strange(said: str) -> None:
    found = answers.score(said)
    assert found is None or 0 <= found.score <= 10
    assert answers.yes_no(said) in (True, False, None)
    assert wanted(said) in (None, "offers", "no_offers", "reminders", "nothing")
