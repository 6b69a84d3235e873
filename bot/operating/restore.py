"""Bring a backup back into an empty installation."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from bot.operating.places import FORM, MANIFEST, NotPossible, Places, digest, files_of, server


def restore(folder: Path, places: Places) -> dict[str, Any]:
    """Copy everything of the backup to where it belongs; gives its manifest. Raises NotPossible, and then nothing was
    changed: all that can be wrong is looked at first. `migrate` and `reindex` are the caller's."""
    manifest = _read(folder)
    _check(folder, manifest, places)
    for name, target in places.folders.items():
        _copy(folder / name, target)
    _copy(folder / "trackers", places.trackers)
    if places.sqlite:
        places.sqlite.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(folder / "database.sqlite3", places.sqlite)
        return manifest
    arguments, password = server(places.database)
    command = ["pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", *arguments]
    done = subprocess.run(
        [*command, str(folder / "database.dump")], env={**os.environ, **password}, capture_output=True, text=True,
        check=False, timeout=3600,
    )  # fmt: skip
    if done.returncode:
        raise NotPossible(f"pg_restore failed: {done.stderr.strip()[-500:]}")
    return manifest


def make_ready() -> None:
    """After a restore: bring an older database up to this release, and have the search index built anew."""
    from knowledge.index import mark_all

    call_command("migrate", interactive=False, verbosity=0)
    mark_all()


def _read(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise NotPossible(f"{folder} is no backup: it has no {MANIFEST} that can be read.") from error
    if manifest.get("form") != FORM:
        raise NotPossible(f"{folder} has form {manifest.get('form')}, and this release reads form {FORM} only.")
    return manifest


def _check(folder: Path, manifest: dict[str, Any], places: Places) -> None:
    """Whether it is whole, fits this release and engine, and has an empty place to go to."""
    wrong = [name for name, was in manifest["files"].items() if not _is(folder / name, was)]
    if wrong:
        raise NotPossible(f"{folder} is damaged: {', '.join(wrong[:5])}. Take another backup.")
    if manifest["engine"] != connection.vendor:
        raise NotPossible(
            f"The backup is of {manifest['engine']}, and DATABASE_URL names {connection.vendor}. Restore it where its "
            "own engine is set."
        )
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    newer = sorted(set(manifest["migrations"]) - known)
    if newer:
        raise NotPossible(f"The backup is of a newer release (it has {newer[-1]}). Install that one first.")
    full = [str(path) for path in _occupied(places)]
    if full:
        raise NotPossible(
            f"{', '.join(full)} is not empty. Restore into an empty var/ (POSTVENTA_VAR), never over one."
        )


def _is(path: Path, was: str) -> bool:
    return path.is_file() and digest(path) == was


def _occupied(places: Places) -> list[Path]:
    found = [folder for folder in places.folders.values() if any(True for _file in files_of(folder))]
    found += list(places.trackers.glob("trackers*.sqlite3"))
    if places.sqlite:
        return [*found, places.sqlite] if places.sqlite.exists() else found
    return [*found, Path(str(places.database["NAME"]))] if connection.introspection.table_names() else found


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for path in files_of(source):
        there = target / path.relative_to(source)
        there.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copy2(path, there)
