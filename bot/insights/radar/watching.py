"""The radar over the shop's own data: hears the episodes about faults, raises alarms, lists who bought."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from bot.insights import sales
from bot.insights.models import Alarm, Episode
from bot.insights.radar import rare
from bot.insights.radar.scan import MEMORY, Contact, Radar, Sold
from bot.shop.clock import shop_day

# Contacts older than this were looked at before; they are only compared with.
LOOKED_AT = 45.0
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def watch(now: datetime | None = None) -> list[Alarm]:
    """Look at every recent contact about a fault; returns the alarms that are new. Safe to repeat.

    An alarm that somebody closed rings again only for contacts that came after it was closed and are too many.
    """
    now = now or timezone.now()
    heard = contacts(now)
    if not heard:
        return []
    looks = 2.0 * sum(one.day > day_of(now) - MEMORY for one, _at in heard)
    radar = Radar(sold(now), rare.threshold(looks), rung=_rung())
    raised = []
    for contact, at in heard:
        if contact.product not in radar.sold:
            continue
        if contact.day <= day_of(now) - LOOKED_AT:
            radar.past[contact.product, contact.problem].append((contact.day, contact.lot, contact.delivered))
            continue
        rang = radar.take(contact)
        if rang:
            raised.append(_raise(contact, at, *rang))
    return [alarm for alarm in raised if alarm]


def day_of(moment: datetime) -> float:
    return (moment - EPOCH).total_seconds() / 86400


def contacts(now: datetime) -> list[tuple[Contact, datetime]]:
    """First episodes about a fault in the memory of the radar, in order, with when they began."""
    since = now - timedelta(days=MEMORY + LOOKED_AT)
    rows = faults().filter(started_at__gte=since, started_at__lt=now).order_by("started_at", "pk")
    found = []
    for product, lot, problem, at, owned in rows.values_list("product", "lot", "problem", "started_at", "owned_since"):
        delivered = datetime(owned.year, owned.month, owned.day, tzinfo=UTC) if owned else at
        found.append((Contact(day_of(at), product, lot, problem, day_of(min(delivered, at))), at))
    return found


def faults() -> QuerySet[Episode]:
    """Episodes that count: of a fault, and not a customer who comes back about the same one."""
    return Episode.objects.filter(fault=True, first=True).exclude(product="").exclude(problem="recall")


def sold(now: datetime) -> dict[str, Sold]:
    """What was delivered, by product and lot."""
    by_sku: dict[str, list[tuple[str, float]]] = defaultdict(list)
    for sku, lot, qty, at in sales.delivered(now).values_list("sku", "lot", "qty", "order__delivered_at").iterator():
        by_sku[sku] += [(lot, day_of(at))] * qty if at else []
    return {sku: Sold(units) for sku, units in by_sku.items()}


def _rung() -> dict[tuple[str, str, str], float]:
    """What is known already: open alarms are silent, closed ones until they were closed."""
    return {
        (alarm.product, alarm.lot, alarm.problem): day_of(alarm.raised_at)
        if alarm.closed_at
        else day_of(timezone.now())
        for alarm in Alarm.objects.order_by("raised_at")
    }


@transaction.atomic
def _raise(contact: Contact, at: datetime, lot: str, evidence: rare.Evidence) -> Alarm | None:
    """A new alarm; None where one is open, or was raised and closed since this contact."""
    same = Alarm.objects.filter(product=contact.product, lot=lot, problem=contact.problem)
    if same.filter(Q(closed_at=None) | Q(closed_at__gte=at)).exists():
        return None
    told = {**asdict(evidence), "expected": evidence.expected, "window_ends": shop_day(at).isoformat()}
    return Alarm.objects.create(product=contact.product, lot=lot, problem=contact.problem, raised_at=at, evidence=told)


def episodes_of(alarm: Alarm) -> QuerySet[Episode]:
    """The contacts that the alarm is about, newest first: from the start of its window on."""
    since = alarm.raised_at - timedelta(days=int(alarm.evidence.get("window", 60)))
    found = faults().filter(product=alarm.product, problem=alarm.problem, started_at__gte=since)
    return (found.filter(lot=alarm.lot) if alarm.lot else found).order_by("-started_at")


@dataclass(frozen=True)
class Owner:
    """A buyer of what an alarm is about."""

    order: str
    reference: str
    name: str
    language: str
    delivered: date | None
    lot: str
    wrote: bool


def owners(alarm: Alarm) -> list[Owner]:
    """Who bought the lot, or the product in the last three years; who has not written yet comes first."""
    items = sales.items().filter(sku=alarm.product)
    since = alarm.raised_at - timedelta(days=3 * 365)
    items = items.filter(lot=alarm.lot) if alarm.lot else items.filter(order__ordered_at__gte=since)
    wrote = set(episodes_of(alarm).values_list("shop_customer", flat=True))
    found = [
        Owner(order, reference, name, language, shop_day(at) if at else None, lot, reference in wrote)
        for order, reference, name, language, at, lot in items.values_list(
            "order__number", "order__customer__reference", "order__customer__name", "order__customer__language",
            "order__delivered_at", "lot",
        )
    ]  # fmt: skip
    return sorted(found, key=lambda one: (one.wrote, one.order))


def by_week(alarm: Alarm, weeks: int = 16) -> list[tuple[date, int]]:
    """Contacts about the alarm's fault by week, the last weeks up to now or two months after it rang."""
    last = min(shop_day(), shop_day(alarm.raised_at) + timedelta(days=60))
    begin = last - timedelta(days=last.weekday() + 7 * (weeks - 1))
    rows = faults().filter(product=alarm.product, problem=alarm.problem, day__gte=begin, day__lte=last)
    rows = rows.filter(lot=alarm.lot) if alarm.lot else rows
    counted: dict[date, int] = {begin + timedelta(days=7 * week): 0 for week in range(weeks)}
    for day in rows.values_list("day", flat=True):
        counted[day - timedelta(days=day.weekday())] += 1
    return sorted(counted.items())


def told(alarm: Alarm) -> dict[str, Any]:
    """The evidence with the numbers rounded for people."""
    evidence = alarm.evidence
    expected = float(evidence.get("expected", 0))
    contacts = int(evidence.get("contacts", 0))
    return {
        **evidence, "expected": round(expected, 2), "times": round(contacts / expected, 1) if expected else None,
        "one_in": round(1 / max(float(evidence.get("chance", 1)), 1e-12)),
    }  # fmt: skip
