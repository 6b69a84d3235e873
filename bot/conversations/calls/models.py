"""A call that a customer asked for. All times are UTC."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone


class CallBack(models.Model):
    """A task for an agent. `attempt` counts the tries; reports of an earlier try change nothing any more."""

    class State(models.TextChoices):
        WANTED = "wanted"
        CALLING = "calling"
        RINGING = "ringing"
        TALKING = "talking"
        DONE = "done"
        MISSED = "missed"
        FAILED = "failed"
        UNCERTAIN = "uncertain"
        CANCELLED = "cancelled"

    # Still somebody's task. A missed or failed call is tried again.
    OPEN = (State.WANTED, State.CALLING, State.RINGING, State.TALKING, State.MISSED, State.FAILED, State.UNCERTAIN)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="call_backs")
    phone = models.CharField(max_length=20, help_text="E.164")
    due_at = models.DateTimeField(db_index=True)
    about = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WANTED, db_index=True)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    agent_phone = models.CharField(max_length=20, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    call_id = models.CharField(max_length=64, blank=True)
    seconds = models.PositiveIntegerField(default=0, help_text="how long they talked")
    problem = models.CharField(max_length=40, blank=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_at", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], condition=models.Q(closed_at=None), name="one_open_call_back"
            )
        ]

    def __str__(self) -> str:
        return f"call-back {self.pk} {self.state}"

    @property
    def reference(self) -> str:
        """Our name of the present try."""
        return f"{self.pk}.{self.attempt}"
