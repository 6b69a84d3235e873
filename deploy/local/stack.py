"""A whole shop for tests and measurements: its own folder, free ports, the same supervisor as `make run`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.local import children, environment
from deploy.local.layout import ROOT

STOP_SECONDS = 40.0
POLL_SECONDS = 0.05


class Stack:
    """A running shop. `told` is the line of JSON that `up --json` prints when it is ready."""

    def __init__(self, supervisor: subprocess.Popen[str], told: Mapping[str, Any]) -> None:
        self.supervisor = supervisor
        self.told = told
        self.var = Path(told["paths"]["var"])
        self.urls: dict[str, str] = dict(told["urls"])

    def pid(self, name: str) -> int | None:
        """The pid of a process now: a restarted one has a new one, a dead one None."""
        found: int | None = self._state()["pids"][name]
        return found

    def healthy(self, name: str) -> bool:
        return bool(self._state()["healthy"][name])

    def kill(self, name: str, number: int = signal.SIGKILL) -> int:
        """Send a signal to a process; the pid that it had. Raises LookupError when it is down."""
        pid = self.pid(name)
        if pid is None:
            raise LookupError(f"{name} is down; its log: {self.log(name)}")
        os.kill(pid, number)
        return pid

    def wait_for_new(self, name: str, old: int, seconds: float = 90) -> int:
        """The pid of the process that took the place of `old`, once it is healthy. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            pid = self.pid(name)
            if pid not in (None, old) and self.healthy(name):
                assert pid is not None
                return pid
            time.sleep(POLL_SECONDS)
        raise TimeoutError(f"{name} was not up again within {seconds:.0f} s; its log: {self.log(name)}")

    def log(self, name: str) -> Path:
        return self.var / "logs" / f"{name}.log"

    def secrets(self) -> dict[str, str]:
        """The generated secrets of this shop, such as POSTVENTA_RASA_TOKEN."""
        lines = Path(self.told["paths"]["secrets"]).read_text(encoding="utf-8").splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(Path(self.told["paths"]["state"]).read_text(encoding="utf-8"))
        return state


@contextmanager
def running(
    var: Path, *, env: Mapping[str, str] | None = None, restart: bool = True, eager: bool = False
) -> Iterator[Stack]:
    """Run a shop on the folder `var`, made from the template when it is new; stop it at the end.

    Real accounts and other machines' addresses are kept from it; `env` is added to the environment of its processes.
    `eager`: what dies is started again at once, however often it has died.
    Raises RuntimeError with the set-up's own words when it does not come up.
    """
    command = [sys.executable, "-m", "deploy.local", "up", "--var", str(var), "--ports", "auto", "--json"]
    command += [] if restart else ["--no-restart"]
    command += ["--eager"] if eager else []
    own = {**environment.apart(os.environ, "DATABASE_URL", "CHROMA_URL", "RASA_URL"), **(env or {})}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as words:
        supervisor = subprocess.Popen(command, cwd=ROOT, env=own, stdout=subprocess.PIPE, stderr=words, text=True)
        try:
            assert supervisor.stdout is not None
            line = supervisor.stdout.readline()
            if not line:
                supervisor.wait()
                words.seek(0)
                raise RuntimeError(f"the shop did not start:\n{words.read()[-4000:]}")
            yield Stack(supervisor, json.loads(line))
        finally:
            _end(supervisor)


def _end(supervisor: subprocess.Popen[str]) -> None:
    if supervisor.poll() is None:
        supervisor.terminate()
    try:
        supervisor.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        supervisor.kill()
        supervisor.wait()
    children.close_pipes(supervisor)
