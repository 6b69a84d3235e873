"""Quiet hours: when nobody is written to. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.outreach.rules import Quiet
from bot.shop.days import is_holiday
from bot.shop.policy_rules import WEEKDAYS

# A run of holidays and weekends ends within this.
LOOK_AHEAD = timedelta(days=14)
STEP = timedelta(minutes=15)


def is_quiet(now: datetime, zones: Sequence[ZoneInfo], quiet: Quiet, country: str = "ES") -> bool:
    """Whether it is quiet at `now` on any of these wall clocks: where the zone is not certain, all of them count."""
    return any(_is_quiet_there(now.astimezone(zone), quiet, country) for zone in zones)


def next_loud(now: datetime, zones: Sequence[ZoneInfo], quiet: Quiet, country: str = "ES") -> datetime | None:
    """The first quarter of an hour from `now` on in which it is not quiet; None when there is none for two weeks."""
    if not is_quiet(now, zones, quiet, country):
        return now
    moment = now.replace(second=0, microsecond=0)
    moment += STEP - timedelta(minutes=moment.minute % 15)
    while moment - now < LOOK_AHEAD:
        if not is_quiet(moment, zones, quiet, country):
            return moment
        moment += STEP
    return None


def _is_quiet_there(local: datetime, quiet: Quiet, country: str) -> bool:
    if WEEKDAYS[local.weekday()] in quiet.days or (quiet.holidays and is_holiday(local.date(), country)):
        return True
    return _between(local.time(), quiet.begins, quiet.ends)


def _between(clock: time, begins: time, ends: time) -> bool:
    """From `begins`, included, to `ends`, not included, over midnight where it comes first."""
    return begins <= clock < ends if begins < ends else clock >= begins or clock < ends
