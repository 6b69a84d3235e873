"""Sessions of the people who work here, and what they did to accounts and settings. All times are UTC."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class StaffSession(models.Model):
    """A browser in which somebody has signed in. Of the session's key only a digest is kept."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    browser = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=64, blank=True, help_text="the address it came from")
    two_factor = models.BooleanField(default=False)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"session of {self.account_id}"


class AuditLine(models.Model):
    """Something that was done to an account, a session or a setting. Lines are added and never changed; what happens
    in a conversation stands in its own log."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    name = models.CharField(max_length=160, help_text="the account's name then, or the one that was tried")
    what = models.CharField(max_length=24)
    about = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.name} {self.what}"
