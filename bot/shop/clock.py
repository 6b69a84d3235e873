"""The shop's wall clock: which calendar day a moment falls on where the shop is."""

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from bot.shop.days import local_day


@lru_cache(maxsize=4)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def shop_zone() -> ZoneInfo:
    """The time zone all policies count in (settings.SHOP_TIME_ZONE)."""
    return _zone(settings.SHOP_TIME_ZONE)


def read_day(text: str | None) -> date | None:
    """The day that "2026-12-01" names; None for anything else."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


def shop_day(moment: datetime | None = None) -> date:
    """The shop's calendar day of an aware moment, by default of now."""
    return local_day(moment or timezone.now(), shop_zone())
