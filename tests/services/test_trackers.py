"""Rasa's memory, kept in a file and in PostgreSQL: the same rules, and two Rasas that go on with each other's turns."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.dialogue.engine import ROOT, rasa_python
from tests.services.conftest import needed


@pytest.fixture(scope="module", params=["file", "postgresql"])
def seen(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file: Path = tmp_path_factory.mktemp("rasa") / "trackers.sqlite3"
    where = needed("DATABASE_URL", "postgres") if request.param == "postgresql" else str(file)
    command = [rasa_python(), "-m", "tests.services.inside.ledgers", where]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, env={**os.environ})
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def test_a_turn_follows_the_one_it_was_read_at(seen: dict[str, Any]) -> None:
    turns = seen["turns"]
    assert (turns["first"], turns["behind"], turns["second"]) == (1, True, 2)
    assert turns["events"] == [{"a": 1}, {"a": 2}]
    assert turns["answers"] == [["m1", [{"text": "Hola"}]], ["m2", [{"text": "¡Sí!"}]], None]


def test_a_snapshot_takes_the_place_of_what_came_before(seen: dict[str, Any]) -> None:
    assert seen["turns"]["kept"] == [[{"a": 4}], 4]


def test_a_forgotten_conversation_leaves_nothing(seen: dict[str, Any]) -> None:
    assert seen["turns"]["all"] == ["lucia", "marc"]
    assert seen["turns"]["forgotten"] == [0, [], None, ["marc"]]


def test_either_rasa_goes_on_where_the_other_stopped(seen: dict[str, Any]) -> None:
    assert seen["rasas"]["moves"] == [None, "A", "B"]
    assert seen["rasas"]["repeated"] == "answered before"
    assert seen["rasas"]["goes on"] == "E"


def test_of_two_that_take_the_same_turn_one_is_stored(seen: dict[str, Any]) -> None:
    assert seen["rasas"]["race"] == "one"


def test_what_one_forgot_the_other_does_not_remember(seen: dict[str, Any]) -> None:
    assert seen["rasas"]["forgotten"] is None


def test_a_lost_connection_costs_no_turn(seen: dict[str, Any]) -> None:
    if "cut" not in seen:
        pytest.skip("a file has no connection")
    assert seen["cut"] == {"after": 2, "events": [{"a": 1}, {"a": 2}]}
