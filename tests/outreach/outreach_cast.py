"""The people of these tests, as facts without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.outreach.people import Bought, Incident, Person, Place
from bot.outreach.plan import Held, Planned, plan
from bot.outreach.rules import current

MADRID = ZoneInfo("Europe/Madrid")
# A Tuesday in May, noon in Madrid.
NOW = datetime(2026, 5, 19, 10, 0, tzinfo=UTC)
TALK = UUID(int=7)


def whatsapp(**more: Any) -> Place:
    return Place("whatsapp", "+34600111001", needs_template=True, **more)


def mail(**more: Any) -> Place:
    return Place("mail", "lucia.romero@correo.example", **more)


def bought(sku: str, days_ago: int, **more: Any) -> Bought:
    kinds = {"BR20": "espresso_machine", "CH2": "toaster", "LR3": "robot_vacuum", "CAF": "consumable"}
    return Bought("LB-10402", sku, kinds.get(sku, "appliance"), more.pop("zone", "mainland"),
                  NOW.date() - timedelta(days=days_ago), **more)  # fmt: skip


def lucia(*orders: Bought, places: tuple[Place, ...] | None = None, **more: Any) -> Person:
    found = (whatsapp(), mail()) if places is None else places
    return Person("shop:c01", "Lucía Romero", "es", (MADRID,), bought=orders, places=found, **more)


def ended(days_ago: float, *about: str, **more: Any) -> Incident:
    return Incident("case-1", TALK, NOW - timedelta(days=days_ago), frozenset(about), **more)


def planned(person: Person, now: datetime = NOW) -> dict[str, str]:
    """What the plan says of each rule: "send <channel>" or why not."""
    result: dict[str, str] = {}
    for each in plan(current(), person, now, MADRID):
        assert isinstance(each, (Planned, Held))
        result[each.rule.id] = f"send {each.place.channel}" if isinstance(each, Planned) else each.why
    return result


def day(text: str) -> date:
    return date.fromisoformat(text)
