"""A file of a conversation. All times are UTC."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Media(models.Model):
    """One file. `source` is where the provider holds it and is never given out; `path` is inside the private storage.

    A `waiting` file is still with its provider; a `kept` one was checked and can be shown; a `refused` one was not
    what we take; a `lost` one could not be fetched. `message` is empty while an upload waits for its message.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        KEPT = "kept"
        REFUSED = "refused"
        LOST = "lost"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="media")
    message = models.ForeignKey("conversations.Message", null=True, on_delete=models.CASCADE, related_name="media")
    episode = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    kind = models.CharField(max_length=10)
    mime = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=200, blank=True)
    size = models.PositiveIntegerField(default=0, help_text="bytes, as kept")
    digest = models.CharField(max_length=64, blank=True, help_text="SHA-256 of what is kept")
    path = models.CharField(max_length=120, blank=True)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    source = models.JSONField(default=dict, blank=True)
    problem = models.CharField(max_length=20, blank=True, help_text="why it was refused or lost")
    transcript = models.TextField(blank=True, help_text="what a voice note says, heard by a machine")
    case = models.CharField(max_length=24, blank=True, db_index=True, help_text="number of the case it belongs to")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, db_index=True, help_text="when to fetch it; moved on while somebody does")
    created_at = models.DateTimeField(default=timezone.now)
    kept_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at", "id"]
        verbose_name_plural = "media"

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"
