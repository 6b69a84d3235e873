"""The conversation's language: kept, until the customer clearly writes another."""

from __future__ import annotations

import pytest

from tests.dialogue.engine import Rasa


@pytest.mark.parametrize(
    ("start", "text", "then"),
    [
        ("es", "where is my order?", "en"),
        ("es", "I don't have it", "en"),
        ("es", "yes please", "en"),
        ("en", "hola, quiero devolver una cafetera", "es"),
        ("en", "¿y si está abierto?", "es"),
        ("en", "Me gustaría saber cuándo llega", "es"),
        ("es", "LB-10401", "es"),
        ("en", "lucia@example.com", "en"),
        ("en", "Calle del Pez 3, Madrid", "en"),
        ("en", "no", "en"),
        ("en", "gracias", "en"),
        ("es", "ok thanks", "es"),
        ("es", "el tracking del Smart Thermostat no va", "es"),
        ("en", "my Brasa 20 doesn't heat", "en"),
        ("es", "¿puedo hablar en inglés?", "en"),
        ("en", "can we talk in Spanish", "es"),
        ("es", "English please", "en"),
        ("es", "¿tenéis el manual en inglés?", "es"),
        ("en", "is the manual in Spanish?", "en"),
    ],
)
def test_only_clear_evidence_changes_the_language(rasa: Rasa, lucia: str, start: str, text: str, then: str) -> None:
    assert rasa.ask(lucia, text, metadata={"language": start})["language"] == then


def test_the_new_language_stays_although_the_gateway_still_passes_the_old_one(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, "hola")
    assert rasa.ask(lucia, "please let me speak to a human agent")["language"] == "en"
    assert rasa.ask(lucia, "wifi")["language"] == "en"
    assert rasa.ask(lucia, payload="/greet")["says"] == ["Hello!"]


def test_a_language_that_the_gateway_newly_passes_counts(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, "where is my order, please?")
    assert rasa.ask(lucia, "LB-10401", metadata={"language": "es"})["language"] == "en"
    assert rasa.ask(lucia, "LB-10401", metadata={"language": "en"})["language"] == "en"
    assert rasa.ask(lucia, "LB-10401", metadata={"language": "es"})["language"] == "es"


@pytest.mark.parametrize("given", [None, "fr", "", 7])
def test_an_unknown_language_is_spanish(rasa: Rasa, lucia: str, given: object) -> None:
    assert rasa.ask(lucia, "LB-10401", metadata={"language": given})["language"] == "es"


def test_responses_follow_the_language(rasa: Rasa, lucia: str) -> None:
    assert rasa.ask(lucia, "hola", metadata={"language": "en"})["says"] == ["Hello!"]
    assert rasa.ask(lucia, "hola, buenas tardes", metadata={"language": "en"})["says"] == ["¡Hola!"]
