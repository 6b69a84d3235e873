"""Whose data it is stays out of logs and of what a model is sent."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.logs import Json, Words, masked
from knowledge import translating, writing
from knowledge.masking import hidden
from knowledge.masking import masked as masked_question

SAID = "Soy lucia.romero@correo.example, 600 111 001 o +34 600 111 001"


def line(formatter: logging.Formatter, message: str, *args: object, error: BaseException | None = None) -> str:
    info = (type(error), error, None) if error else None
    return formatter.format(logging.LogRecord("bot", logging.INFO, "f", 1, message, args, info))  # type: ignore[arg-type]


@pytest.mark.parametrize("formatter", [Words(), Json()], ids=["words", "json"])
def test_a_line_names_nobody(formatter: logging.Formatter) -> None:
    told = line(formatter, "it said %s", SAID, error=ValueError(SAID))
    assert "lucia" not in told and "600" not in told and "111" not in told


@pytest.mark.parametrize(
    "secret",
    ["https://api.telegram.org/bot8123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0/sendMessage",
     "Authorization: Bearer pv_abcdefghijklmnop", "GET /x?token=abcdefghijkl&y=1"],
)  # fmt: skip
def test_a_line_holds_no_secret(secret: str) -> None:
    told = masked(secret)
    assert "AAHdq" not in told and "abcdefgh" not in told


@pytest.mark.parametrize(
    "text",
    ["conversation 6fa459ea-ee8a-3ca4-894e-db77e160355e: done", "2026-11-22 12:00:00,123 INFO", "took 0.612345678 s",
     "port 60011", "message 7 of 12", "http://127.0.0.1:8000/readyz 200"],
)  # fmt: skip
def test_what_is_nobodys_stays(text: str) -> None:
    assert masked(text) == text


@given(st.text(max_size=200))
def test_what_is_hidden_can_be_put_back(text: str) -> None:
    assume("⟨" not in text)
    told, marks = hidden(text)
    for mark, what in marks.items():
        told = told.replace(mark, what, 1)
    assert told == text


class Model:
    """A chat model that keeps what it was sent and says what it is told to."""

    def __init__(self, answer: str) -> None:
        self.answer, self.sent = answer, ""

    def invoke(self, messages: list[tuple[str, str]]) -> Any:
        self.sent = " ".join(content for _role, content in messages)
        told = json.loads(messages[1][1]).get("translate", "")
        return type("Said", (), {"text": self.answer.replace("…", told)})


def test_a_question_goes_to_the_model_without_who_asks(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model('{"sentences": []}')
    monkeypatch.setattr(writing, "model", lambda name: model)
    settings.CHAT_MODEL = "openai:x"
    writing.ask(f"¿Cuánto dura la garantía? {SAID}", ["Tres años."])
    assert "garantía" in model.sent and "lucia" not in model.sent and "600" not in model.sent


def test_a_translation_is_made_without_knowing_whose_line_it_is(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    model = Model('{"translation": "Write to …"}')
    monkeypatch.setattr(writing, "model", lambda name: model)
    settings.CHAT_MODEL = "openai:x"
    told = translating.translated("Escríbeme a lucia.romero@correo.example", "en")
    assert "lucia" not in model.sent and told == "Write to Escríbeme a lucia.romero@correo.example"


def test_a_question_is_kept_masked() -> None:
    assert masked_question("Hola, soy Lucía Romero, mi pedido LB-10401, 600 111 001").count("[…]") == 3
