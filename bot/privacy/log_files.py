"""The log files of this machine: `var/logs`, where `make run` writes them. Elsewhere the log is its keeper's."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

LONGEST = 64 * 1024 * 1024


def folder() -> Path:
    return Path(settings.VAR_DIR) / "logs"


def files() -> list[Path]:
    return sorted(path for path in folder().glob("*.log*") if path.is_file())


def blank_out(words: Collection[str]) -> int:
    """Write asterisks over these words, wherever a log holds them; tell how often.

    In place and byte for byte, because the processes go on writing to the end of the same files.
    """
    return sum(_blank_out(path, [word.encode() for word in words if word]) for path in files())


def _blank_out(path: Path, words: list[bytes]) -> int:
    if not words or path.stat().st_size > LONGEST:
        return 0
    found = 0
    with path.open("r+b") as file:
        told = file.read()
        for word in words:
            at = told.find(word)
            while at >= 0:
                file.seek(at)
                file.write(b"*" * len(word))
                found += 1
                at = told.find(word, at + len(word))
    return found


def forget(before: datetime) -> int:
    """Put away a log half as old as it may be, and delete what was put away that long ago: no line is older than it
    may be. Tells how many files were."""
    half = before + (datetime.now(UTC) - before) / 2
    done = 0
    for path in files():
        if path.suffix == ".log":
            done += _put_away(path, half)
        elif _modified(path) < before:
            path.unlink()
            done += 1
    return done


def _put_away(path: Path, half: datetime) -> bool:
    """Copied and emptied, not renamed: its process goes on writing to it."""
    put_away = path.with_suffix(".log.1")
    since = _modified(put_away) if put_away.exists() else _born(path)
    if since >= half or path.stat().st_size == 0:
        return False
    shutil.copyfile(path, put_away)
    with path.open("r+b") as file:
        file.truncate()
    return True


def _modified(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _born(path: Path) -> datetime:
    """From its first line, which begins with a date; a log that begins otherwise counts from its last change."""
    with path.open("rb") as file:
        head = file.readline(64).decode("ascii", "replace")
    try:
        return datetime.fromisoformat(head[:19].replace(",", ".")).replace(tzinfo=UTC)
    except ValueError:
        return _modified(path)
