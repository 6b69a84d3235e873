"""What the desk itself keeps: who may work here, what each agent has read, and what was written from where."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

KEYS_BEGIN_WITH = "pv_"


class Desk(models.Model):
    """No table: it gives the desk's permissions a place."""

    class Meta:
        managed = False
        default_permissions = ()
        permissions = [
            ("answer", "May read conversations and answer customers"),
            ("supervise", "May see how the team works"),
        ]

    def __str__(self) -> str:
        return "desk"


class ApiToken(models.Model):
    """A key to the staff API that acts as one agent. Only its SHA-256 is kept; the key is shown once."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_tokens")
    label = models.CharField(max_length=80, blank=True)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"token {self.pk} {self.label}"

    @staticmethod
    def hashed(key: str) -> str:
        return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()

    @classmethod
    def issue(cls, agent: Any, label: str = "") -> tuple[ApiToken, str]:
        """Make a token for `agent`; returns it with its key, which nobody can read again."""
        key = KEYS_BEGIN_WITH + secrets.token_urlsafe(32)
        return cls.objects.create(agent=agent, label=label[:80], digest=cls.hashed(key)), key


class Seen(models.Model):
    """How far an agent has read a conversation: the number of its last line then."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="+")
    seq = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agent", "conversation"], name="seen_once")]

    def __str__(self) -> str:
        return f"agent {self.agent_id} read to {self.seq}"


class Written(models.Model):
    """What an agent's page or programme sent under a key of its own: sent again under the same key, it is the same."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    message = models.ForeignKey("conversations.Message", on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "written"
        constraints = [models.UniqueConstraint(fields=["agent", "key"], name="written_once")]

    def __str__(self) -> str:
        return f"{self.key} is message {self.message_id}"
