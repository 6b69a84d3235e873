"""`retention.yml`: how long what is kept of customers is kept, typed and checked; and the work of keeping to it."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from django.utils import timezone
from pydantic import Field

from bot.conversations.models import Customer, Identity
from bot.privacy import erasing, holders
from bot.privacy.find import person_of
from bot.shop.marked_yaml import load
from bot.shop.personal import open_cases
from bot.shop.policy_rules import Strict

PATH = Path(__file__).with_name("retention.yml")
CUSTOMERS_AT_ONCE, MOST_LOOKED_AT = 20, 200

type Days = Annotated[int, Field(ge=1, le=36500)]


class Retention(Strict):
    """Days, by kind."""

    customers: Days
    conversations: Days
    files: Days
    case_files: Days
    deliveries: Days
    received: Days
    proofs: Days
    trackers: Days
    questions: Days
    examples: Days
    calls: Days
    outreach: Days
    orders: Days
    audit: Days
    logs: Days
    sandbox: Days

    def before(self, now: datetime) -> dict[str, datetime]:
        """For each kind the moment before which it is too old."""
        return {name: now - timedelta(days=days) for name, days in self.model_dump().items()}


@lru_cache(maxsize=1)
def current() -> Retention:
    """The file, read once. Raises FileMistake naming the line of a mistake."""
    return load(PATH, Retention)


def keep_to(now: datetime | None = None) -> Counter[str]:
    """Erase what is older than it may be, some of each kind at a time; tell how many of what. 0 of all: nothing is."""
    before = current().before(now or timezone.now())
    done = Counter({"customers": _customers(before["customers"])})
    for holder in holders.all_of():
        done.update(holder.expire(before))
    return +done


def _customers(before: datetime) -> int:
    """Customers of whom nothing has been heard for too long; nobody who still has an open matter."""
    heard = Identity.objects.filter(customer__in=_quiet(before)).order_by("customer").values_list("customer", flat=True)
    gone = 0
    for pk in heard.distinct()[:MOST_LOOKED_AT]:
        person = person_of(pk)
        if gone < CUSTOMERS_AT_ONCE and not open_cases(person):
            gone += erasing.begin(person, reason="retention") is not None
    return gone


def _quiet(before: datetime) -> list[int]:
    late = Identity.objects.filter(last_inbound_at__gte=before).values("customer")
    busy = Identity.objects.filter(conversations__updated_at__gte=before).values("customer")
    quiet = Customer.objects.filter(created_at__lt=before, identities__isnull=False)
    quiet = quiet.exclude(identities__external_id__startswith=erasing.GONE)
    return list(
        quiet.exclude(pk__in=late).exclude(pk__in=busy).distinct().values_list("pk", flat=True)[:MOST_LOOKED_AT]
    )
