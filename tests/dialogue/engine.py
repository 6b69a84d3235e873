"""Runs the small project of `project/` in a real Rasa process, with a real action server next to it.

Rasa's Python is `.venv-rasa/bin/python` beside the repository's root, or POSTVENTA_RASA_PYTHON.
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "tests" / "dialogue" / "project"
MODELS = ROOT / "var" / "rasa" / "test-models"
TOKEN = "turn-token-of-the-tests"
ACTIONS_TOKEN = "action-token-of-the-tests"
DEADLINE = 4.0
BUSY = 0.3


def rasa_python() -> str:
    """The Python that has rasa. Its absence fails the tests: nothing here is skipped silently."""
    path = Path(os.environ.get("POSTVENTA_RASA_PYTHON") or ROOT / ".venv-rasa" / "bin" / "python")
    assert path.exists(), f"{path} is missing: make the Rasa environment, or set POSTVENTA_RASA_PYTHON."
    return str(path)


def run_inside(script: str, *arguments: str) -> Any:
    """Run a script of `inside/` with Rasa's Python; its last line of output is JSON."""
    done = subprocess.run(
        [rasa_python(), "-m", f"tests.dialogue.inside.{script}", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def train(project: Path, folder: Path) -> Path:
    done = subprocess.run(
        [rasa_python(), "-m", "bot.dialogue.components.train", "--project", str(project), "--out", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return Path(done.stdout.strip().splitlines()[-1])


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass
class Server:
    """A process that answers GET /health once it is ready."""

    command: list[str]
    port: int
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, patience: float = 120) -> float:
        """Start it and wait until it is ready; the seconds that took."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, cwd=ROOT, env={**os.environ, **self.environment}, stdout=log, stderr=log
            )
        while time.monotonic() - began < patience:
            assert self.process.poll() is None, self.log.read_text()[-4000:]
            try:
                if httpx.get(f"{self.url}/health", timeout=2).status_code == 200:
                    return time.monotonic() - began
            except httpx.HTTPError:
                time.sleep(0.05)
        raise AssertionError(f"not ready within {patience} s: {self.log.read_text()[-4000:]}")

    def kill(self) -> None:
        """As `kill -9` does."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()


numbers = itertools.count(1)


@dataclass
class Rasa:
    """A Rasa process as the gateway sees it."""

    server: Server
    trackers: Path
    gate: Path
    crash: Path

    def body(self, conversation: str, text: str | None = None, **more: Any) -> dict[str, Any]:
        metadata = {"channel": "web", "language": "es", **more.pop("metadata", {})}
        turn = {"conversation": conversation, "message_id": f"m{next(numbers)}", "state": True, **more}
        return {**turn, "metadata": metadata, **({"text": text} if text is not None else {})}

    def post(self, body: Any, token: str = TOKEN, timeout: float = 60) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.post(
            f"{self.server.url}/webhooks/postventa/turn",
            content=content,
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
        )

    def ask(self, conversation: str, text: str | None = None, **more: Any) -> dict[str, Any]:
        """One turn that has to succeed; `says` holds the texts of its replies."""
        response = self.post(self.body(conversation, text, **more))
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return {**answer, "says": [reply["text"] for reply in answer["replies"]]}


def make_rasa(model: Path, actions: Server, folder: Path) -> Rasa:
    port = free_port()
    trackers = folder / "trackers.sqlite3"
    command = [rasa_python(), "-m", "bot.dialogue.components.serve", "--port", str(port)]
    environment = {
        "POSTVENTA_RASA_TOKEN": TOKEN,
        "POSTVENTA_ACTIONS_TOKEN": ACTIONS_TOKEN,
        "POSTVENTA_ACTIONS_URL": f"{actions.url}/webhook",
        "POSTVENTA_RASA_TRACKERS": str(trackers),
        "POSTVENTA_RASA_TRACKERS_BUSY": str(BUSY),
        "POSTVENTA_RASA_DEADLINE": str(DEADLINE),
    }
    server = Server([*command, "--project", str(PROJECT), "--model", str(model)], port, folder / "log", environment)
    gate, crash = (Path(actions.environment[name]) for name in ("TEST_GATE", "TEST_CRASH"))
    return Rasa(server, trackers, gate, crash)
