"""What is said in the measurement: visits of customers, and questions without end. No two lines are alike."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from deploy.local.layout import ROOT
from tests.chaos.scripts import LUCIA, copy_order

KINDS = {"faq", "guide", "unanswerable"}
SMALL_TALK, QUESTION, STEP = "small talk", "question", "step of a request"
RETURNED = "LB-10401"
# How people begin, and what they say before they ask.
GREETINGS = {
    "es": ("hola", "buenas", "buenos días", "buenas tardes", "oye", "perdona", "disculpa", "hola buenas"),
    "en": ("hi", "hello", "hey", "good morning", "good afternoon", "sorry", "excuse me", "hi there"),
}
LEADS = {
    "es": (
        "",
        "una duda, ",
        "una pregunta, ",
        "a ver, ",
        "una cosa, ",
        "te pregunto, ",
        "rápido, ",
        "por curiosidad, ",
    ),
    "en": ("", "quick one, ", "one question, ", "so, ", "one thing, ", "let me ask, ", "quickly, ", "just curious, "),
}
_openings = itertools.cycle(itertools.product(range(8), range(8)))
_numbers = itertools.count(1)
_orders = itertools.count(40_001)


class Line(NamedTuple):
    kind: str
    text: str


def sentences() -> Iterator[str]:
    """Questions of the evaluation set, without end. Each is new to every cache: each round has another opening, and
    there are 64. A number behind each of them would make two sentences of one, which are looked up apart."""
    lines = (ROOT / "tests" / "evaluation" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [line for line in map(json.loads, lines) if line["kind"] in KINDS]
    for lead, greeting in _openings:
        for line in questions:
            language = line["lang"][:2]
            yield f"{GREETINGS[language][greeting]}, {LEADS[language][lead]}{line['text']}"


def one_question() -> Iterator[str]:
    """One question without end, each time with another number: all are answered alike, and no cache knows them."""
    for number in _numbers:
        yield f"¿cuánto tengo para devolver el robot número {number}?"


def visits(orders: Sequence[str]) -> Iterator[list[Line]]:
    """One for each order: the customer greets, asks something, returns what they bought, asks again, and says thanks.
    Two turns of nine are questions, five are steps of the request."""
    questions = sentences()
    for order in orders:
        number = next(_numbers)
        yield [
            Line(SMALL_TALK, f"hola, buenas, soy la clienta {number}"),
            Line(QUESTION, next(questions)),
            Line(STEP, f"quiero devolver la freidora, soy la clienta {number}"),
            Line(STEP, f"es el pedido {order}"),
            Line(STEP, LUCIA),
            Line(STEP, f"hace demasiado ruido, ya lo he oído {number} veces"),
            Line(STEP, f"lo llevo yo a la tienda {number}"),
            Line(QUESTION, next(questions)),
            Line(SMALL_TALK, f"muchas gracias de parte de la clienta {number}"),
        ]


def orders(turns: int) -> list[str]:
    """So many of one customer's orders that visits about them have at least that many turns, no order twice."""
    return [copy_order(RETURNED, next(_orders)) for _ in range(turns // 4 + 2)]
