"""The supervisor, with processes of ten lines under a supervisor of its own pid."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
Until = Callable[[Callable[[], object], str], None]

# argv: folder, restart, then name:port:kind:needs for each process.
DRIVER = """
import json, sys
from pathlib import Path
from deploy.local.console import Console
from deploy.local.files import write_whole
from deploy.local.processes import Process, answers
from deploy.local.supervisor import Supervisor
from deploy.local.trouble import Trouble

folder, restart, *given = sys.argv[1:]
folder = Path(folder)
processes = []
for text in given:
    name, port, kind, needs = text.split(":")
    command = [sys.executable, str(folder / "child.py"), name, port, kind, str(folder)]
    wants = tuple(filter(None, needs.split(",")))
    processes.append(Process(name, command, answers(int(port), "/health"), wants, limit=5, grace=0.5))

def changed(runs):
    write_whole(folder / "state.json", json.dumps({run.process.name: [run.pid, run.healthy] for run in runs}))

supervisor = Supervisor(
    processes, cwd=folder, env={"PATH": "/bin"}, logs=folder / "logs", console=Console(sys.stdout),
    ready=lambda: print("READY", flush=True), changed=changed, restart=restart == "restart",
)
try:
    supervisor.run()
except Trouble as trouble:
    print(trouble.text(), flush=True)
    sys.exit(1)
"""

CHILD = """
import http.server, os, signal, subprocess, sys, time
from pathlib import Path

name, port, kind, folder = sys.argv[1:]
def event(what):
    with open(Path(folder) / "events", "a") as file:
        file.write(f"{what} {name}\\n")
event("start")
if kind == "broken":
    print("the pump is dry", flush=True)
    sys.exit(3)
if kind == "deaf":
    time.sleep(600)
if kind == "parent":
    nested = subprocess.Popen(["/bin/sleep", "600"])
    (Path(folder) / "nested").write_text(str(nested.pid))
def end(number, frame):
    event("end")
    if kind != "stubborn":
        os._exit(0)
