"""What customers asked, what it was answered with, and the gaps: questions of one meaning that no article answers.

Texts are masked before they come here: no address, phone, name or order number.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Gap(models.Model):
    """Unanswered questions of one meaning, in any language. `question` is the wording that was asked most.

    `count` is how often one of them was asked without an answer. `page` is the article that an editor drafted from it;
    `closed_by` the slug of the article that answers it now.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DRAFTED = "drafted", _("Drafted")
        CLOSED = "closed", _("Closed")

    question = models.TextField(_("question"))
    language = models.CharField(_("language"), max_length=10)
    channel = models.CharField(_("channel"), max_length=20, blank=True)
    conversation = models.CharField(_("conversation"), max_length=64, blank=True)
    count = models.PositiveIntegerField(_("times asked"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    page = models.ForeignKey(
        "knowledge.ArticlePage", null=True, blank=True, on_delete=models.SET_NULL, related_name="gaps"
    )
    closed_by = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(_("first asked"), default=timezone.now)
    last_asked_at = models.DateTimeField(_("last asked"), default=timezone.now)

    class Meta:
        verbose_name = _("unanswered question")
        verbose_name_plural = _("unanswered questions")
        ordering: ClassVar[list[str]] = ["-count", "-last_asked_at"]

    def __str__(self) -> str:
        return self.question[:80]


class Question(models.Model):
    """One wording in one language. `article` and `revision` are what answered it last; empty and 0: nothing did."""

    fingerprint = models.CharField(max_length=64, editable=False)
    language = models.CharField(max_length=10)
    text = models.TextField()
    gap = models.ForeignKey(Gap, null=True, blank=True, on_delete=models.SET_NULL, related_name="questions")
    article = models.CharField(max_length=255, blank=True, db_index=True)
    revision = models.PositiveBigIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)
    conversation = models.CharField(max_length=64, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True, db_index=True)
    first_asked_at = models.DateTimeField(default=timezone.now)
    last_asked_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["fingerprint", "language"], name="one_question_per_wording_and_language")
        ]

    def __str__(self) -> str:
        return self.text[:80]


class QuestionDay(models.Model):
    """How often a question was asked on a channel on one day of the shop, and how often it was answered."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="days")
    day = models.DateField(db_index=True)
    channel = models.CharField(max_length=20, blank=True)
    count = models.PositiveIntegerField(default=0)
    answered = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["question", "day", "channel"], name="one_count_per_question_day_channel")
        ]

    def __str__(self) -> str:
        return f"{self.question_id} on {self.day}: {self.count}"


class TextVector(models.Model):
    """The encoder's vector of a text, so that hundreds of known questions can be asked again in seconds."""

    key = models.CharField(max_length=64, primary_key=True)
    encoder = models.CharField(max_length=200)
    vector = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.key


class Feedback(models.Model):
    """What readers of an article's page said on one day: whether it helped."""

    slug = models.CharField(max_length=255, db_index=True)
    language = models.CharField(max_length=10)
    day = models.DateField(db_index=True)
    revision = models.PositiveBigIntegerField(default=0)
    helped = models.PositiveIntegerField(default=0)
    not_helped = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["slug", "language", "day", "revision"], name="one_feedback_per_day")
        ]

    def __str__(self) -> str:
        return f"{self.slug} {self.day}: {self.helped}/{self.not_helped}"
