"""Forms survive what happens to the process."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import httpx

from tests.dialogue.engine import PROJECT, TOKEN, Rasa, train

RETURN = "quiero devolver una cafetera"
SHOW = "enséñame los metadatos del turno"


def test_kill_9_after_an_answered_turn_loses_nothing(own_rasa: Rasa, lucia: str) -> None:
    own_rasa.server.start()
    own_rasa.ask(lucia, RETURN)
    body = own_rasa.body(lucia, "LB-10401")
    answered = own_rasa.post(body).json()
    own_rasa.server.kill()

    own_rasa.server.start()
    repeated = own_rasa.post(body).json()
    assert repeated["replayed"] is True and repeated["replies"] == answered["replies"]
    assert repeated["state"]["requested_slot"] == "reason"
    assert own_rasa.ask(lucia, "se ha roto")["says"] == ["Devolución de LB-10401."]


def _put_model(rasa: Rasa, path: str) -> httpx.Response:
    url = f"{rasa.server.url}/webhooks/postventa/model"
    return httpx.put(url, json={"path": path}, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60)


def test_a_new_model_takes_over_in_the_middle_of_a_form(rasa: Rasa, lucia: str, model: Path, tmp_path: Path) -> None:
    rasa.ask(lucia, RETURN)
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project)
    rules = project / "data" / "nlu" / "nlu.yml"
    rules.write_text(rules.read_text().replace("- hola\n", "- hola\n      - muy buenas a todos\n"))
    other = train(project, tmp_path / "models")
    assert other.name != model.name

    assert _put_model(rasa, str(other)).status_code == 204
    assert httpx.get(f"{rasa.server.url}/health").json()["model"] == other.name
    assert rasa.ask(lucia, "LB-10401")["state"]["requested_slot"] == "reason"
    assert _put_model(rasa, str(model)).status_code == 204
    assert rasa.ask(lucia, "se ha roto")["says"] == ["Devolución de LB-10401."]


def test_a_bad_model_leaves_the_old_one_running(rasa: Rasa, lucia: str, tmp_path: Path) -> None:
    rasa.ask(lucia, RETURN)
    broken = tmp_path / "broken.tar.gz"
    broken.write_bytes(b"not a model")
    for path in (str(broken), "/nowhere.tar.gz", ""):
        assert _put_model(rasa, path).status_code == 400
    assert rasa.ask(lucia, "LB-10401")["state"]["requested_slot"] == "reason"


def test_a_long_conversation_stays_short_and_keeps_its_form(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, RETURN)
    rasa.ask(lucia, "LB-10401")
    lengths = []
    for _ in range(30):
        answer = rasa.ask(lucia, SHOW)
        lengths.append(json.loads(answer["says"][0])["events"])
        assert answer["state"]["requested_slot"] == "reason"
        assert answer["state"]["slots"]["order_number"] == "LB-10401"
    assert max(lengths) <= 110 and lengths[-1] != lengths[0]
    assert rasa.ask(lucia, "se ha roto")["says"] == ["Devolución de LB-10401."]
    with sqlite3.connect(rasa.trackers) as rows:
        (kept,) = rows.execute("SELECT count(*) FROM turns WHERE conversation = ?", (lucia,)).fetchone()
    assert kept < 12


def test_a_forgotten_conversation_is_gone(rasa: Rasa, lucia: str) -> None:
    rasa.ask(lucia, RETURN)
    url = f"{rasa.server.url}/webhooks/postventa/conversations/{lucia}"
    assert httpx.delete(url).status_code == 401
    assert httpx.delete(url, headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 204
    with sqlite3.connect(rasa.trackers) as rows:
        for table in ("turns", "answers"):
            query = f"SELECT count(*) FROM {table} WHERE conversation = ?"
            assert rows.execute(query, (lucia,)).fetchone() == (0,)
    assert rasa.ask(lucia, "hola")["state"]["active_form"] is None


def test_it_is_ready_within_twelve_seconds_of_its_own_time(own_rasa: Rasa) -> None:
    own_rasa.server.start()
    with open(f"/proc/{own_rasa.server.process.pid}/stat") as stat:  # noqa: PTH123
        user, system = (int(ticks) for ticks in stat.read().split()[13:15])
    # Processor seconds (ticks of 10 ms) instead of a clock: other work on this machine does not count.
    assert (user + system) / 100 < 12
