"""The two engines as processes: how long until they answer, and what memory they hold."""

from __future__ import annotations

import http.client
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.local import children

READY_SECONDS = 900.0


@dataclass(frozen=True)
class Engine:
    """`ready`: seconds from its start until it answered."""

    base: str
    pid: int
    ready: float

    def megabytes(self) -> float:
        return resident(self.pid)


@contextmanager
def engine(
    command: Sequence[object], path: str, port: int, folder: Path, logs: Path, env: Mapping[str, str]
) -> Iterator[Engine]:
    """Run it in `folder` until the block ends; `path` answers 200 once it is ready. Raises RuntimeError."""
    log = logs / f"engine-{port}.log"
    begun = time.monotonic()
    child = children.spawn(command, cwd=folder, env=env, log=log)
    try:
        while not _answers(port, path):
            if child.poll() is not None or time.monotonic() - begun > READY_SECONDS:
                raise RuntimeError("an engine did not start:\n" + "\n".join(children.last_lines(log)))
            time.sleep(0.05)
        yield Engine(f"http://127.0.0.1:{port}", child.pid, time.monotonic() - begun)
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    children.stop(child, 10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def resident(pid: int) -> float:
    """Megabytes that a process holds in memory, its children's included."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            lines = Path(f"/proc/{one}/status").read_text().splitlines()
            waiting += [int(word) for word in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return total / 1024
