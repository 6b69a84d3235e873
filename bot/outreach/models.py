"""What the shop has written by itself, and who wants none of it. Moments are UTC."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


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
    """That somebody wants no reminders and surveys, wherever they are. Without a row: they may have them."""

    person = models.CharField(max_length=80, unique=True)
    no_reminders_since = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=80, blank=True, help_text="where they said it")

    class Meta:
        verbose_name_plural = "wishes"

    def __str__(self) -> str:
        return self.person


class Consent(models.Model):
    """One time that somebody agreed to offers and news at an address of a channel, or took that back.

    Rows are only added; the last one of an address counts, and without one nothing was agreed to.
    """

    class Source(models.TextChoices):
        CHAT = "chat", _("in the conversation")
        LINK = "link", _("by the link that was sent there")
        NO_MORE = "no_more", _("with “no reminders”")

    channel = models.CharField(max_length=20)
    address = models.CharField(max_length=254)
    given = models.BooleanField()
    source = models.CharField(max_length=8, choices=Source.choices)
    words = models.CharField(
        max_length=500, blank=True, help_text="what they wrote, or the sentence that they confirmed"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["channel", "address", "at"], name="consent_of_address")]

    def __str__(self) -> str:
        return f"{self.channel}: {'yes' if self.given else 'no'} on {self.at:%Y-%m-%d}"


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
