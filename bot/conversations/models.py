"""What is kept of a conversation. All times are UTC."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from bot.conversations.calls.models import CallBack as CallBack
from bot.conversations.media.models import Media as Media
from bot.prepared import PreparedModel
from channels.base import EXTERNAL_ID_LENGTH

BOT, QUEUE, NOBODY = "bot", "queue", ""


def agent_owner(agent_id: int) -> str:
    return f"agent:{agent_id}"


class Customer(models.Model):
    """A person. `shop_customer` is the shop system's own id, known once it was proven."""

    name = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=8, default="es")
    shop_customer = models.CharField(max_length=64, blank=True, db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"customer {self.pk}"


class Identity(PreparedModel):
    """A customer on one channel. `external_id` is the channel's own name for them and is never taken apart.

    `origin` is the customer that it began as, and is again when a merge is undone. `phone` is only ever one that the
    channel vouches for. `known_as` is the shop's own id of the customer, proven here, and `known_by` by what.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="identities")
    origin = models.ForeignKey(Customer, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=160, blank=True, help_text="as the channel or the shop calls them")
    known_as = models.CharField(max_length=64, blank=True, db_index=True)
    known_by = models.CharField(max_length=12, blank=True)
    channel = models.CharField(max_length=20)
    account = models.CharField(max_length=64)
    external_id = models.CharField(max_length=EXTERNAL_ID_LENGTH)
    phone = models.CharField(max_length=24, blank=True, db_index=True)
    last_inbound_at = models.DateTimeField(null=True)
    stopped = models.CharField(max_length=12, blank=True, help_text="blocked or opted_out: nothing may be sent")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "account", "external_id"], name="identity_once"),
        ]

    def __str__(self) -> str:
        return f"identity {self.pk} on {self.channel}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding:
            self.origin = self.origin or self.customer
            self.name = self.name or self.customer.name
        super().save(*args, **kwargs)


class Conversation(PreparedModel):
    """One thread between a customer and the shop, on one channel at a time: `identity` is where it is now.

    `owner` is `bot`, `queue`, `agent:<id>` or empty when resolved; `epoch` rises with every change of it.
    `turn_due_at` is set while a customer's message waits for the dialogue; the lease names the process that is
    asking.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="conversations")
    channel = models.CharField(max_length=20, db_index=True)
    thread = models.CharField(max_length=64, blank=True, db_index=True, help_text="the channel's name of the thread")
    context = models.JSONField(default=dict, blank=True, help_text="what the channel needs to answer in that thread")
    owner = models.CharField(max_length=40, default=BOT, blank=True, db_index=True)
    epoch = models.PositiveIntegerField(default=1)
    episode = models.PositiveIntegerField(default=1, help_text="rises when a resolved conversation is taken up again")
    language = models.CharField(max_length=8, default="es")
    facts = models.JSONField(default=dict, blank=True, help_text="what the dialogue knows: order, case, flow")
    asks = models.CharField(max_length=24, blank=True)
    fresh = models.BooleanField(default=True, help_text="the next turn starts with no memory of what was said before")
    today = models.DateField(null=True, help_text="the day this conversation lives on; sandbox only")
    last_seq = models.PositiveIntegerField(default=0)
    answered_seq = models.PositiveIntegerField(default=0)
    turn_due_at = models.DateTimeField(null=True, db_index=True)
    turn_attempts = models.PositiveSmallIntegerField(default=0)
    turn_lease = models.CharField(max_length=36, blank=True)
    turn_lease_until = models.DateTimeField(null=True)
    outbox_due_at = models.DateTimeField(null=True, db_index=True)
    outbox_lease = models.CharField(max_length=36, blank=True)
    outbox_lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    arrived_at = models.DateTimeField(default=timezone.now, help_text="when it came to its present identity")
    updated_at = models.DateTimeField(default=timezone.now, db_index=True)
    resolved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    @property
    def status(self) -> str:
        return "open" if self.owner else "resolved"

    @property
    def agent_id(self) -> int | None:
        kind, _, number = self.owner.partition(":")
        return int(number) if kind == "agent" else None


