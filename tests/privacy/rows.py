"""A row of any table with something of a customer in every field that can hold words."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, date, datetime
from typing import Any

from django.db import models

_numbers = itertools.count(1)
WORDS = (models.CharField, models.TextField, models.EmailField)


def filled(model: type[models.Model], mark: str, given: dict[type[models.Model], models.Model]) -> models.Model:
    """A saved row of `model`, its texts and JSON holding `mark`; relations point to `given`, by their model."""
    values = {
        field.attname if field.is_relation else field.name: _value(field, mark, given)
        for field in model._meta.concrete_fields
        if not (field.primary_key and isinstance(field, models.AutoField | models.UUIDField))
    }
    return model._default_manager.create(**values)


def _value(field: Any, mark: str, given: dict[type[models.Model], models.Model]) -> Any:
    number = next(_numbers)
    if field.is_relation:
        target = given.get(field.related_model)
        return target.pk if target else None
    if field.choices:
        return field.choices[-1][0]
    if isinstance(field, models.JSONField):
        return {"a": {"note": mark}} if field.default is not list else [{"id": mark}]
    if isinstance(field, WORDS):
        return f"{mark}{number}"[-(field.max_length or 200) :]
    if isinstance(field, models.BinaryField):
        return mark.encode()
    if isinstance(field, models.UUIDField):
        return uuid.uuid4()
    if isinstance(field, models.DateTimeField):
        return datetime(2026, 5, 1, 12, tzinfo=UTC)
    if isinstance(field, models.DateField):
        return date(2026, 5, 1)
    if isinstance(field, models.BooleanField):
        return False
    return number


def texts_of(row: models.Model) -> str:
    """Everything that a row holds, as text."""
    return " ".join(str(getattr(row, field.attname)) for field in row._meta.concrete_fields)
