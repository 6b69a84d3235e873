"""What was handed to another desk. All times are UTC."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Handed(models.Model):
    """A conversation at another desk: its name there, and how far it was told. `telling` is the line that is being
    told at this moment; found set after a crash, the other desk is asked whether it has it."""

    conversation = models.OneToOneField("conversations.Conversation", on_delete=models.CASCADE, related_name="handed")
    desk = models.CharField(max_length=20)
    external_id = models.CharField(max_length=64, blank=True, db_index=True)
    told_seq = models.PositiveIntegerField(default=0)
    told_epoch = models.PositiveIntegerField(default=0)
    telling = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now, db_index=True)
    problem = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name_plural = "handed"

    def __str__(self) -> str:
        return f"{self.conversation_id} at {self.desk}"


class DeskEvent(models.Model):
    """What another desk told us, by its own name for it: the second of a pair is not carried out again."""

    desk = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["desk", "name"], name="desk_event_once")]

    def __str__(self) -> str:
        return f"{self.desk} {self.name}"
