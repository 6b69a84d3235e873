"""The search index as the database knows it: which one is in use, and which articles it is behind with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ClassVar

from django.db import models
from django.db.models import F
from django.utils import timezone

_read: ContextVar[IndexState | None] = ContextVar("index_state_read", default=None)


class IndexState(models.Model):
    """One row: which collection is searched, how it was made, and a number that rises with every change."""

    collection = models.CharField(max_length=80, blank=True)
    encoder = models.CharField(max_length=200, blank=True)
    splitter = models.CharField(max_length=20, blank=True)
    revision = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.collection or '-'} r{self.revision}"

    @classmethod
    def current(cls) -> IndexState:
        return _read.get() or cls.objects.get_or_create(pk=1)[0]

    @classmethod
    @contextmanager
    def read_once(cls) -> Iterator[None]:
        """Within this, what is current stays as it is now."""
        token = _read.set(cls.current())
        try:
            yield
        finally:
            _read.reset(token)

    @classmethod
    def bump(cls) -> None:
        """Tells every process that articles or their index changed."""
        cls.current()
        cls.objects.filter(pk=1).update(revision=F("revision") + 1)


class PendingArticle(models.Model):
    """An article whose entry in the index is behind. Each further change raises `generation`."""

    page_id = models.BigIntegerField(unique=True)
    generation = models.PositiveIntegerField(default=1)
    marked_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["marked_at", "pk"]

    def __str__(self) -> str:
        return f"page {self.page_id} g{self.generation}"

    @classmethod
    def mark(cls, page_id: int) -> None:
        """Puts an article on the list; call it in the transaction that changes the article."""
        row, created = cls.objects.get_or_create(page_id=page_id)
        if not created:
            cls.objects.filter(pk=row.pk).update(generation=F("generation") + 1)
