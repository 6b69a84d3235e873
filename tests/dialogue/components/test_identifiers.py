"""What the classifiers read of a message with order numbers, mails and phones in it; nothing else changes by it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.dialogue.components.identifiers import said_beside
from bot.dialogue.components.models import inputs
from tests.dialogue.components.inside import told
from tests.dialogue.engine import ROOT


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("la freidora LB-10426 ivan@correo.example vino rota", "la freidora vino rota"),
        (
            "mi pedido es el LB-10401 y mi correo es ana@correo.example, quiero devolver la freidora",
            "quiero devolver la freidora",
        ),
        ("se me ha roto el robot, orden lb 10402, tel. 600 111 222", "se me ha roto el robot"),
        ("el pedido 10403 marc@correo.example, los cascos no cargan", "los cascos no cargan"),
        ("my email is tom@mail.example and the dryer won't start", "and the dryer won't start"),
        ("the toaster smells funny, order number: LB-10407", "the toaster smells funny"),
        ("my machine leaks water (order 10432, +44 7700 900003)", "my machine leaks water"),
        ("no me llega nada, n.º 10.417", "no me llega nada"),
        ("la freidora vino rota, pedido diez mil cuatrocientos uno", "la freidora vino rota"),
        ("my blender leaks water, order number one oh four two three", "my blender leaks water"),
    ],
)
def test_identifiers_and_their_introductions_are_left_out(text: str, said: str) -> None:
    assert said_beside(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("quiero cancelar el 10427", "quiero cancelar el pedido"),
        ("dónde está LB-10401", "dónde está pedido"),
        ("cancela el pedido uno cero cuatro dos siete", "cancela el pedido"),
        ("where is LB-10421?", "where is order?"),
        ("quiero cancelar el pedido LB-10427", "quiero cancelar el pedido"),
        ("where's my order 10421? jane@mail.example", "where's my order?"),
        ("pedido LB-10410, cuándo lo recibo?", "pedido, cuándo lo recibo?"),
        ("I want a refund for order LB-10419, tom@mail.example", "I want a refund for order"),
    ],
)
def test_a_number_that_stands_for_the_order_leaves_the_order_there(text: str, said: str) -> None:
    assert said_beside(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "LB-10401", "mi correo es ana@correo.example", "hola, es el LB-10415 y mi correo ana@correo.example, gracias",
        "sí, es el 10401", "LB-10404 and its emily@mail.example", "my phone is 07700 900777", "LB-10427 cancelar",
        "", "?!", "\ud83d", "\x00", "quiero devolver la freidora", "me costó 10401 € la broma entera",
        "me bailaron los números: 10432", "no, that number is wrong, I meant 10403", "llamadme mejor al 600 111 222",
        "uy no, es 10401 no 10410", "CH2-2604 es el lote de la tostadora", "a nombre de Talleres Ruiz, NIF B12345678",
        "el código postal es 28013 y puse 28031", "el lote 2604 y tres tazas de 2024",
        "llevo veintiún días esperando y nada", "me quedan dos o tres cápsulas de café",
    ],
)  # fmt: skip
def test_where_little_else_is_said_or_nothing_identifies_the_text_stays(text: str) -> None:
    assert said_beside(text) == text


def test_a_very_long_message_is_read_as_far_as_the_encoders_read() -> None:
    text = "no carga la batería del robot LB-10401 " * 2000
    assert len(said_beside(text)) <= 600 and "10401" not in said_beside(text)


@pytest.fixture(scope="module")
def stripped() -> dict[str, Any]:
    """Both classifiers trained on a few examples, and what they made of messages."""
    seen: dict[str, Any] = told("stripped")
    return seen


def test_identifiers_change_nothing_for_either_classifier(stripped: dict[str, Any]) -> None:
    assert stripped["with"]["ranking"] == stripped["without"]["ranking"]
    assert stripped["with"]["purpose"] == stripped["without"]["purpose"]
    assert stripped["with"]["ranking"][0]["name"] == "report_damaged"


def test_identifiers_are_left_out_of_the_examples_too(stripped: dict[str, Any]) -> None:
    assert stripped["trained_alike"]


def test_the_message_itself_keeps_them(stripped: dict[str, Any]) -> None:
    assert stripped["text"] == stripped["given"]


def test_no_vector_of_what_is_left_is_passed_off_as_the_message_s(stripped: dict[str, Any]) -> None:
    assert stripped["told_of_whole"] == []
    assert stripped["told_of_left"] == stripped["told_of_plain"] != []


def test_a_change_of_what_is_left_out_means_another_model() -> None:
    assert "identifiers.py" in {path.name for path in inputs(ROOT)}
