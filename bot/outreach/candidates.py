"""Whom planning is worth while for: never too few, and not everybody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from bot.conversations.models import Conversation, Customer, Handoff
from bot.outreach.gather import SHOP, key_of
from bot.outreach.moments import ANNIVERSARIES
from bot.outreach.rules import Outreach, Rule
from bot.shop import rulebook
from bot.shop.clock import shop_day
from bot.shop.days import add_years
from bot.shop.models import Case, Order

# Days begin in the shop's time zone and moments are UTC.
SLACK = timedelta(days=2)


def candidates(outreach: Outreach, now: datetime | None = None) -> list[str]:
    """The keys of everybody for whom a rule may be due, each once."""
    now = now or timezone.now()
    found: dict[str, None] = {}
    for rule in outreach.rules:
        found.update(dict.fromkeys(_of(rule, now)))
    return list(found)


def everybody(limit: int = 500) -> list[str]:
    """The customers of the shop who have bought something, newest orders first; for a look ahead."""
    recent = Order.objects.order_by("-ordered_at").values_list("customer__reference", flat=True)[: limit * 4]
    return [f"{SHOP}{reference}" for reference in dict.fromkeys(recent)][:limit]


def _of(rule: Rule, now: datetime) -> Iterator[str]:
    until = now - rule.shift
    since = until - timedelta(days=rule.keep or 0)
    if rule.event == "incident_over":
        yield from _talked(_ended(since - SLACK, until + SLACK))
    elif rule.event == "quiet_case":
        quiet = Case.objects.filter(state=Case.State.OPEN, opened_at__gt=since - timedelta(days=60))
        yield from _talked({_uuid(talk) for talk in quiet.values_list("conversation", flat=True)})
    else:
        orders = Order.objects.filter(status=Order.Status.DELIVERED).filter(_bought(rule, since, until))
        for reference in orders.values_list("customer__reference", flat=True).distinct():
            yield f"{SHOP}{reference}"


def _bought(rule: Rule, since: datetime, until: datetime) -> Q:
    book = rulebook.current()
    if rule.event == "recall":
        recall = book.policies.recall.lots
        return Q(items__sku=recall.sku, items__lot__in=recall.lots)
    if rule.event == "maintenance":
        return _upkept(rule, since, until)
    if rule.event == "warranty_ends":
        years = book.policies.warranty.legal.years
        return _delivered(years.new, since, until) | _delivered(years.refurbished, since, until)
    if rule.event == "anniversary":
        found = Q(pk=None)
        for count in range(1, ANNIVERSARIES + 1):
            found |= _delivered(count, since, until)
        return found
    return _delivered(0, since, until)


def _upkept(rule: Rule, since: datetime, until: datetime) -> Q:
    """Orders of which an occurrence falls into that span, counted from the delivery or from the last service."""
    first, last = shop_day(since - SLACK), shop_day(until + SLACK)
    found = Q(pk=None)
    for start, end in rule.origins(first, last):
        found |= Q(delivered_at__date__range=(start, end)) | Q(items__last_descaled_on__range=(start, end))
    return found & Q(items__sku__in=list(rule.guides)) if rule.guides else found


def _delivered(years: int, since: datetime, until: datetime) -> Q:
    """Orders delivered so many years before that span."""
    first, last = shop_day(since - SLACK), shop_day(until + SLACK)
    return Q(
        delivered_at__date__gte=add_years(first, -years), delivered_at__date__lte=add_years(last, -years)
    )  # fmt: skip


def _ended(since: datetime, until: datetime) -> set[UUID]:
    """Conversations in which something may have ended in that span."""
    span = (since, until)
    found = set(Handoff.objects.filter(closed_at__range=span).values_list("conversation", flat=True))
    found |= {_uuid(talk) for talk in Case.objects.filter(opened_at__range=span).values_list("conversation", flat=True)}
    quoted = Conversation.objects.filter(updated_at__gt=since, messages__created_at__range=span)
    found |= set(quoted.exclude(messages__citations=[]).values_list("pk", flat=True).distinct())
    return {talk for talk in found if talk}


def _uuid(text: str) -> UUID:
    try:
        return UUID(text.partition(":")[0])
    except ValueError:
        return UUID(int=0)


def _talked(talks: set[UUID]) -> Iterator[str]:
    for customer in Customer.objects.filter(identities__conversations__in=talks).distinct():
        yield key_of(customer)
