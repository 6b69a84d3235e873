"""A backup while the shop runs: the database first, then what it points to, then the dialogue's memory.

In this order nothing that the database names is missing: files are written before their rows, and a turn that Rasa
knows and the database does not is asked again and found to be answered. What was erased in between is missing on
purpose. Secrets are not in a backup, nor is what can be made anew: the search index, the trained dialogue, the logs.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from bot.operating.places import FORM, MANIFEST, NotPossible, Places, digest, files_of, server


def backup(folder: Path, places: Places) -> dict[str, Any]:
    """Write a backup into `folder`, which must not exist yet; gives its manifest. Raises NotPossible.

    Whoever finds the folder finds all of it: it gets its name when it is complete.
    """
    if folder.exists():
        raise NotPossible(f"{folder} is there already. Give each backup a folder of its own.")
    partial = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    try:
        _database(places, partial)
        for name, source in places.folders.items():
            _copy(source, partial / name)
        _trackers(places.trackers, partial / "trackers")
        manifest = _manifest(partial)
        (partial / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return manifest


def _database(places: Places, into: Path) -> None:
    if places.sqlite:
        _copy_sqlite(places.sqlite, into / "database.sqlite3")
        return
    arguments, password = server(places.database)
    command = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", *arguments]
    _call([*command, "--file", str(into / "database.dump")], password)


def _copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's own online backup: one moment of a database that others go on writing to, whole and checked."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as running,
        closing(sqlite3.connect(target)) as copy,
    ):
        running.backup(copy)
        # A copy of a database in WAL says that it is one; as a single file it is easier to keep.
        copy.execute("PRAGMA journal_mode=DELETE")
        found = copy.execute("PRAGMA quick_check").fetchone()[0]
    if found != "ok":
        raise NotPossible(f"{source} is damaged: {found}. Bring an older backup back; this one was not kept.")


def _copy(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    for path in files_of(source):
        there = target / path.relative_to(source)
        there.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copy2(path, there)
        except FileNotFoundError:
            # Erased since the folder was listed.
            continue


def _trackers(source: Path, target: Path) -> None:
    target.mkdir(mode=0o700)
    for path in sorted(source.glob("trackers*.sqlite3")):
        _copy_sqlite(path, target / path.name)


def _manifest(folder: Path) -> dict[str, Any]:
    applied = sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())
    files = {str(path.relative_to(folder)): digest(path) for path in files_of(folder)}
    return {"form": FORM, "at": timezone.now().isoformat(), "engine": connection.vendor, "migrations": applied,
            "files": files}  # fmt: skip


def _call(command: list[str], environment: dict[str, str]) -> None:
    try:
        done = subprocess.run(
            command, env={**os.environ, **environment}, capture_output=True, text=True, check=False, timeout=3600
        )
    except FileNotFoundError as error:
        raise NotPossible(f"{command[0]} is missing: install PostgreSQL's client programs.") from error
    if done.returncode:
        raise NotPossible(f"{command[0]} failed: {done.stderr.strip()[-500:]}")
