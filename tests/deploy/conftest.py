"""Small machines to set up and to run: fake Pythons, a tiny repository, processes of ten lines."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local.console import Console


@pytest.fixture
def words() -> io.StringIO:
    """What the person at the terminal would have read."""
    return io.StringIO()


@pytest.fixture
def console(words: io.StringIO) -> Console:
    return Console(words)


@pytest.fixture
def until() -> Callable[[Callable[[], object], str], None]:
    """Waits until a condition holds; fails with `what` when it does not within 20 seconds."""

    def wait(condition: Callable[[], object], what: str) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, f"not within 20 s: {what}"
            time.sleep(0.02)

    return wait


@pytest.fixture
def executable() -> Callable[[Path, str], Path]:
    def make(path: Path, script: str) -> Path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def alive() -> Callable[[int], bool]:
    """Whether a process runs; one that has ended and waits for its parent to notice does not."""

    def look(pid: int) -> bool:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            if Path("/proc/self").exists():
                return False
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return False
            return True
        return stat.rpartition(")")[2].split()[0] not in {"Z", "X"}

    return look
