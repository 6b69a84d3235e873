"""What the door lets in, and what it says to the rest."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.dialogue.engine import Rasa


def test_greeting_gets_a_reply_in_the_agreed_form(rasa: Rasa, lucia: str) -> None:
    response = rasa.post(rasa.body(lucia, "hola"))
    assert response.status_code == 200
    assert response.json() == {
        "replies": [{"text": "¡Hola!", "buttons": [], "custom": {}}],
        "replayed": False,
        "language": "es",
        "state": {
            "intent": "greet",
            "confidence": pytest.approx(0.9, abs=0.1),
            "language": "es",
            "active_form": None,
            "requested_slot": None,
            "slots": {"language": "es"},
        },
    }


def test_state_comes_only_on_demand(rasa: Rasa, lucia: str) -> None:
    assert "state" not in rasa.ask(lucia, "hola", state=False)


def test_buttons_carry_title_and_payload(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, "quiero devolver una cafetera")
    reply = rasa.ask(lucia, "LB-10401")["replies"][-1]
    assert reply["buttons"] == [{"title": "Roto", "payload": '/inform_fact{"order_number": "LB-1"}'}]


def test_metadata_and_message_id_reach_the_action(rasa: Rasa, lucia: str) -> None:
    given = {"channel": "whatsapp", "verified": None, "identity": "whatsapp:+34600", "today": "2026-03-01"}
    answer = rasa.ask(lucia, "enséñame los metadatos del turno", message_id="m-7", metadata=given)
    seen = json.loads(answer["says"][0])
    assert seen["metadata"] == {
        **given,
        "language": "es",
        "message_id": "m-7",
        "given_language": "es",
        "offered_payload": False,
        "asked": None,
    }
    assert seen["channel"] == "whatsapp"
    assert answer["replies"][0]["custom"] == {"commands": [{"name": "resolve"}]}


def test_a_response_may_vary_by_channel(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, "quiero devolver una cafetera")
    assert rasa.ask(lucia, "LB-2", metadata={"channel": "whatsapp"})["says"] == ["¿Por qué? (WhatsApp)"]


@pytest.mark.parametrize("token", ["wrong", "turn-token-of-the-test", "ñ"])
def test_without_the_token_nothing_happens(rasa: Rasa, lucia: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}".encode()}
    url = f"{rasa.server.url}/webhooks/postventa/turn"
    response = httpx.post(url, json=rasa.body(lucia, "hola"), headers=headers)
    assert response.status_code == 401
    assert "POSTVENTA_RASA_TOKEN" in response.json()["hint"]
    assert rasa.ask(lucia, "hola")["replayed"] is False


@pytest.mark.parametrize(
    ("body", "about"),
    [
        (b"", "one JSON object"),
        (b"[]", "one JSON object"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        ({"text": "hola", "message_id": "1"}, "conversation"),
        ({"conversation": "", "text": "hola", "message_id": "1"}, "conversation"),
        ({"conversation": "c", "text": "hola"}, "message_id"),
        ({"conversation": "c", "message_id": "1"}, "text is missing"),
        ({"conversation": "c", "message_id": "1", "text": 5}, "text is missing"),
        ({"conversation": "c", "message_id": "1", "text": "a", "payload": "/greet"}, "either text or payload"),
        ({"conversation": "c", "message_id": "1", "payload": "/greet{"}, "payload must look like"),
        ({"conversation": "c", "message_id": "1", "payload": "/nobody_knows_me"}, "domain does not have"),
        ({"conversation": "c", "message_id": "1", "payload": '/greet{"size": 3}'}, "entities"),
        ({"conversation": "c", "message_id": "1", "text": "a", "metadata": []}, "metadata"),
        ({"conversation": "c", "message_id": "1", "text": "a", "fresh": "yes"}, "fresh"),
        ({"conversation": "c", "message_id": "1", "text": "a", "sender": "x"}, "Unknown fields"),
    ],
)
def test_what_is_not_a_turn_is_told_why(rasa: Rasa, body: Any, about: str) -> None:
    response = rasa.post(body)
    assert response.status_code == 422
    assert about in response.json()["error"]


def test_too_large_a_body_is_refused(rasa: Rasa, lucia: str) -> None:
    assert rasa.post(rasa.body(lucia, "x" * 300_000)).status_code == 413


def test_a_long_text_is_cut_not_refused(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, "quiero devolver una cafetera")
    slots = rasa.ask(lucia, "LB-" + "1" * 50_000)["state"]["slots"]
    assert len(slots["order_number"]) == 8_000


@pytest.mark.parametrize("text", ["", "   ", "???", "…", "👍", "\u0000", "\ud83d", "\u200b"])
def test_a_text_without_words_is_not_understood_instead_of_guessed(rasa: Rasa, lucia: str, text: str) -> None:
    answer = rasa.ask(lucia, text)
    assert answer["state"]["intent"] == "nlu_fallback"
    assert answer["says"] == ["No te he entendido."]


def test_health_names_the_model(rasa: Rasa) -> None:
    for path in ("/health", "/status"):
        assert httpx.get(rasa.server.url + path).json()["model"].endswith(".tar.gz")


def test_rasas_own_doors_are_closed(rasa: Rasa) -> None:
    for path in ("/model/parse", "/webhooks/rest/webhook", "/conversations/x/tracker"):
        assert httpx.post(rasa.server.url + path, json={"text": "hola"}).status_code == 404


def test_it_listens_on_the_loopback_alone(rasa: Rasa) -> None:
    listening = [
        line.split()[1]
        for name in ("tcp", "tcp6")
        for line in open(f"/proc/net/{name}").read().splitlines()[1:]  # noqa: SIM115, PTH123
        if line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16) == rasa.server.port
    ]
    assert listening == [f"0100007F:{rasa.server.port:04X}"]
