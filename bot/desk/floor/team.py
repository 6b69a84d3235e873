"""What conversations want to know of the team: whether somebody is there, and by when an answer was promised.

`settings.TEAM` names this module, because conversations know no desk.
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from bot.desk.floor.models import Presence
from bot.desk.floor.presence import HERE, states
from bot.desk.floor.promises import first_answer_due as answer_by

__all__ = ["answer_by", "anyone_here", "gone_since"]


def anyone_here(now: datetime | None = None) -> bool | None:
    """Whether an agent is there and takes conversations; None where nobody has ever opened the desk, and agents work
    through the API alone."""
    known = states(now)
    return any(seen.state == HERE for seen in known.values()) if known else None


def gone_since(agent_id: int) -> datetime | None:
    """Since when the agent has been offline for longer than the policy allows; None while they are not.

    An agent who never opened the desk works through the API: of them nobody knows.
    """
    limit = timezone.now() - settings.AGENT_OFFLINE
    return Presence.objects.filter(agent=agent_id, seen_at__lt=limit).values_list("seen_at", flat=True).first()
