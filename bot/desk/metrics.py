"""Simple counts over the last days, from turns, handoffs, deliveries and the log."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import Any

from django.db.models import Avg, Count, FloatField, QuerySet
from django.db.models.functions import Cast
from django.utils import timezone

from bot.conversations.models import Conversation, Delivery, Event, Handoff, Message, Turn
from bot.desk.rated import comments
from bot.shop.models import Case
from knowledge.models import Gap

SAMPLE = 5_000


def figures(days: int) -> dict[str, Any]:
    """Counts since `days` days ago; `owners` and `gaps_open` are of this moment. Times are in the unit they name."""
    since = timezone.now() - timedelta(days=days)
    turns = Turn.objects.filter(finished_at__gte=since)
    handoffs = Handoff.objects.filter(created_at__gte=since)
    return {
        "days": days,
        "owners": _owners(),
        "conversations_started": Conversation.objects.filter(created_at__gte=since).count(),
        "messages": _counts(Message.objects.filter(created_at__gte=since), "author"),
        "turns": _counts(turns, "state"),
        "turn_ms_median": _median(turns.exclude(milliseconds=0).values_list("milliseconds", flat=True)),
        "intents": _counts(turns.exclude(intent=""), "intent"),
        "handoffs": _counts(handoffs, "reason"),
        "handoff_states": _counts(handoffs, "state"),
        "seconds_to_take_median": _waits(handoffs, "taken_at"),
        "seconds_to_answer_median": _waits(handoffs, "answered_at"),
        "deliveries": _counts(Delivery.objects.filter(updated_at__gte=since), "state"),
        "cases": _counts(Case.objects.filter(opened_at__gte=since), "decision"),
        "ratings": _ratings(Event.objects.filter(kind="rating", at__gte=since)),
        "rating_comments": comments(since),
        "gaps": Event.objects.filter(kind="gap", at__gte=since).count(),
        "gaps_open": Gap.objects.filter(state=Gap.State.OPEN).count(),
    }


def _owners() -> dict[str, int]:
    totals = {"bot": 0, "queue": 0, "agent": 0, "resolved": 0}
    for owner, count in Conversation.objects.values_list("owner").annotate(n=Count("pk")):
        totals[owner.partition(":")[0] or "resolved"] += count
    return totals


def _counts(rows: QuerySet[Any], field: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(field).annotate(n=Count("pk")).order_by("-n"))


def _waits(handoffs: QuerySet[Handoff], until: str) -> float | None:
    pairs = handoffs.exclude(**{until: None}).order_by("-pk").values_list("created_at", until)[:SAMPLE]
    return _median((end - begin).total_seconds() for begin, end in pairs)


def _ratings(events: QuerySet[Event]) -> dict[str, float]:
    """How many ratings and their mean, from 1 to 5; the mean is 0 while there is none."""
    found = events.aggregate(count=Count("pk"), mean=Avg(Cast("data__score", FloatField())))
    return {"count": found["count"], "mean": round(found["mean"] or 0.0, 2)}


def _median(values: Any) -> float | None:
    sample = [value for value, _ in zip(values, range(SAMPLE), strict=False)]
    return round(median(sample), 1) if sample else None
