"""What an episode's neighbours say about it: whether the customer came back, when it was really over, and whether an
unhappy customer bought again."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from operator import attrgetter

from bot.insights import sales
from bot.insights.models import Episode

WEEK = timedelta(days=7)
REPEAT = timedelta(days=30)
CHURN = timedelta(days=90)
CHANGING = ["first", "back_in_week", "same_in_week", "same_in_month", "real_seconds"]
CHUNK = 400


def connect(customers: Iterable[int], midnight: datetime) -> set[date]:
    """Set what neighbours say for all episodes of these customers; returns the days that have changed."""
    days: set[date] = set()
    wanted = sorted(set(customers))
    for start in range(0, len(wanted), CHUNK):
        rows = Episode.objects.filter(customer__in=wanted[start : start + CHUNK]).defer("counts")
        changed = [
            episode
            for _customer, mine in groupby(rows.order_by("customer", "started_at", "pk"), key=attrgetter("customer"))
            for episode in _of_one(list(mine))
        ]
        Episode.objects.bulk_update(changed, CHANGING, batch_size=500)
        days.update(episode.day for episode in changed)
        days |= note_orders(midnight, of=wanted[start : start + CHUNK])
    return days


def _of_one(episodes: list[Episode]) -> list[Episode]:
    """The episodes of one customer, in order, of which something changed."""
    before = [tuple(getattr(episode, name) for name in CHANGING) for episode in episodes]
    for episode in episodes:
        episode.first, episode.real_seconds = True, None
        episode.back_in_week = episode.same_in_week = episode.same_in_month = False
    for episode, later in pairwise(episodes):
        episode.back_in_week = later.started_at - episode.ended_at <= WEEK
    same: dict[tuple[str, str], list[Episode]] = defaultdict(list)
    for episode in episodes:
        if episode.problem:
            same[episode.product, episode.problem].append(episode)
        else:
            episode.real_seconds = int((episode.ended_at - episode.started_at).total_seconds())
    for chain in same.values():
        _of_one_matter(chain)
    after = [tuple(getattr(episode, name) for name in CHANGING) for episode in episodes]
    return [episode for episode, old, new in zip(episodes, before, after, strict=True) if old != new]


def _of_one_matter(chain: list[Episode]) -> None:
    head = chain[0]
    for episode, later in pairwise(chain):
        pause = later.started_at - episode.ended_at
        episode.same_in_week, episode.same_in_month = pause <= WEEK, pause <= REPEAT
        later.first = later.started_at - episode.started_at > REPEAT
    for position, episode in enumerate(chain):
        if position == 0 or episode.started_at - chain[position - 1].ended_at > WEEK:
            head = episode
        head.real_seconds = int((episode.ended_at - head.started_at).total_seconds())


def note_orders(midnight: datetime, *, since: datetime | None = None, of: list[int] | None = None) -> set[date]:
    """Set `bought_at` of unhappy customers who ordered before `midnight`; returns the days on which that changed."""
    unhappy = Episode.objects.filter(bought_at=None, unhappy_at__isnull=False).exclude(shop_customer="")
    if since:
        unhappy = unhappy.filter(unhappy_at__gte=since)
    if of is not None:
        unhappy = unhappy.filter(customer__in=of)
    waiting = list(unhappy.only("shop_customer", "unhappy_at", "day"))
    orders = _orders({row.shop_customer for row in waiting}, midnight)
    changed = []
    for row in waiting:
        at, mine = row.unhappy_at, orders.get(row.shop_customer, [])
        position = bisect_right(mine, at) if at else len(mine)
        if at and position < len(mine) and mine[position] - at <= CHURN:
            row.bought_at = mine[position]
            changed.append(row)
    Episode.objects.bulk_update(changed, ["bought_at"], batch_size=500)
    return {row.day for row in changed}


def _orders(references: set[str], midnight: datetime) -> dict[str, list[datetime]]:
    """When each of these shop customers ordered, before `midnight`, in order; cancelled orders are none."""
    found: dict[str, list[datetime]] = defaultdict(list)
    wanted = sorted(references)
    for start in range(0, len(wanted), 500):
        rows = sales.orders().filter(customer__reference__in=wanted[start : start + 500], ordered_at__lt=midnight)
        for reference, at in rows.order_by("ordered_at").values_list("customer__reference", "ordered_at"):
            found[reference].append(at)
    return found
