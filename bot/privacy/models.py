"""What has to be remembered of somebody who is to be forgotten. All times are UTC."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Erasure(models.Model):
    """One customer's erasure. `person` names what is to be erased and is emptied when all of it is.

    An erasure is repeated until nothing is left that could still write: a turn that was being answered meanwhile has
    ended by `due_at`. `counts` says how many rows of which kind were touched, and nothing of whom.
    """

    person = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=12, help_text="request or retention")
    at = models.DateTimeField(default=timezone.now)
    last_at = models.DateTimeField(help_text="from then on nothing that began before can still be at work")
    due_at = models.DateTimeField(null=True, db_index=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=120, blank=True)
    counts = models.JSONField(default=dict)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"erasure {self.pk}, {'finished' if self.finished_at else 'at work'}"


class Refusal(models.Model):
    """That somebody at this address wants none of our messages, although they were forgotten.

    `digest` is keyed with a secret that is not in the database, so that no list of phone numbers finds whose it is.
    `wants`: `nothing` (they stopped or blocked us) or `no_reminders` (nothing that we begin ourselves).
    """

    digest = models.CharField(max_length=64, unique=True)
    wants = models.CharField(max_length=12)
    how = models.CharField(max_length=12, blank=True, help_text="blocked or opted_out, where they want nothing")
    since = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.wants} since {self.since:%Y-%m-%d}"
