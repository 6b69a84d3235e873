"""Small files that are either whole or not there, digests of inputs, and locks that die with their holder."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from deploy.local.trouble import Trouble


def write_whole(path: Path, text: str, mode: int = 0o644) -> None:
    """Write `text` so that a reader, or a crash, finds the old content or all of the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def digest(root: Path, paths: Iterable[Path], *extra: str) -> str:
    """SHA-256 over the names (relative to `root`) and contents of the files, folders taken whole, and over `extra`."""
    total = hashlib.sha256("\0".join(extra).encode())
    for path in paths:
        for file in sorted(_files(path)):
            total.update(f"\0{file.relative_to(root)}\0".encode() + file.read_bytes())
    return total.hexdigest()


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for found in path.rglob("*"):
            if found.is_file() and "__pycache__" not in found.parts:
                yield found


@contextmanager
def held(path: Path, what: str, remedy: str, patience: float = 0.0) -> Iterator[None]:
    """Hold the lock `path`, which names our pid. Raises Trouble with `what` (its {pid} filled in) when another still
    has it after `patience` seconds.

    The system drops the lock when its holder dies, however it dies: a file left behind stops nobody.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + patience
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o644), "r+", encoding="utf-8") as file:
        while not _locked(file):
            if time.monotonic() >= deadline:
                holder = file.read().strip() or "unknown"
                raise Trouble(what.format(pid=holder), remedy.format(pid=holder))
            time.sleep(0.2)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
        file.seek(0)
        file.truncate(0)


def _locked(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
