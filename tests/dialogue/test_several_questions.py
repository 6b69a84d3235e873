"""Messages that ask more than one thing."""

import pytest

from actions import several


@pytest.mark.parametrize(("text", "asked"), [
    ("¿Abrís los domingos? ¿Tenéis parking?", ["Abrís los domingos?", "Tenéis parking?"]),
    ("how much is the blender and do you ship to Portugal?", ["how much is the blender", "do you ship to Portugal?"]),
    ("quería saber si abrís los domingos y si tenéis parking",
     ["quería saber si abrís los domingos", "si tenéis parking"]),
    ("I want to know how long it takes and what it costs", ["I want to know how long it takes", "what it costs"]),
    ("¿Cuánto tarda el envío a Canarias y cuánto cuesta?", ["Cuánto tarda el envío a Canarias", "cuánto cuesta?"]),
])  # fmt: skip
def test_each_question_is_found(text: str, asked: list[str]) -> None:
    assert [question for question, _before in several.questions(text)] == asked


@pytest.mark.parametrize("text", [
    "¿cómo y cuándo devuelvo la Brasa?", "how do I return it and get my money back?", "¿qué tal? ¿me ayudas?",
    "Hola, ¿hay alguien? ¿cómo devuelvo la tostadora?", "se me ha roto la jarra, ¿la vendéis suelta?",
    "Cuando llega machacado, ¿qué plazo tengo?", "quiero devolverla y ya está", "",
])  # fmt: skip
def test_one_question_is_not_taken_apart(text: str) -> None:
    assert several.questions(text) == []


def test_what_was_said_before_goes_with_each() -> None:
    (_first, nothing), (_second, before) = several.questions("¿Recogéis la nevera? ¿Y es gratis?")
    assert (nothing, before) == ("", "Recogéis la nevera?")
