"""Who is at the desk."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Presence(models.Model):
    """An agent's page was open at `seen_at`. `away`: it is, but the agent takes nothing new."""

    agent = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presence")
    seen_at = models.DateTimeField(default=timezone.now)
    away = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "presence"

    def __str__(self) -> str:
        return f"agent {self.agent_id} at {self.seen_at:%H:%M}"
