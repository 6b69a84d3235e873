"""What conversations want to know of the team: whether somebody is there, and by when an answer was promised.

`settings.TEAM` names this module, because conversations know no desk.
"""

from __future__ import annotations

from datetime import datetime

from bot.desk.floor import presence, promises


def anyone_here(now: datetime) -> bool | None:
    """None where nobody knows."""
    return presence.anyone_here(now)


def gone_since(agent_id: int) -> datetime | None:
    """Since when an agent has been offline for longer than the policy allows."""
    return presence.gone_since(agent_id)


def answer_by(now: datetime, priority: int = 3) -> datetime:
    """By when a customer who is handed over now is promised a person's answer (UTC)."""
    return promises.first_answer_due(now, priority)
