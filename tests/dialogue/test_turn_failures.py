"""A turn that fails says so, and leaves no trace."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

import pytest

from tests.dialogue.engine import Rasa

CRASH = "provoca un error interno ahora mismo"
SHOW = "enséñame los metadatos del turno"


@pytest.fixture
def crashing(rasa: Rasa) -> Iterator[None]:
    rasa.crash.touch()
    yield
    rasa.crash.unlink(missing_ok=True)


def test_a_failing_action_fails_the_turn(rasa: Rasa, lucia: str, crashing: None) -> None:
    response = rasa.post(rasa.body(lucia, CRASH))
    assert response.status_code == 500
    assert "ask again with the same message_id" in response.json()["hint"]


def test_a_failed_turn_leaves_no_trace_and_can_be_repeated(rasa: Rasa, lucia: str, crashing: None) -> None:
    rasa.ask(lucia, "quiero devolver una cafetera")
    rasa.ask(lucia, "LB-10401")
    body = rasa.body(lucia, CRASH)
    assert rasa.post(body).status_code == 500
    rasa.crash.unlink()
    again = rasa.post(body)
    assert again.status_code == 200 and again.json()["replayed"] is False
    assert again.json()["state"]["requested_slot"] == "reason"
    assert json.loads(rasa.ask(lucia, SHOW)["says"][0])["turns"] == 4


def test_a_failed_first_turn_with_a_fresh_start_keeps_the_old_context(rasa: Rasa, lucia: str, crashing: None) -> None:
    rasa.ask(lucia, "quiero devolver una cafetera")
    assert rasa.post(rasa.body(lucia, CRASH, fresh=True)).status_code == 500
    assert rasa.ask(lucia, "LB-10401")["state"]["slots"]["order_number"] == "LB-10401"


def test_what_the_customer_wrote_is_not_in_the_logs(rasa: Rasa, lucia: str, crashing: None) -> None:
    rasa.post(rasa.body(lucia, f"{CRASH} marc@example.com"))
    rasa.ask(lucia, "rechaza esta acción por favor marc@example.com")
    assert "marc@example.com" not in rasa.server.log.read_text()
    assert "action_crash failed" in rasa.server.log.read_text()


def test_rules_in_a_circle_fail_the_turn(rasa: Rasa, lucia: str) -> None:
    assert rasa.post(rasa.body(lucia, "da vueltas en círculo sin parar")).status_code == 500
    assert rasa.ask(lucia, "hola")["says"] == ["¡Hola!"]


def test_while_the_tracker_database_is_locked_turns_fail_and_the_form_waits(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, "quiero devolver una cafetera")
    blocker = sqlite3.connect(rasa.trackers, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    body = rasa.body(lucia, "LB-10401")
    assert rasa.post(body).status_code == 500
    blocker.execute("ROLLBACK")
    blocker.close()
    again = rasa.post(body)
    assert again.status_code == 200 and again.json()["replayed"] is False
    assert again.json()["state"]["requested_slot"] == "reason"


def test_a_rejecting_action_leads_to_the_fallback(rasa: Rasa, lucia: str) -> None:
    assert rasa.ask(lucia, "rechaza esta acción por favor")["says"] == ["No te he entendido."]
