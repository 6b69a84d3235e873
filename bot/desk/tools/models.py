"""What the desk's tools keep. All times are UTC."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Canned(models.Model):
    """A reply that is written once and used often, in every language of the shop; `{customer}` and the like are filled
    in. `shortcut` is what agents type to find it."""

    shortcut = models.SlugField(max_length=40, unique=True)
    title = models.CharField(max_length=120)
    es = models.TextField(max_length=4_000)
    en = models.TextField(max_length=4_000)
    used = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        ordering = ["title", "pk"]
        verbose_name_plural = "canned replies"

    def __str__(self) -> str:
        return self.shortcut


class Team(models.Model):
    """Agents who take the same kind of conversation, such as the workshop."""

    name = models.CharField(max_length=60, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="desk_teams")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TeamOf(models.Model):
    """Which team a conversation was passed to; it holds until somebody outside passes it on."""

    conversation = models.OneToOneField(
        "conversations.Conversation", on_delete=models.CASCADE, related_name="desk_team"
    )
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.conversation_id} for {self.team_id}"


class Snooze(models.Model):
    """A conversation that an agent has put aside, until a time or until the customer writes, whichever comes first."""

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="snoozes")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    until = models.DateTimeField(null=True, db_index=True, help_text="empty: only until the customer writes")
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=10, blank=True, help_text="time, customer, agent or owner")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation"], condition=models.Q(ended_at=None), name="one_open_snooze")
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} until {self.until or 'the customer writes'}"


class Join(models.Model):
    """Two conversations of one customer about the same thing: `source` ended as a duplicate of `target`.

    `owner` is who had the source before. Both keep their lines; undone, the source is as it was.
    """

    source = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="joined_to")
    target = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="joined_from")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=models.Q(undone_at=None), name="joined_once")
        ]

    def __str__(self) -> str:
        return f"{self.source_id} into {self.target_id}"


class Deed(models.Model):
    """Something an agent did that can be taken back while nothing else has happened. `before` is what it was before,
    `epoch` the conversation's after it."""

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    verb = models.CharField(max_length=12)
    epoch = models.PositiveIntegerField()
    before = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["conversation", "at"], name="deeds_of_conversation")]

    def __str__(self) -> str:
        return f"{self.verb} by {self.agent_id}"


class PastReply(models.Model):
    """What an agent answered to which words, masked, with the vector of the words: what later suggestions come from."""

    message = models.OneToOneField("conversations.Message", on_delete=models.CASCADE, related_name="+")
    language = models.CharField(max_length=8, db_index=True)
    question = models.TextField()
    answer = models.TextField()
    encoder = models.CharField(max_length=80)
    vector = models.BinaryField(help_text="float32, in the machine's order")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        verbose_name_plural = "past replies"

    def __str__(self) -> str:
        return f"reply {self.message_id}"


class SecondLook(models.Model):
    """An act about a case that costs more than one person may decide: it waits for a second one. `said` is what the
    first one filled in, `amount` the euros at stake."""

    class State(models.TextChoices):
        WAITING = "waiting"
        CONFIRMED = "confirmed"
        DECLINED = "declined"

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="+")
    case = models.CharField(max_length=24, db_index=True)
    verb = models.CharField(max_length=10)
    said = models.JSONField(default=dict)
    amount = models.DecimalField(max_digits=9, decimal_places=2)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "verb"], condition=models.Q(state="waiting"), name="one_second_look_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.case}: {self.state}"
