"""Everything that is kept of one customer, as a ZIP file: `data.json`, their files, and a text that says what it is."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import storages
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone
from django.utils.translation import gettext as _

from bot.privacy import holders
from bot.privacy.person import Person


def collect(person: Person) -> dict[str, list[dict[str, Any]]]:
    """What every part keeps of them, by kind; what has nothing is left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for holder in holders.all_of():
        found.update({kind: rows for kind, rows in holder.export(person).items() if rows})
    return found


def counts(person: Person) -> Counter[str]:
    """How many of each kind there are."""
    return Counter({kind: len(rows) for kind, rows in collect(person).items()})


def write(person: Person, file: IO[bytes] | Path) -> Counter[str]:
    """Write the ZIP file; tell how many of each kind are in it."""
    found = collect(person)
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for inside, path in _files(found):
            with storages["customers"].open(path) as data:
                archive.writestr(inside, data.read())
        told = {"exported_at": timezone.now(), **found}
        archive.writestr("data.json", json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))
        archive.writestr("README.txt", _readme(found))
    return Counter({kind: len(rows) for kind, rows in found.items()})


def _files(found: dict[str, list[dict[str, Any]]]) -> Iterator[tuple[str, str]]:
    """Where each file lies in the archive and in the storage; `file` then names the former."""
    for number, row in enumerate(found.get("files", []), 1):
        path, there = row["file"], storages["customers"].exists(row["file"])
        row["file"] = f"files/{number:04d}{Path(path).suffix}" if there else ""
        if there:
            yield row["file"], path


def _readme(found: dict[str, list[dict[str, Any]]]) -> str:
    head = _(
        "This is everything that our customer service keeps of you. data.json holds it in a form that programmes can "
        "read; times are UTC. The folder files holds what you sent us and what we sent you."
    )
    lines = [head, "", *(f"{kind}: {len(rows)}" for kind, rows in sorted(found.items()))]
    return "\n".join(lines) + "\n"
