"""Queries that every turn asks, whose SQL Django writes once.

To write the SQL of a small query takes Django several times as long as the database takes to answer it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import DateTimeField, Expression, Field, Model, QuerySet, UUIDField
from django.db.models.sql.compiler import SQLCompiler

# Of these a database may want another form; all others go to it as they are.
_FIELDS: dict[type, Field[Any, Any]] = {UUID: UUIDField(), datetime: DateTimeField()}


class Given(Expression):
    """Where the value of the argument with this number goes."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        return "%s", [self]


def prepared[M: Model, **P](query: Callable[P, QuerySet[M]]) -> Callable[P, list[M]]:
    """Make of a function that builds a query of its arguments one that runs it and gives the rows.

    `query` is called once, with stand-ins: its arguments may only be what fields are compared with, and are neither
    None nor lists. Related objects are not fetched along. Raises TypeError for values given by name.
    """
    numbers = range(len(inspect.signature(query).parameters))

    @lru_cache(maxsize=1)
    def written(vendor: str) -> tuple[type[M], str, tuple[Any, ...]]:
        found = query(*map(Given, numbers))  # type: ignore[arg-type, call-arg]
        return found.model, *found.query.sql_with_params()

    @wraps(query)
    def run(*values: P.args, **named: P.kwargs) -> list[M]:
        if named:
            raise TypeError(f"{query.__name__} is prepared: give it its values in order, without names.")
        model, sql, places = written(connection.vendor)
        params = [_adapted(values[place.number]) if isinstance(place, Given) else place for place in places]
        return list(model._default_manager.raw(sql, params))

    return run


def _adapted(value: object) -> object:
    field = _FIELDS.get(type(value))
    return value if field is None else field.get_db_prep_value(value, connection, prepared=False)
