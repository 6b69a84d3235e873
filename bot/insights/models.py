"""What was read from the event log, so that a page need not read it again. Everything here can be thrown away:
`bot.insights.reading.replay` makes the same rows from the log. Times are UTC; a `day` is the shop's calendar day.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models


class Episode(models.Model):
    """One time that a customer came to us, folded from the events of its conversation (`bot.insights.fold`).

    `problem` and `product` say what it was about; empty: nothing in the log tells. A matter is a
    product with a problem; `first` to `same_in_month` say how this customer's other episodes lie around this one.
    `real_seconds` is set where a matter begins: from its first line to the end of the last episode about it.
    """

    conversation = models.ForeignKey("conversations.Conversation", models.CASCADE, related_name="+")
    number = models.PositiveIntegerField(help_text="the how many-th of its conversation, from 1")
    customer = models.PositiveBigIntegerField(db_index=True, help_text="of bot.conversations")
    shop_customer = models.CharField(max_length=64, blank=True, db_index=True)
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    product = models.CharField(max_length=16, blank=True)
    lot = models.CharField(max_length=32, blank=True)
    problem = models.CharField(max_length=64, blank=True)
    fault = models.BooleanField(default=False, help_text="a case about something that failed or arrived broken")
    owned_since = models.DateField(null=True, help_text="when what failed was delivered")
    day = models.DateField(db_index=True)
    started_at = models.DateTimeField(db_index=True)
    ended_at = models.DateTimeField(help_text="its last line, or when it was resolved")
    resolved = models.BooleanField(default=False, help_text="somebody said that it is over")
    settled = models.BooleanField(default=False, help_text="the customer's last line was answered, not with a gap")
    handed_off = models.BooleanField(default=False)
    gaps = models.PositiveIntegerField(default=0)
    score = models.PositiveSmallIntegerField(null=True, help_text="CSAT, 1 to 5")
    nps = models.PositiveSmallIntegerField(null=True, help_text="0 to 10")
    fixed = models.BooleanField(null=True, help_text="what the customer answered to “is it fixed?”")
    unhappy_at = models.DateTimeField(null=True)
    bought_at = models.DateTimeField(null=True, help_text="the customer's first order after being unhappy")
    first = models.BooleanField(default=True, help_text="no episode of this matter in the 30 days before")
    back_in_week = models.BooleanField(default=False, help_text="the customer came again within 7 days of its end")
    same_in_week = models.BooleanField(default=False, help_text="and about the same matter")
    same_in_month = models.BooleanField(default=False, help_text="about the same matter within 30 days of its end")
    real_seconds = models.PositiveBigIntegerField(null=True)
    counts = models.JSONField(default=dict, help_text="{what: {key: times}}: reasons, articles, hours")

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["conversation", "number"], name="episode_once"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["fault", "product", "problem", "started_at"], name="faults_of_product"),
            models.Index(fields=["day", "real_seconds"], name="real_times_of_day"),
        ]

    def __str__(self) -> str:
        return f"episode {self.number} of {self.conversation_id}"


class Day(models.Model):
    """The episodes that began on one day, added up; a page adds these rows. Columns are explained in `definitions`."""

    day = models.DateField()
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    product = models.CharField(max_length=16, blank=True)
    episodes = models.PositiveIntegerField(default=0)
    over = models.PositiveIntegerField(default=0)
    first = models.PositiveIntegerField(default=0)
    first_solved = models.PositiveIntegerField(default=0)
    quiet_week_known = models.PositiveIntegerField(default=0)
    quiet_week = models.PositiveIntegerField(default=0)
    with_matter = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    asked_fixed = models.PositiveIntegerField(default=0)
    confirmed = models.PositiveIntegerField(default=0)
    handed_off = models.PositiveIntegerField(default=0)
    with_gap = models.PositiveIntegerField(default=0)
    ratings = models.PositiveIntegerField(default=0)
    rating_sum = models.PositiveIntegerField(default=0)
    satisfied = models.PositiveIntegerField(default=0)
    nps_answers = models.PositiveIntegerField(default=0)
    promoters = models.PositiveIntegerField(default=0)
    detractors = models.PositiveIntegerField(default=0)
    unhappy_known = models.PositiveIntegerField(default=0)
    churn_avoided = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["day", "channel", "language", "product"], name="day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.channel} {self.language} {self.product}"


class DayCount(models.Model):
    """How often something happened in the episodes of one day: `what` is `reason`, `article`, `hour`, `offer`."""

    day = models.DateField()
    channel = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    product = models.CharField(max_length=16, blank=True)
    what = models.CharField(max_length=8)
    key = models.CharField(max_length=255)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["what", "day"], name="counts_of_day"),
            # A day is written anew with every message that belongs to it.
            models.Index(fields=["day"], name="counts_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.what} {self.key}: {self.count}"


class Position(models.Model):
    """How far the log was read: one row."""

    last_event = models.PositiveBigIntegerField(default=0)
    read_at = models.DateTimeField(null=True)
    counted_on = models.DateField(null=True, help_text="the day on which rows that ripen were last counted")

    def __str__(self) -> str:
        return f"read up to event {self.last_event}"


class Alarm(models.Model):
    """A fault that comes more often than it should. `evidence` holds the numbers of the test when it rang.

    One alarm stays open for a product, lot (empty: all of them) and problem; later contacts join it.
    """

    product = models.CharField(max_length=16)
    lot = models.CharField(max_length=32, blank=True)
    problem = models.CharField(max_length=64)
    raised_at = models.DateTimeField()
    evidence = models.JSONField(default=dict)
    page = models.ForeignKey("knowledge.ArticlePage", models.SET_NULL, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                fields=["product", "lot", "problem"],
                condition=models.Q(closed_at__isnull=True),
                name="one_open_alarm",
            )
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.lot} {self.problem}"


class Digest(models.Model):
    """That the weekly mail of the week from this Monday was sent."""

    week = models.DateField(unique=True)
    sent_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"week of {self.week}"