signal.signal(signal.SIGTERM, end)
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(port)), Answer).serve_forever()
"""


class Driven:
    """A supervisor in a process of its own."""

    def __init__(self, folder: Path, until: Until) -> None:
        self.folder = folder
        self.output = folder / "output"
        self._until = until
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *processes: str, restart: bool = True) -> subprocess.Popen[bytes]:
        (self.folder / "child.py").write_text(CHILD)
        command = [sys.executable, "-c", DRIVER, str(self.folder), "restart" if restart else "stay", *processes]
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        return self._process

    def ready(self, *processes: str, restart: bool = True) -> subprocess.Popen[bytes]:
        process = self.start(*processes, restart=restart)
        self._until(lambda: "READY" in self.words() or process.poll() is not None, "the supervisor is ready")
        assert process.poll() is None, self.words()
        return process

    def words(self) -> str:
        return self.output.read_text() if self.output.exists() else ""

    def events(self) -> list[str]:
        return (self.folder / "events").read_text().splitlines()

    def pid(self, name: str) -> int | None:
        state: dict[str, list[Any]] = json.loads((self.folder / "state.json").read_text())
        pid, healthy = state[name]
        return pid if healthy else None

    def clean_up(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(20)


@pytest.fixture
def driven(tmp_path: Path, until: Until) -> Iterator[Driven]:
    driver = Driven(tmp_path, until)
    yield driver
    driver.clean_up()


@pytest.fixture
def port() -> Callable[[], int]:
    def take() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return take


Port = Callable[[], int]
Alive = Callable[[int], bool]


def pid_of(driven: Driven, name: str) -> int:
    pid = driven.pid(name)
    assert pid is not None
    return pid


def test_what_is_needed_is_healthy_first_and_ends_last(driven: Driven, port: Port) -> None:
    supervisor = driven.ready(f"store:{port()}:well:", f"web:{port()}:well:store")
    assert driven.events() == ["start store", "start web"]
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(20) == 0
    assert driven.events()[2:] == ["end web", "end store"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopping_leaves_nothing_behind(driven: Driven, port: Port, alive: Alive, number: int) -> None:
    supervisor = driven.ready(f"one:{port()}:well:", f"two:{port()}:parent:")
    pids = [pid_of(driven, "one"), pid_of(driven, "two"), int((driven.folder / "nested").read_text())]
    supervisor.send_signal(number)
    assert supervisor.wait(20) == 0
    assert [pid for pid in pids if alive(pid)] == []


def test_who_does_not_end_when_asked_is_killed(driven: Driven, port: Port, alive: Alive) -> None:
    supervisor = driven.ready(f"mule:{port()}:stubborn:")
    pid = pid_of(driven, "mule")
    supervisor.send_signal(signal.SIGTERM)
    assert supervisor.wait(20) == 0
    assert not alive(pid)
    assert "mule did not end within" in driven.words()


def test_a_killed_process_comes_back(driven: Driven, port: Port, until: Until) -> None:
    driven.ready(f"one:{port()}:well:", f"two:{port()}:well:")
    first, other = pid_of(driven, "one"), pid_of(driven, "two")
    os.kill(first, signal.SIGKILL)
    until(lambda: driven.pid("one") not in (None, first), "a new one is healthy")
    assert driven.pid("two") == other
    assert "one was ended by SIGKILL; starting it again in 0.5 s" in driven.words()


def test_without_restarts_it_stays_down_and_the_others_stay_up(driven: Driven, port: Port, until: Until) -> None:
    supervisor = driven.ready(f"one:{port()}:well:", f"two:{port()}:well:", restart=False)
    other = pid_of(driven, "two")
    os.kill(pid_of(driven, "one"), signal.SIGKILL)
    until(lambda: "it stays down" in driven.words(), "the death is noticed")
    until(lambda: driven.pid("one") is None, "the state says so")
    assert driven.pid("two") == other
    assert supervisor.poll() is None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux ends children with their parent")
def test_a_killed_supervisor_leaves_nothing_behind(driven: Driven, port: Port, alive: Alive, until: Until) -> None:
    supervisor = driven.ready(f"one:{port()}:well:", f"two:{port()}:well:")
    pids = [pid_of(driven, "one"), pid_of(driven, "two")]
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait(20)
    until(lambda: not any(alive(pid) for pid in pids), "the children are gone")


def test_who_cannot_start_is_given_up_with_its_last_words(driven: Driven, port: Port, alive: Alive) -> None:
    begun = time.monotonic()
    supervisor = driven.start(f"store:{port()}:well:", f"pump:{port()}:broken:")
    assert supervisor.wait(30) == 1
    assert time.monotonic() - begun < 30
    assert "pump ended with code 3 while starting, 5 times" in driven.words()
    assert "the pump is dry" in driven.words()
    assert str(driven.folder / "logs" / "pump.log") in driven.words()
    assert driven.events().count("start pump") == 5
    assert driven.events()[-1] == "end store"


def test_who_never_gets_healthy_is_given_up(driven: Driven, port: Port) -> None:
    supervisor = driven.start(f"wall:{port()}:deaf:")
    assert supervisor.wait(30) == 1
    assert "wall was not healthy within 5 s" in driven.words()


def test_stopping_while_it_starts(driven: Driven, port: Port, until: Until, alive: Alive) -> None:
    supervisor = driven.start(f"wall:{port()}:deaf:", f"web:{port()}:well:wall")
    until(lambda: (driven.folder / "events").exists(), "the first one was started")
    pid = json.loads((driven.folder / "state.json").read_text())["wall"][0]
    supervisor.send_signal(signal.SIGINT)
    assert supervisor.wait(20) == 0
    assert not alive(pid)
    assert driven.events() == ["start wall"]
