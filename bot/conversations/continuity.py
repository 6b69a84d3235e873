"""What is kept so that a person stays one customer, and a conversation one conversation, on several channels.

All times are UTC. `bot.conversations.customers` and `bot.conversations.moving` say what may be done with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone

if TYPE_CHECKING:
    from bot.conversations.models import Conversation, Identity


class Merge(models.Model):
    """A proof that two identities are the same person. Identities joined by proofs that hold are one customer.

    `evidence` says in a few words what was seen, without repeating what is to stay secret.
    """

    class Proof(models.TextChoices):
        PHONE = "phone"  # two channels vouch for the same number
        ORDER = "order"  # both proved an order of the same customer of the shop
        CODE = "code"  # a one-time code from one was written on the other
        LINK = "link"  # a signed single-use link from one was opened on the other
        BUTTON = "button"  # asked for on one, confirmed on the other

    one = models.ForeignKey("conversations.Identity", models.CASCADE, related_name="merges_as_one")
    other = models.ForeignKey("conversations.Identity", models.CASCADE, related_name="merges_as_other")
    proof = models.CharField(max_length=8, choices=Proof.choices)
    evidence = models.CharField(max_length=120, blank=True)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["one", "other", "proof"], condition=models.Q(undone_at=None), name="merge_once_by_proof"
            )
        ]

    def __str__(self) -> str:
        return f"merge {self.pk} by {self.proof}"


class Move(models.Model):
    """A conversation's way from one identity to another: first a short-lived offer, then what was done with it.

    Of the code only a keyed digest is kept. `place` is set from the start where only one identity may use the offer.
    """

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="moves")
    source = models.ForeignKey("conversations.Identity", models.CASCADE, related_name="departures")
    channel = models.CharField(max_length=20, help_text="the only channel on which the offer can be used")
    place = models.ForeignKey("conversations.Identity", models.CASCADE, null=True, related_name="arrivals")
    digest = models.CharField(max_length=64, unique=True)
    actor = models.CharField(max_length=40, help_text="who offered: customer or agent:<id>")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True)
    merge = models.ForeignKey(Merge, models.SET_NULL, null=True, related_name="+")
    left_thread = models.CharField(max_length=64, blank=True, help_text="the conversation's, at the place it left")
    left_context = models.JSONField(default=dict, blank=True, help_text="the conversation's, at the place it left")

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["conversation", "used_at"], name="moves_of_conversation")]

    def __str__(self) -> str:
        return f"move {self.pk} to {self.channel}"


def thread_at(conversation: Conversation, place: Identity) -> tuple[str, dict[str, Any]]:
    """A conversation's thread at a place, and what the channel needs to answer in it: as it is there, or was when the
    conversation left."""
    if conversation.identity_id == place.pk:
        return conversation.thread, conversation.context
    left = conversation.moves.filter(source=place).exclude(used_at=None).order_by("-used_at", "-pk").first()
    return (left.left_thread, left.left_context) if left else ("", {})


class WrongCode(models.Model):
    """A code that did not work, by the identity that wrote it: what the limit of tries counts."""

    identity = models.ForeignKey("conversations.Identity", models.CASCADE, related_name="wrong_codes")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["identity", "at"], name="wrong_codes_of_identity")]

    def __str__(self) -> str:
        return f"wrong code at {self.at:%Y-%m-%d %H:%M}"
