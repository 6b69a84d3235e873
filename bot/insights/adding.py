"""From episodes to days: the rows that a page adds up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Case, Count, Q, QuerySet, Sum, Value, When

from bot.insights.fold import DETRACTOR, SILENCE
from bot.insights.models import Day, DayCount, Episode
from bot.insights.neighbours import CHURN, REPEAT, WEEK

GROUP = ("day", "channel", "language", "product")
KEY = (*GROUP, "what", "key")
SATISFIED, PROMOTER = 4, 9
CHUNK = 30


def add_up(days: Iterable[date], midnight: datetime) -> None:
    """Write the rows of these days anew, judged as of `midnight`."""
    wanted = sorted(set(days))
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        with transaction.atomic():
            Day.objects.filter(day__in=part).delete()
            DayCount.objects.filter(day__in=part).delete()
            _write(Episode.objects.filter(day__in=part), midnight)


def _write(rows: QuerySet[Episode], midnight: datetime) -> None:
    # Named apart from the fields of the same name, which the conditions mean.
    columns = {f"sum_{name}": column for name, column in _columns(midnight).items()}
    totals = rows.order_by().values(*GROUP).annotate(**columns)
    Day.objects.bulk_create(
        (Day(**{name.removeprefix("sum_"): value or 0 for name, value in row.items() if name not in GROUP},
             **{name: row[name] for name in GROUP}) for row in totals.iterator()),
        batch_size=1_000,
    )  # fmt: skip
    counted: Counter[tuple[Any, ...]] = Counter()
    for *group, counts in rows.values_list(*GROUP, "counts").iterator(chunk_size=5_000):
        for what, keys in counts.items():
            for key, count in keys.items():
                counted[*group, what, key[:255]] += count
    DayCount.objects.bulk_create(
        (DayCount(**dict(zip(KEY, key, strict=True)), count=count) for key, count in sorted(counted.items())),
        batch_size=1_000,
    )


def _columns(midnight: datetime) -> dict[str, Count | Sum]:
    over = Q(resolved=True) | Q(fixed__isnull=False) | Q(ended_at__lte=midnight - SILENCE)
    week_over, month_over = Q(ended_at__lte=midnight - WEEK), Q(ended_at__lte=midnight - REPEAT)
    week_known = week_over | Q(back_in_week=True)
    matter_known = ~Q(problem="") & (month_over | Q(same_in_month=True))
    first = Q(first=True) & (week_over | Q(same_in_week=True))
    denied = Q(fixed__isnull=False, fixed=False)
    conditions = {
        "over": over,
        "first": first,
        "first_solved": first & Q(settled=True, same_in_week=False) & ~denied,
        "quiet_week_known": week_known,
        "quiet_week": week_known & Q(back_in_week=False),
        "with_matter": matter_known,
        "repeated": matter_known & Q(same_in_month=True),
        "asked_fixed": Q(fixed__isnull=False),
        "confirmed": Q(fixed=True),
        "handed_off": Q(handed_off=True),
        "with_gap": Q(gaps__gt=0),
        "ratings": Q(score__isnull=False),
        "satisfied": Q(score__gte=SATISFIED),
        "nps_answers": Q(nps__isnull=False),
        "promoters": Q(nps__gte=PROMOTER),
        "detractors": Q(nps__lte=DETRACTOR),
        "unhappy_known": ~Q(shop_customer="")
        & (Q(bought_at__isnull=False) | Q(unhappy_at__isnull=False, unhappy_at__lte=midnight - CHURN)),
        "churn_avoided": Q(bought_at__isnull=False),
    }
    columns: dict[str, Count | Sum] = {name: Count("pk", filter=_true(q)) for name, q in conditions.items()}
    return {"episodes": Count("pk"), "rating_sum": Sum("score"), **columns}


def _true(condition: Q) -> Q:
    """SQL's unknown counts as no, also inside a NOT."""
    return Q(Case(When(condition, then=Value(True)), default=Value(False), output_field=BooleanField()))