class Message(PreparedModel):
    """One line of a conversation. `payloads` (choice id → dialogue payload) never leaves the server.

    `identity` is where it was said, or whom it is sent to: the lines of an identity are what its channel may show.
    Their numbers rise, also over several conversations, because a page resumes by number.
    """

    class Author(models.TextChoices):
        CUSTOMER = "customer"
        BOT = "bot"
        AGENT = "agent"
        SYSTEM = "system"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    identity = models.ForeignKey(Identity, on_delete=models.CASCADE, related_name="messages")
    seq = models.PositiveIntegerField()
    epoch = models.PositiveIntegerField()
    author = models.CharField(max_length=8, choices=Author.choices)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    text = models.TextField(blank=True)
    note = models.BooleanField(default=False, help_text="for colleagues only, never sent")
    handled = models.BooleanField(default=False, help_text="the gateway itself has dealt with it: not for the dialogue")
    choice = models.CharField(max_length=48, blank=True, help_text="the offered choice that this message picks")
    choices = models.JSONField(default=list, blank=True)
    payloads = models.JSONField(default=dict, blank=True)
    citations = models.JSONField(default=list, blank=True)
    attachments = models.JSONField(default=list, blank=True)
    asks = models.CharField(max_length=24, blank=True)
    template = models.JSONField(null=True, help_text="name, language and variables where the text is a template's")
    in_reply_to = models.UUIDField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["conversation", "seq"]
        constraints = [models.UniqueConstraint(fields=["conversation", "seq"], name="message_order")]
        indexes = [models.Index(fields=["identity", "seq"], name="lines_of_identity")]

    def __str__(self) -> str:
        return f"message {self.seq} by {self.author}"


class InboundEvent(PreparedModel):
    """What a channel delivered, by the name the provider gave it: the second of a pair is not stored again."""

    channel = models.CharField(max_length=20)
    account = models.CharField(max_length=64)
    event_id = models.CharField(max_length=200)
    message = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL)
    received_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "account", "event_id"], name="event_once")]

    def __str__(self) -> str:
        return f"{self.channel} event {self.event_id}"


class Turn(PreparedModel):
    """A turn that ended. `message` is the last customer message it answered; there is at most one turn for it."""

    class State(models.TextChoices):
        ANSWERED = "answered"
        SILENT = "silent"  # a person owns the conversation, or nothing was to be said
        DROPPED = "dropped"  # the owner changed while the dialogue was thinking
        FAILED = "failed"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    message = models.OneToOneField(Message, on_delete=models.CASCADE)
    epoch = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State.choices)
    intent = models.CharField(max_length=60, blank=True)
    confidence = models.FloatField(null=True)
    milliseconds = models.PositiveIntegerField(default=0)
    replayed = models.BooleanField(default=False)
    finished_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"turn {self.pk} {self.state}"


class Delivery(PreparedModel):
    """A message on its way to a provider. `parts` are its provider calls; `next_part` the first one not yet made.

    `calling` is set in a transaction of its own before a call is made: found set after a crash, nobody knows whether
    the provider got it, and the state becomes `uncertain`.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="delivery")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10, default="queued", db_index=True)
    parts = models.JSONField(null=True)
    next_part = models.PositiveSmallIntegerField(default=0)
    calling = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    error_kind = models.CharField(max_length=12, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "deliveries"

    def __str__(self) -> str:
        return f"delivery {self.pk} {self.state}"


class ProviderReceipt(models.Model):
    """What a provider says became of one of its messages; it may speak before our own call has returned."""

    channel = models.CharField(max_length=20)
    account = models.CharField(max_length=64)
    provider_id = models.CharField(max_length=160)
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.CASCADE, related_name="receipts")
    state = models.CharField(max_length=10)
    error_code = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "account", "provider_id"], name="receipt_once")]

    def __str__(self) -> str:
        return f"receipt {self.provider_id} {self.state}"


class Handoff(models.Model):
    """One time that a conversation went to a person."""

    class State(models.TextChoices):
        QUEUED = "queued"
        ASSIGNED = "assigned"
        ACTIVE = "active"
        RETURNED = "returned"
        RESOLVED = "resolved"
        EXPIRED = "expired"
        ABANDONED = "abandoned"

    OPEN = (State.QUEUED, State.ASSIGNED, State.ACTIVE)

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="handoffs")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED, db_index=True)
    reason = models.CharField(max_length=24)
    trigger = models.CharField(max_length=300, blank=True)
    priority = models.PositiveSmallIntegerField(default=3, help_text="1 danger, 2 high, 3 normal")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL)
    note = models.TextField(blank=True, help_text="what the agent leaves for the bot and the next colleague")
    created_at = models.DateTimeField(default=timezone.now)
    taken_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"],
                condition=models.Q(state__in=["queued", "assigned", "active"]),
                name="one_open_handoff",
            )
        ]

    def __str__(self) -> str:
        return f"handoff {self.pk} {self.state}"


class Event(PreparedModel):
    """The log of everything that happened, in order; live pages read it, and so does every metric."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16)
    actor = models.CharField(max_length=40, blank=True)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"event {self.pk} {self.kind}"


def record(conversation: Conversation, kind: str, actor: str = "", **data: Any) -> Event:
    """Append to the log, in the caller's transaction."""
    return Event.objects.create(conversation=conversation, kind=kind, actor=actor, data=data)


# Registered with the app's other models.
from bot.conversations.continuity import Merge as Merge  # noqa: E402
from bot.conversations.continuity import Move as Move  # noqa: E402
from bot.conversations.continuity import WrongCode as WrongCode  # noqa: E402
