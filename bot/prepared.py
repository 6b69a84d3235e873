"""What every turn reads and stores, whose SQL is written once.

To write the SQL of a small query takes Django several times as long as the database takes to answer it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache, wraps
from typing import Any
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import DateField, DateTimeField, Expression, Field, Model, QuerySet, UUIDField
from django.db.models.expressions import Col
from django.db.models.sql.compiler import SQLCompiler

Fields = Sequence[Field[Any, Any]]

# Of these a database may want another form; all others go to it as they are.
_FIELDS: dict[type, Field[Any, Any]] = {UUID: UUIDField(), datetime: DateTimeField(), date: DateField()}


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
        params: list[Any] = [_adapted(values[place.number]) if isinstance(place, Given) else place for place in places]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return _rows(model, cursor.fetchall())

    return run


def _rows[M: Model](model: type[M], found: Sequence[Sequence[Any]]) -> list[M]:
    """The objects of rows that hold all columns of a model in their order."""
    names, converted = _columns_of(model, connection.vendor)
    rows = []
    for row in found:
        values = list(row)
        for place, column, convert in converted:
            values[place] = convert(values[place], column, connection)
        rows.append(model.from_db(connection.alias, names, values))
    return rows


@lru_cache(maxsize=100)
def _columns_of(model: type[Model], vendor: str) -> tuple[list[str], list[tuple[int, Col, Callable[..., Any]]]]:
    """The names of a model's fields, and what makes Python's values of those that the database gives otherwise."""
    fields = model._meta.concrete_fields
    columns = [field.get_col(model._meta.db_table) for field in fields]
    converted = [
        (place, column, convert)
        for place, column in enumerate(columns)
        for convert in (*connection.ops.get_db_converters(column), *column.get_db_converters(connection))
    ]
    return [field.attname for field in fields], converted


def _adapted(value: object) -> object:
    field = _FIELDS.get(type(value))
    return value if field is None else field.get_db_prep_value(value, connection, prepared=False)


class PreparedModel(Model):
    """A model whose rows are stored with SQL that is written once for the same fields.

    Saving is Django's but for the two methods in which it writes that SQL. Values that are SQL themselves, such as
    `F("epoch") + 1`, go its own way.
    """

    class Meta:
        abstract = True

    def _do_insert(self, manager: Any, using: str, fields: Fields, returning_fields: Fields, raw: bool) -> Any:
        values = [getattr(self, field.attname) if raw else field.pre_save(self, True) for field in fields]
        if any(hasattr(value, "resolve_expression") for value in values):
            return super()._do_insert(manager, using, fields, returning_fields, raw)  # type: ignore[misc]
        sql = _insertion(type(self), using, _columns(fields), _columns(returning_fields))
        with connections[using].cursor() as cursor:
            cursor.execute(sql, _stored(fields, values, using))
            return [cursor.fetchone()] if returning_fields else []

    def _do_update(
        self,
        base_qs: Any,
        using: str | None,
        pk_val: Any,
        values: Collection[tuple[Field[Any, Any], type[Model] | None, Any]],
        update_fields: Any,
        forced_update: Any,
        returning_fields: Fields,
    ) -> Any:
        if returning_fields or not values or self._meta.select_on_save:
            return super()._do_update(base_qs, using, pk_val, values, update_fields, forced_update, returning_fields)
        into, fields = using or DEFAULT_DB_ALIAS, [field for field, _, _ in values]
        params = _stored([*fields, self._meta.pk], [*(value for _, _, value in values), pk_val], into)
        with connections[into].cursor() as cursor:
            cursor.execute(_change(type(self), into, _columns(fields)), params)
            return [()] if cursor.rowcount else []


def _columns(fields: Iterable[Field[Any, Any]]) -> tuple[str, ...]:
    return tuple(str(field.column) for field in fields)


def _stored(fields: Fields, values: Sequence[Any], using: str) -> list[Any]:
    """The values as the database takes them."""
    to = connections[using]
    return [field.get_db_prep_save(value, to) for field, value in zip(fields, values, strict=True)]


@lru_cache(maxsize=100)
def _insertion(model: type[Model], using: str, columns: tuple[str, ...], returned: tuple[str, ...]) -> str:
    quote = connections[using].ops.quote_name
    names, places = ", ".join(map(quote, columns)), ", ".join("%s" for _ in columns)
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})"  # noqa: S608
    return f"{sql} RETURNING {', '.join(map(quote, returned))}" if returned else sql


@lru_cache(maxsize=100)
def _change(model: type[Model], using: str, columns: tuple[str, ...]) -> str:
    quote = connections[using].ops.quote_name
    places = ", ".join(f"{quote(column)} = %s" for column in columns)
    return f"UPDATE {quote(model._meta.db_table)} SET {places} WHERE {quote(str(model._meta.pk.column))} = %s"  # noqa: S608
