"""What figures keep of a customer (`bot.privacy.holders`): episodes that belong to somebody nobody knows any more.

This stands before the conversations' own module: it notes what a case was about before the case's number goes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from bot.conversations.models import Event
from bot.insights import matters
from bot.insights.models import Episode

MODELS: Mapping[str, tuple[str, str]] = {
    "insights.Episode": ("unlinked", "what every figure is added up from"),
    "insights.Day": ("nothing", "sums"),
    "insights.DayCount": ("nothing", "sums"),
    "insights.Position": ("nothing", "how far the log was read"),
    "insights.Alarm": ("nothing", "of products"),
    "insights.Digest": ("nothing", "that a mail was sent"),
}


class Person(Protocol):
    """What is read of `bot.privacy.person.Person`."""

    @property
    def talks(self) -> Collection[str]: ...


def _talks(person: Person) -> list[UUID]:
    return [UUID(each) for each in person.talks]


def export(person: Person) -> Mapping[str, list[dict[str, Any]]]:
    """How their contacts were counted."""
    episodes = Episode.objects.filter(conversation__in=_talks(person))
    columns = ("conversation_id", "number", "product", "problem", "started_at", "resolved", "score", "nps", "fixed")
    return {"episodes": list(episodes.values(*columns))}


def erase(person: Person) -> Mapping[str, int]:
    """Write what an episode was about into its events, and forget whose it was."""
    named = Event.objects.filter(conversation__in=_talks(person), kind="turn").exclude(data__case="")
    events = [event for event in named if event.data.get("case")]
    known = matters.of_cases(event.data["case"] for event in events)
    for event in events:
        found = known.get(event.data.pop("case"))
        if found:
            event.data["matter"] = matters.told(found)
        event.save(update_fields=["data"])
    count = Episode.objects.filter(conversation__in=_talks(person)).update(shop_customer="")
    return {"episodes": count}


def expire(before: Mapping[str, datetime]) -> Mapping[str, int]:
    """Figures are nobody's."""
    return {}
