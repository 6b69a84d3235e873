"""Who is there: an agent whose page is open, or was until a moment ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from bot.desk.floor.models import Presence

# An open page says so this often, in seconds.
EVERY = 20.0
# Connections are cut and made again; somebody is there until they have been gone this long.
MOMENT = timedelta(seconds=75)


def touch(agent_id: int) -> None:
    """The agent's page is open now."""
    now = timezone.now()
    if not Presence.objects.filter(agent=agent_id).update(seen_at=now):
        Presence.objects.get_or_create(agent_id=agent_id, defaults={"seen_at": now})


def set_away(agent_id: int, away: bool) -> None:
    Presence.objects.update_or_create(agent_id=agent_id, defaults={"away": away, "seen_at": timezone.now()})


def is_away(agent_id: int) -> bool:
    return Presence.objects.filter(agent=agent_id, away=True).exists()


def anyone_here(now: datetime | None = None) -> bool | None:
    """Whether an agent is there and takes conversations; None where nobody has ever opened the desk, and agents work
    through the API alone."""
    if not Presence.objects.exists():
        return None
    here = Presence.objects.filter(away=False, seen_at__gte=(now or timezone.now()) - MOMENT)
    return here.filter(agent__is_active=True).exists()


def here() -> set[int]:
    """The agents who are there and take conversations."""
    present = Presence.objects.filter(away=False, seen_at__gte=timezone.now() - MOMENT)
    return set(present.values_list("agent", flat=True))


def gone_since(agent_id: int, now: datetime | None = None) -> datetime | None:
    """Since when the agent has been offline for longer than the policy allows; None while they are not.

    An agent who never opened the desk works through the API: of them nobody knows.
    """
    limit = (now or timezone.now()) - settings.AGENT_OFFLINE
    return Presence.objects.filter(agent=agent_id, seen_at__lt=limit).values_list("seen_at", flat=True).first()
