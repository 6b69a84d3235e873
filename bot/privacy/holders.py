"""Every part says what it keeps of a customer, in a module of its own that `settings.PERSONAL_DATA` names.

Such a module imports nothing of this package: it is given a `Person` and deals with its own tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings

from bot.privacy.person import Person

# What becomes of a table's rows when a customer is erased.
FATES = {
    "deleted": "the rows go",
    "emptied": "the rows stay for figures, without words and without whose they were",
    "unlinked": "the rows are the shop's own records and no longer name the conversation",
    "kept": "the rows stay as they are",
    "nothing": "there is nothing of customers in it",
}


class Holder(Protocol):
    """A part's module. `MODELS` names every table of it: what becomes of it (a key of `FATES`) and why."""

    MODELS: Mapping[str, tuple[str, str]]

    def export(self, person: Person) -> Mapping[str, list[dict[str, Any]]]:
        """What is kept of them, by kind: plain values and, under `file`, a path in the private storage."""

    def erase(self, person: Person) -> Mapping[str, int]:
        """Erase it and tell how many rows of which kind; in a transaction of the caller's. Safe to repeat."""

    def expire(self, before: Mapping[str, datetime]) -> Mapping[str, int]:
        """Erase some of what is older than `before[kind]` (retention.yml); tell how many. Nothing left: empty."""


def all_of() -> list[Holder]:
    """The holders in order: who has to see another's rows before they are emptied stands before it."""
    return [cast(Holder, import_module(path)) for path in settings.PERSONAL_DATA]
