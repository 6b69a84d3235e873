"""How many processes of each kind `make run` starts: by settings alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.local import environment, processes
from deploy.local.layout import Layout
from deploy.local.ports import Ports
from deploy.local.trouble import Trouble

PORTS = Ports(web=8000, rasa=5005, actions=5055, chroma=8001)


def started(tmp_path: Path, **environ: str) -> dict[str, str]:
    layout = Layout.of(tmp_path, {})
    found = processes.all_of(layout, PORTS, environ)
    return {each.name: " ".join(str(word) for word in each.command) for each in found}


def test_one_of_each_unless_told_otherwise(tmp_path: Path) -> None:
    assert list(started(tmp_path)) == ["chroma", "rasa", "actions", "web", "worker"]
    env = environment.for_shop(Layout.of(tmp_path, {}), PORTS, {})
    assert env["RASA_URL"] == "http://127.0.0.1:5005"


def test_as_many_as_the_settings_say(tmp_path: Path) -> None:
    told = {"POSTVENTA_RASA_PROCESSES": "3", "POSTVENTA_WORKER_PROCESSES": "2", "POSTVENTA_WEB_PROCESSES": "4"}
    found = started(tmp_path, **told)
    assert list(found) == ["chroma", "rasa", "rasa-2", "rasa-3", "actions", "web", "worker", "worker-2"]
    assert "--workers 4" in found["web"]
    env = environment.for_shop(Layout.of(tmp_path, {}), PORTS, told)
    for number, name in enumerate(("rasa", "rasa-2", "rasa-3")):
        assert f"--port {5005 + number}" in found[name]
        assert f"http://127.0.0.1:{5005 + number}" in env["RASA_URL"].split(",")


def test_those_that_run_elsewhere_are_left_out(tmp_path: Path) -> None:
    told = {"POSTVENTA_RASA_PROCESSES": "3", "RASA_URL": "http://rasa.example.com:5005"}
    assert not [name for name in started(tmp_path, **told) if name.startswith("rasa")]


@pytest.mark.parametrize("given", ["0", "-1", "two", "1000", "²"])
def test_what_is_no_number_of_processes_is_refused_by_name(tmp_path: Path, given: str) -> None:
    with pytest.raises(Trouble, match="POSTVENTA_WEB_PROCESSES"):
        started(tmp_path, POSTVENTA_WEB_PROCESSES=given)
