"""What a sentence is by its form, in both languages."""

import pytest

from actions import wishes


@pytest.mark.parametrize("text", [
    "cómo me doy de baja del boletín", "¿Quién fabrica vuestras cajas?", "hola, dónde os puedo ver en persona",
    "una pregunta: cuántos empleados tenéis", "what do you think of the weather", "hi, who owns the shop then",
])  # fmt: skip
def test_a_question_is_known_by_how_it_begins(text: str) -> None:
    assert wishes.asks(text)


@pytest.mark.parametrize("text", [
    "si lo compré en mayo en la tienda", "hasta el viernes no estoy en casa", "como siempre", "if it is blue I keep it",
    "la cafetera pierde agua por abajo", "until Friday I am not at home", "what?", "",
])  # fmt: skip
def test_an_answer_is_no_question(text: str) -> None:
    assert not wishes.asks(text)


@pytest.mark.parametrize(("text", "flow"), [
    ("quiero devolver la freidora", "return"), ("I'm sending them back", "return"),
    ("¿me podéis arreglar la batidora?", "warranty"), ("please cancel my order", "cancel"),
    ("¿Cuántos puntos tengo?", "points"), ("how many points do I have left?", "points"),
    ("¿cuántos puntos tengo que gastar para un descuento?", None), ("¿cuándo caducan los puntos?", None),
    ("¿cómo devuelvo la freidora?", None), ("how do I swap it for a black one", None),
])  # fmt: skip
def test_a_wish_says_both_that_and_what(text: str, flow: str | None) -> None:
    assert wishes.wish(text) == flow
