"""Migrations run while the version before still serves: it goes on reading and writing the tables as it knows them.

So a migration may add, and may not take away, rename, or demand of the old version what it does not write. What has to
go goes in two releases: the code stops using it in one, the next one drops it, and says so in `IN_TWO_STEPS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import models
from django.db.migrations import operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

OURS = ("bot.", "knowledge", "channels.")
# Made before the first release: no old version has ever served beside them.
BEFORE_THE_FIRST_RELEASE = frozenset(Path(__file__).with_name("before_first_release.txt").read_text().split())
# "app.migration": the release in which the code stopped using what it drops.
IN_TWO_STEPS: dict[str, str] = {}
NEVER = (
    operations.RemoveField, operations.RenameField, operations.DeleteModel, operations.RenameModel,
    operations.AlterModelTable, operations.AddConstraint,
)  # fmt: skip


def wrong(operation: Operation) -> str:
    """Why the old version would break under this; empty where it would not."""
    if isinstance(operation, operations.SeparateDatabaseAndState):
        return next(filter(None, map(wrong, operation.database_operations)), "")
    if isinstance(operation, NEVER):
        return f"{operation.describe()}: the old version still writes the table as it was"
    if isinstance(operation, operations.AddField) and _demands(operation.field):
        return f"{operation.describe()}: the old version writes no value; give it null=True or a db_default"
    if isinstance(operation, operations.AlterField) and not operation.field.null and not _has_default(operation.field):
        return f"{operation.describe()}: may refuse what the old version writes; if it only widens, list it"
    return ""


def _demands(field: Any) -> bool:
    return not (field.null or field.many_to_many or _has_default(field))


def _has_default(field: Any) -> bool:
    return bool(field.db_default is not models.NOT_PROVIDED)


def migrations() -> Iterator[tuple[str, Any]]:
    loader = MigrationLoader(None)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if type(migration).__module__.startswith(OURS):
            yield f"{app}.{name}", migration


def test_the_old_version_can_serve_while_these_run() -> None:
    found = [
        f"{name}: {why}"
        for name, migration in migrations()
        if name not in BEFORE_THE_FIRST_RELEASE and name not in IN_TWO_STEPS and not migration.initial
        for why in filter(None, map(wrong, migration.operations))
    ]
    assert not found, "\n".join([*found, "docs/operating.md, “Migrations”, tells how to do it in two steps."])


def test_the_list_of_old_ones_is_true() -> None:
    assert sorted(BEFORE_THE_FIRST_RELEASE - {name for name, _migration in migrations()}) == []


@pytest.mark.parametrize(
    "operation, ok",
    [
        (operations.AddField("case", "note", models.TextField()), False),
        (operations.AddField("case", "note", models.TextField(null=True)), True),
        (operations.AddField("case", "note", models.TextField(db_default="")), True),
        (operations.AddField("case", "note", models.TextField(default="")), False),
        (operations.RemoveField("case", "note"), False),
        (operations.RenameField("case", "note", "words"), False),
        (operations.DeleteModel("case"), False),
        (operations.CreateModel("another", [("id", models.AutoField(primary_key=True))]), True),
        (operations.AddIndex("case", models.Index(fields=["note"], name="x")), True),
        (operations.AddConstraint("case", models.UniqueConstraint(fields=["note"], name="x")), False),
        (operations.AlterField("case", "note", models.TextField(null=True)), True),
        (operations.AlterField("case", "note", models.TextField()), False),
        (operations.SeparateDatabaseAndState([operations.RemoveField("case", "note")]), False),
    ],
)
def test_what_breaks_the_old_version_is_known(operation: Operation, ok: bool) -> None:
    assert (wrong(operation) == "") is ok


def test_a_default_of_django_alone_is_unknown_to_the_old_version() -> None:
    """Django drops a field's default from the table once it has filled the rows that are there."""
    assert "db_default" in wrong(operations.AddField("case", "note", models.TextField(default="")))
