"""Where the state of a shop lies, and the form of a backup."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.db import connection

FORM = 1
MANIFEST = "manifest.json"


class NotPossible(Exception):
    """A backup cannot be written or brought back; the message says why and what to do."""


@dataclass(frozen=True)
class Places:
    """`database` is Django's settings of it; `trackers` the folder with Rasa's memory (`trackers*.sqlite3`).

    `customers`: customers' files; `media`: pictures of articles.
    """

    database: dict[str, Any]
    customers: Path
    media: Path
    trackers: Path

    @property
    def sqlite(self) -> Path | None:
        """The database's file; None where another engine has it."""
        return Path(self.database["NAME"]) if self.database["ENGINE"].endswith("sqlite3") else None

    @property
    def folders(self) -> dict[str, Path]:
        return {"customers": self.customers, "media": self.media}


def configured() -> Places:
    """Where this installation keeps its state."""
    trackers = settings.RASA_TRACKERS
    # Several Rasas share theirs in PostgreSQL, in a schema of the shop's own database, which is in its dump.
    shared = trackers.startswith(("postgres://", "postgresql://"))
    return Places(
        database=connection.settings_dict,
        customers=Path(storages["customers"].path("")),
        media=Path(settings.MEDIA_ROOT),
        trackers=settings.VAR_DIR / "rasa" if shared else Path(trackers).parent,
    )


def files_of(folder: Path) -> Iterator[Path]:
    """Every file below a folder, in order; none where there is no folder."""
    yield from sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else ()


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def server(database: dict[str, Any]) -> tuple[list[str], dict[str, str]]:
    """The arguments of PostgreSQL's tools that name a database, and the environment that holds its password."""
    if not database["ENGINE"].endswith("postgresql"):
        raise NotPossible(f"{database['ENGINE']} is neither SQLite nor PostgreSQL: back it up with its own tools.")
    named = {"--host": database.get("HOST"), "--port": database.get("PORT"), "--username": database.get("USER")}
    arguments = [part for name, value in named.items() if value for part in (name, str(value))]
    password = database.get("PASSWORD")
    return [*arguments, "--dbname", str(database["NAME"])], {"PGPASSWORD": str(password)} if password else {}
