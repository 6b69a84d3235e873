"""When a rule is due for a customer: from what they bought and what happened to the moments to write. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.outreach.people import Bought, Incident, Person, QuietCase
from bot.outreach.rules import Rule
from bot.shop.days import add_years

ANNIVERSARIES = 10


@dataclass(frozen=True)
class Moment:
    """One time that a rule is due. `key` is its name for ever: of a key, one message goes out.

    `conversation`: where it happened, for matters that belong to one. `on` is the day that the text speaks of.
    """

    key: str
    rule: str
    due: datetime
    order: str = ""
    sku: str = ""
    case: str = ""
    conversation: UUID | None = None
    on: date | None = None
    years: int = 0


def moments(rule: Rule, person: Person, zone: ZoneInfo) -> Iterator[Moment]:
    """Every moment of a rule for a customer, past and future. `zone` is the shop's: days begin there."""
    if rule.event == "incident_over":
        yield from (_of_incident(rule, each) for each in person.incidents if _meant(rule, each))
    elif rule.event == "quiet_case":
        yield from (_of_case(rule, each) for each in person.cases)
    else:
        for each in person.bought:
            if _for(rule, each, person):
                yield from _of_order(rule, each, person, zone)


def _meant(rule: Rule, incident: Incident) -> bool:
    wanted = incident.about & set(rule.audience.about)
    named = not rule.audience.articles or bool(incident.articles & set(rule.audience.articles))
    return bool(wanted - {"article"}) or ("article" in wanted and named)


def _for(rule: Rule, bought: Bought, person: Person) -> bool:
    audience = rule.audience
    return (
        (not rule.guides or bought.sku in rule.guides)
        and (not audience.skus or bought.sku in audience.skus)
        and bought.kind not in audience.kinds_not
        and (not audience.zones or bought.zone in audience.zones)
        and (not audience.languages or person.language in audience.languages)
    )


def _of_order(rule: Rule, bought: Bought, person: Person, zone: ZoneInfo) -> Iterator[Moment]:
    name = f"{rule.id}:{bought.order}:{bought.sku}"

    def moment(key: str, day: date, years: int = 0) -> Moment:
        due = datetime.combine(day, time(0), zone) + rule.shift
        return Moment(key, rule.id, due, bought.order, bought.sku, on=day, years=years)

    if rule.event == "delivered":
        yield moment(name, bought.delivered_on)
    elif rule.event == "warranty_ends" and bought.warranty_ends_on:
        yield moment(name, bought.warranty_ends_on)
    elif rule.event == "recall" and bought.recalled:
        # Two toasters of one lot are one warning.
        yield moment(f"{rule.id}:{person.key}:{bought.lot}", bought.delivered_on)
    elif rule.event == "anniversary":
        for years in range(1, ANNIVERSARIES + 1):
            yield moment(f"{name}:{years}", add_years(bought.delivered_on, years), years=years)
    elif rule.event == "maintenance":
        since = bought.serviced_on or bought.delivered_on
        for day in rule.occurrences(since):
            yield moment(f"{name}:{day.isoformat()}", day)


def _of_incident(rule: Rule, incident: Incident) -> Moment:
    return Moment(
        f"{rule.id}:{incident.name}", rule.id, incident.ended_at + rule.shift,
        incident.order, incident.sku, conversation=incident.conversation,
    )  # fmt: skip


def _of_case(rule: Rule, case: QuietCase) -> Moment:
    return Moment(
        f"{rule.id}:{case.number}", rule.id, case.since + rule.shift, case.order, case.sku, case.number,
        case.conversation,
    )  # fmt: skip
