"""What the search needs in the database, made after every migration."""

from __future__ import annotations

from typing import Any

from django.db import connections

from bot.desk.search import postgresql, sqlite


def install_after_migrate(using: str = "default", **kwargs: Any) -> None:
    """Receiver of `post_migrate`; safe to repeat."""
    connection = connections[using]
    if "conversations_message" not in connection.introspection.table_names():
        return
    if connection.vendor == "postgresql":
        postgresql.install(connection)
    else:
        sqlite.install(connection)
