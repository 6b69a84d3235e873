"""Who is there: an agent whose page is open, or was until a moment ago."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from bot.desk.floor.models import Presence

# An open page says so this often, in seconds.
EVERY = 20.0
# Connections are cut and made again; somebody is there until they have been gone this long.
MOMENT = timedelta(seconds=75)
HERE, AWAY, OFFLINE = "here", "away", "offline"


@dataclass(frozen=True)
class Seen:
    """`state`: here and taking conversations, away although the page is open, or offline since about `at` (UTC)."""

    state: str = OFFLINE
    at: datetime | None = None


def touch(agent_id: int) -> None:
    """The agent's page is open now."""
    now = timezone.now()
    if not Presence.objects.filter(agent=agent_id).update(seen_at=now):
        Presence.objects.get_or_create(agent_id=agent_id, defaults={"seen_at": now})


def set_away(agent_id: int, away: bool) -> None:
    Presence.objects.update_or_create(agent_id=agent_id, defaults={"away": away, "seen_at": timezone.now()})


def is_away(agent_id: int) -> bool:
    return Presence.objects.filter(agent=agent_id, away=True).exists()


def states(now: datetime | None = None) -> dict[int, Seen]:
    """Everybody who has ever opened the desk, by account."""
    limit = (now or timezone.now()) - MOMENT
    rows = Presence.objects.values_list("agent", "agent__is_active", "seen_at", "away")
    return {
        agent: Seen(OFFLINE if at < limit or not active else AWAY if away else HERE, at)
        for agent, active, at, away in rows
    }


def here() -> set[int]:
    """The agents who are there and take conversations."""
    return {agent for agent, seen in states().items() if seen.state == HERE}
