"""What the stand-in providers keep: messages in both directions, Content resources and files. All times are UTC."""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from django.db import models
from django.utils import timezone


def new_sid(prefix: str) -> str:
    """A name in Twilio's form: two letters and 32 hexadecimal digits."""
    return prefix + uuid.uuid4().hex


class Phone(models.Model):
    """A customer's phone on one channel. `identity` is what the provider calls its holder."""

    channel = models.CharField(max_length=20)
    identity = models.CharField(max_length=160)
    name = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=8, default="es")
    typing_until = models.DateTimeField(null=True, help_text="the other side shows typing until then")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "identity"], name="sandbox_phone_once")]

    def __str__(self) -> str:
        return f"{self.channel} phone {self.pk}"


class ProviderMessage(models.Model):
    """A message as the provider has it. Its number is the primary key; Telegram's message id is the same.

    `text` is what the phone shows, `request` what our adapter sent, word for word.
    """

    phone = models.ForeignKey(Phone, on_delete=models.CASCADE, related_name="messages")
    from_customer = models.BooleanField(default=False)
    provider_id = models.CharField(max_length=64, db_index=True)
    text = models.TextField(blank=True)
    links = models.JSONField(default=list, help_text="offset and length in UTF-16 units, and the address")
    choices = models.JSONField(default=list, help_text="buttons or list entries as the phone shows them")
    list_button = models.CharField(max_length=40, blank=True, help_text="what opens the list, where choices are one")
    media = models.JSONField(default=list)
    state = models.CharField(max_length=12, default="sent")
    error_code = models.CharField(max_length=12, blank=True)
    request = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"provider message {self.pk}"

    def shown(self) -> dict[str, Any]:
        """As the sandbox's API gives it. `sent` is the adapter's own request, `choices` the buttons that went out."""
        return {
            "number": self.pk,
            "id": self.provider_id,
            "from": "customer" if self.from_customer else "shop",
            "text": self.text,
            "links": self.links,
            "choices": self.choices,
            "list_button": self.list_button,
            "media": self.media,
            "state": self.state,
            "error_code": self.error_code,
            "sent": self.request,
            "at": self.created_at.isoformat(),
        }


class ProviderContent(models.Model):
    """A Content resource of the stand-in for Twilio: buttons, a list or a template, with variables."""

    sid = models.CharField(max_length=34, unique=True)
    friendly_name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=16)
    variables = models.JSONField(default=dict)
    types = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"content {self.sid}"


def new_file_key() -> str:
    return secrets.token_hex(16)


class ProviderFile(models.Model):
    """A file that a phone or an adapter sent."""

    key = models.CharField(max_length=32, unique=True, default=new_file_key)
    provider_id = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=200, blank=True)
    mime = models.CharField(max_length=100)
    data = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"file {self.pk} {self.mime}"
