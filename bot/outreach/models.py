"""What the shop has written by itself, and who wants none of it. Moments are UTC."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class Reach(models.Model):
    """A message that a rule wrote. `key` and `attempt` are unique: of two processes one writes it.

    `person` is "shop:<reference>" or "customer:<id>". `zones` and `ends_at` are what the outbox asks about once more
    when it is about to send. `answer`: what the customer made of it; a survey is answered once.
    """

    key = models.CharField(max_length=160, db_index=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    rule = models.CharField(max_length=32, db_index=True)
    purpose = models.CharField(max_length=10)
    person = models.CharField(max_length=80, db_index=True)
    message = models.OneToOneField(
        "conversations.Message", models.SET_NULL, null=True, related_name="reach", help_text="None once erased"
    )
    channel = models.CharField(max_length=20)
    order = models.CharField(max_length=32, blank=True)
    sku = models.CharField(max_length=16, blank=True)
    asks = models.CharField(max_length=8, blank=True)
    zones = models.JSONField(default=list)
    country = models.CharField(max_length=2, default="ES")
    ends_at = models.DateTimeField(null=True)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "attempt"], name="reach_once")]

    def __str__(self) -> str:
        return f"{self.key} ({self.attempt})"


class Wish(models.Model):
    """What somebody said about being written to by ourselves. Without a row: service yes, marketing no."""

    person = models.CharField(max_length=80, unique=True)
    no_reminders_since = models.DateTimeField(null=True, blank=True)
    marketing_since = models.DateTimeField(null=True, blank=True, help_text="when they agreed to marketing")
    source = models.CharField(max_length=80, blank=True, help_text="where they said it")

    class Meta:
        verbose_name_plural = "wishes"

    def __str__(self) -> str:
        return self.person


class Offered(models.Model):
    """Something that was offered after a solved matter, or held out to see what difference offering makes.

    `bought_at`: the customer ordered what was (or would have been) offered within the days of offers.yml.
    """

    person = models.CharField(max_length=80, db_index=True)
    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="offers")
    offer = models.CharField(max_length=32)
    sku = models.CharField(max_length=16, blank=True)
    held_out = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    bought_at = models.DateTimeField(null=True)
    bought_order = models.CharField(max_length=32, blank=True)

    class Meta:
        verbose_name_plural = "offered"

    def __str__(self) -> str:
        return f"{self.offer} {self.sku} to {self.person}"
