"""Erasing one customer: at once what can be, and once more when nothing that began before can still be at work.

A turn that is being answered holds a lease. Erasing takes the lease away and raises the epoch, so that its answer is
thrown away; but the dialogue and the actions may still write what they were told, so that all is erased again after
the longest turn. A process that dies in between leaves a row that the worker takes up.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from bot.conversations.models import Identity
from bot.privacy import holders
from bot.privacy.models import Erasure
from bot.privacy.person import Person

log = logging.getLogger(__name__)

GONE = "erased-"
AGAIN = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)


def begin(person: Person, *, reason: str = "request", by: Any = None, place: str = "") -> Erasure | None:
    """Erase a customer; the row says how far it is. None where there is nobody, or nothing is left of them."""
    left = Identity.objects.filter(pk__in=person.identities).exclude(external_id__startswith=GONE)
    if not left.exists():
        return None
    now = timezone.now()
    with transaction.atomic():
        erasure = Erasure.objects.create(
            person=person.as_json(), by=by if getattr(by, "pk", None) else None, reason=reason, at=now, due_at=now,
            last_at=now + settings.TURN_LEASE + AGAIN,
        )  # fmt: skip
        import_string(settings.AUDIT)(by, "erased", about=f"#{erasure.pk} ({reason})", place=place)
    work(erasure.pk)
    erasure.refresh_from_db()
    return erasure


def due(limit: int = 20) -> list[int]:
    """Erasures that something is still to be done for."""
    waiting = Erasure.objects.filter(finished_at=None, due_at__lte=timezone.now()).order_by("due_at")
    return list(waiting.values_list("pk", flat=True)[:limit])


def work(erasure: int) -> bool:
    """Do what can be done now; tell whether it is finished. What fails is tried again, ever less often."""
    row = Erasure.objects.get(pk=erasure)
    if row.finished_at:
        return True
    person, now = Person.from_json(row.person), timezone.now()
    try:
        counts = erase(person)
    except Exception as error:
        # Never the message: it may quote what is to be forgotten.
        log.warning("erasure %s could not be completed and is tried again: %s", row.pk, type(error).__name__)
        pause = min(AGAIN * 2 ** min(row.attempts, 12), LONGEST_PAUSE)
        Erasure.objects.filter(pk=row.pk).update(
            attempts=row.attempts + 1, due_at=now + pause, problem=type(error).__name__
        )
        return False
    # The second time finds the same empty rows.
    row.counts = row.counts or dict(counts)
    row.problem, row.due_at = "", row.last_at
    if now >= row.last_at:
        row.finished_at, row.due_at, row.person = now, None, {}
    row.save()
    return row.finished_at is not None


def erase(person: Person) -> Counter[str]:
    """Everything of them that is in the database goes in one transaction, then what lies elsewhere. Safe to repeat."""
    counts: Counter[str] = Counter()
    with _overwriting():
        with transaction.atomic():
            for holder in holders.all_of():
                counts.update(holder.erase(person))
        for path in settings.ERASE_ELSEWHERE:
            counts.update(import_string(path)(person))
    return +counts


@contextmanager
def _overwriting() -> Iterator[None]:
    """SQLite leaves what was deleted in free pages and in its log of writes unless it is told to overwrite it."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA secure_delete=ON")
        try:
            yield
        finally:
            cursor.execute("PRAGMA secure_delete=OFF")
            if not connection.in_atomic_block:
                # Waits for nobody: who reads now keeps the log, and the worker's second round empties it.
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.fetchall()
