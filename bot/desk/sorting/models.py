"""What is known of a conversation's kind, what agents corrected, and what each agent can do. All times are UTC."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Sort(models.Model):
    """One aspect of a conversation. `confidence` is from 0 to 1; an agent's own word is 1 and is never replaced.

    `source`: dialogue, articles, words, examples (agents' earlier corrections) or agent. `seq` is the last line read.
    """

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="sorts")
    aspect = models.CharField(max_length=10)
    value = models.CharField(max_length=24)
    confidence = models.FloatField()
    source = models.CharField(max_length=10)
    seq = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "aspect"], name="sorted_once")]
        indexes = [models.Index(fields=["aspect", "value"], name="sorted_by_value")]

    def __str__(self) -> str:
        return f"{self.aspect} {self.value} ({self.confidence:.2f})"


class Correction(models.Model):
    """What an agent made of a judgement, with the customer's masked words: an example to learn from."""

    conversation = models.ForeignKey("conversations.Conversation", on_delete=models.CASCADE, related_name="+")
    aspect = models.CharField(max_length=10, db_index=True)
    before = models.CharField(max_length=24, blank=True)
    confidence = models.FloatField(default=0.0, help_text="of what was corrected")
    after = models.CharField(max_length=24)
    language = models.CharField(max_length=8)
    text = models.TextField(help_text="masked")
    encoder = models.CharField(max_length=80, blank=True)
    vector = models.BinaryField(default=b"", help_text="of the text: float32, in the machine's order")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["conversation", "aspect"], name="corrected_once")]

    def __str__(self) -> str:
        return f"{self.aspect}: {self.before} is {self.after}"


class Skills(models.Model):
    """What an agent is given by assignment: topics and languages (none named: all), and how many at once."""

    agent = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_skills")
    topics = models.JSONField(default=list, blank=True)
    languages = models.JSONField(default=list, blank=True)
    most = models.PositiveSmallIntegerField(default=8)
    takes = models.BooleanField(default=True, help_text="is given work at all")

    class Meta:
        verbose_name_plural = "skills"

    def __str__(self) -> str:
        return f"skills of {self.agent_id}"
