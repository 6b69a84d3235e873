"""Who is at the desk: an agent whose page was open a moment ago."""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone

from bot.desk.sorting.models import Presence

# An open page says so every 15 seconds; one that is silent for longer than this is gone.
GONE_AFTER = timedelta(minutes=2)
EVERY = 30.0
_noted: dict[int, float] = {}


def note(agent_id: int) -> None:
    """The agent is there. Written at most every half minute from a process."""
    now = time.monotonic()
    if now - _noted.get(agent_id, -EVERY) < EVERY:
        return
    _noted[agent_id] = now
    Presence.objects.update_or_create(agent_id=agent_id, defaults={"at": timezone.now()})


def here() -> set[int]:
    """The agents who are at the desk now."""
    return set(Presence.objects.filter(at__gt=timezone.now() - GONE_AFTER).values_list("agent", flat=True))
