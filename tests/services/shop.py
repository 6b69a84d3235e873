"""A shop on several processes of each kind, each with a port of its own, so that a test can kill the one it means."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from deploy.local import children, environment
from deploy.local.layout import Layout
from tests.services.servers import free_port

START_SECONDS = 280.0
NAMES = ("web-a", "web-b", "rasa-a", "rasa-b", "actions", "worker")
PATHS = {"web": "/healthz", "rasa": "/health", "actions": "/health"}


@dataclass
class Shop:
    """`ports` and `children` by a process's name."""

    database: str
    env: Mapping[str, str]
    folder: Path
    ports: dict[str, int]
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.ports[name]}"

    def start(self, name: str) -> None:
        log = self.folder / f"{name}.log"
        self.children[name] = children.spawn(self._command(name), cwd=Layout.of().root, env=dict(self.env), log=log)

    def kill(self, name: str) -> None:
        """As the kernel does it when memory runs out: at once, nothing is tidied up."""
        self.children[name].kill()
        self.children[name].wait()

    def wait(self, *names: str) -> None:
        """Until they answer. Raises RuntimeError with the log of one that does not."""
        deadline = time.monotonic() + START_SECONDS
        for name in names:
            while not self._answers(name):
                if self.children[name].poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"{name}: " + "\n".join(children.last_lines(self.folder / f"{name}.log")))
                time.sleep(0.1)

    def _command(self, name: str) -> Sequence[object]:
        layout, kind, port = Layout.of(), name.partition("-")[0], self.ports[name]
        app = layout.app_python
        return {
            "web": [app, "-m", "uvicorn", "bot.asgi:application", "--port", port, "--no-access-log"],
            "rasa": [layout.rasa_python, "-m", "bot.dialogue.components.serve", "--port", port,
                     "--model", layout.model() or ""],
            "actions": [app, "-m", "actions.server", "--port", port],
            "worker": [app, "manage.py", "worker"],
        }[kind]  # fmt: skip

    def _answers(self, name: str) -> bool:
        kind = name.partition("-")[0]
        if kind == "worker":
            return b"worker: ready" in (self.folder / "worker.log").read_bytes()
        connection = http.client.HTTPConnection("127.0.0.1", self.ports[name], timeout=5)
        try:
            connection.request("GET", PATHS[kind])
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@contextmanager
def running(postgres: str, redis: str, folder: Path) -> Iterator[Shop]:
    """Every process of `NAMES`, ready, on a database of its own, until the block ends. There is no Chroma."""
    database = _new_database(postgres, "shared_load")
    ports = {name: free_port() for name in NAMES}
    given = {
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "CHROMA_URL": f"http://127.0.0.1:{free_port()}",
        "RASA_URL": ",".join(f"http://127.0.0.1:{ports[name]}" for name in ("rasa-a", "rasa-b")),
        "POSTVENTA_ACTIONS_URL": f"http://127.0.0.1:{ports['actions']}/webhook",
        "POSTVENTA_RASA_TRACKERS": database,
        "POSTVENTA_VAR": str(folder),
        "POSTVENTA_SANDBOX": "1",
        "POSTVENTA_DIALOGUE_DEADLINE": "10",
        "POSTVENTA_TURN_LEASE_MARGIN": "2",
        **dict.fromkeys(environment.SECRETS, "of-the-tests-and-long-enough-to-be-one"),
    }
    env = {**environment.for_tools(environment.apart(os.environ)), **given}
    (folder / "static").mkdir()
    migrate = [sys.executable, "manage.py", "migrate", "--no-input", "-v", "0"]
    subprocess.run(migrate, cwd=Layout.of().root, env=env, check=True)
    shop = Shop(database, env, folder, ports)
    with ExitStack() as stack:
        for name in NAMES:
            shop.start(name)
        stack.callback(lambda: [children.stop(child, 5) for child in shop.children.values() if child.poll() is None])
        shop.wait(*NAMES)
        yield shop


def _new_database(postgres: str, name: str) -> str:
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    return urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
