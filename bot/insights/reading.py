"""Reads what is new in the event log into episodes and days. Reading everything again gives the same rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from bot.conversations.models import Conversation, Event, Identity
from bot.insights import adding, matters, neighbours
from bot.insights.fold import Entry, Told, fold
from bot.insights.models import Day, DayCount, Episode, Position
from bot.shop.clock import shop_day, shop_zone

KINDS = (
    "message", "turn", "gap", "handoff", "owner", "rating", "nps", "fixed", "outreach_sent", "offer_shown",
    "offer_held_out", "offer_purchase",
)  # fmt: skip
# They tell nothing about an episode.
NOISE = ("typing", "delivery", "read")
DAY = timedelta(days=1)
CHUNK = 400
# PostgreSQL hands out numbers before commit: an event with a lower number than the last one may still appear.
LOOK_BACK = timedelta(minutes=2)


def replay(now: datetime | None = None) -> int:
    """Forget every row and read the whole log; returns how many conversations were read. Alarms stay."""
    for model in (Episode, Day, DayCount, Position):
        model._default_manager.all().delete()
    return refresh(now)


def refresh(now: datetime | None = None) -> int:
    """Take in the events since the last call; returns how many conversations were read. Safe to repeat.

    What ripens with time (a week without another contact) is judged as of the last midnight of the shop, so that
    figures move once a day and a replay on the same day gives the same ones. Every step is a short transaction, so
    that customers' messages need not wait; broken off, all is done again from where the last call ended.
    """
    now = now or timezone.now()
    midnight = datetime.combine(shop_day(now), time(0), shop_zone())
    position = Position.objects.first() or Position()
    last = Event.objects.aggregate(last=Max("pk"))["last"] or 0
    touched = _touched(position, last)
    days = _take_in(touched, midnight)
    if position.counted_on and position.counted_on != shop_day(now):
        days |= _ripening(datetime.combine(position.counted_on, time(0), shop_zone()), midnight)
    adding.add_up(days, midnight)
    position.last_event, position.read_at, position.counted_on = last, now, shop_day(now)
    position.save()
    return len(touched)


def _touched(position: Position, last: int) -> list[UUID]:
    """Conversations with news, and all others of their customers: a proof in one tells who wrote in the others."""
    if position.last_event == 0 or position.read_at is None:
        return list(Conversation.objects.order_by("pk").values_list("pk", flat=True))
    # Two questions, each with an index of its own: asked as one, or both by number, SQLite reads the whole log.
    log = Event.objects.exclude(kind__in=NOISE).order_by()
    fresh = set(log.filter(pk__gt=position.last_event, pk__lte=last).values_list("conversation_id", flat=True))
    late = set(log.filter(at__gte=position.read_at - LOOK_BACK).values_list("conversation_id", flat=True))
    ids = sorted(fresh | late)
    found: set[UUID] = set()
    for start in range(0, len(ids), CHUNK):
        of = Identity.objects.filter(conversations__in=ids[start : start + CHUNK]).values("customer")
        found.update(Conversation.objects.filter(identity__customer__in=of).values_list("pk", flat=True))
    return sorted(found)


def _take_in(touched: list[UUID], midnight: datetime) -> set[date]:
    """Write the episodes of these conversations; returns the days that have changed."""
    days: set[date] = set()
    customers: set[int] = set()
    products = matters.products_of_articles()
    for start in range(0, len(touched), CHUNK):
        ids = touched[start : start + CHUNK]
        made = list(_episodes(ids, products))
        with transaction.atomic():
            old = Episode.objects.filter(conversation__in=ids)
            for day, customer in old.values_list("day", "customer"):
                days.add(day)
                customers.add(customer)
            old.delete()
            Episode.objects.bulk_create(made)
        days.update(episode.day for episode in made)
        customers.update(episode.customer for episode in made)
    return days | neighbours.connect(customers, midnight)


def _episodes(ids: Collection[UUID], products: dict[str, str]) -> Iterator[Episode]:
    told = {number: episodes for number, episodes in _told(ids) if episodes}
    cases = matters.of_cases(case for episodes in told.values() for episode in episodes for case in episode.cases)
    about = Conversation.objects.filter(pk__in=told).values_list(
        "pk", "channel", "language", "identity__customer_id", "identity__customer__shop_customer"
    )
    for pk, channel, language, customer, shop_customer in about:
        for number, episode in enumerate(told[pk], 1):
            matter = (
                matters.read(episode.matter)
                if episode.matter
                else matters.matter_of(episode.cases, episode.articles, cases, products)
            )
            yield Episode(
                conversation_id=pk, number=number, customer=customer, shop_customer=shop_customer, channel=channel,
                language=language, product=matter.product, lot=matter.lot, problem=matter.problem[:64],
                fault=matter.fault, owned_since=matter.owned_since, **_columns(episode),
            )  # fmt: skip


def _told(ids: Collection[UUID]) -> Iterator[tuple[UUID, list[Told]]]:
    rows = Event.objects.filter(conversation__in=ids, kind__in=KINDS).order_by("conversation_id", "pk")
    values = rows.values_list("conversation_id", "kind", "actor", "data", "at").iterator(chunk_size=5_000)
    for pk, events in groupby(values, key=itemgetter(0)):
        yield pk, fold((Entry(*event[1:]) for event in events), shop_zone())


def _columns(told: Told) -> dict[str, Any]:
    counts = {"reason": told.reasons, "article": told.cited, "hour": told.hours, "offer": told.offers}
    return {
        "day": shop_day(told.started_at), "started_at": told.started_at, "ended_at": told.ended_at,
        "resolved": told.resolved, "settled": told.settled, "handed_off": told.handed_off, "gaps": told.gaps,
        "score": told.score, "nps": told.nps, "fixed": told.fixed, "unhappy_at": told.unhappy_at,
        "counts": {what: dict(counted) for what, counted in counts.items() if counted},
    }  # fmt: skip


def _ripening(before: datetime, midnight: datetime) -> set[date]:
    """Days whose figures change because time went by between two midnights."""
    bought = neighbours.note_orders(midnight, since=before - neighbours.CHURN - DAY)
    waiting = Q(ended_at__gte=before - neighbours.REPEAT - DAY) | Q(unhappy_at__gte=before - neighbours.CHURN - DAY)
    return bought | set(Episode.objects.filter(waiting).order_by().values_list("day", flat=True).distinct())
