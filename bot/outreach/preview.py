"""What would go out, to whom, in which words, and what is held back and why; nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from bot.outreach import gather, rules
from bot.outreach.candidates import candidates, everybody
from bot.outreach.labels import CHANNELS, PURPOSES, RULES, WHY, word
from bot.outreach.models import Reach
from bot.outreach.moments import Moment
from bot.outreach.people import Person
from bot.outreach.plan import Held, Planned, plan, upcoming
from bot.outreach.wording import NotReady, Written, product, write
from bot.shop.clock import shop_zone
from channels.registry import CHANNELS as KINDS

SHOWN = 200
COMING_DAYS = 14
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Line:
    """One message as it would go out, or why it does not. `key` and `person` name it for sending."""

    key: str
    person: str
    name: str
    rule: str
    purpose: str
    product: str
    order: str
    due: datetime
    channel: str = ""
    text: str = ""
    template: str = ""
    why: str = ""
    until: datetime | None = None
    conversation: UUID | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            name: value.isoformat() if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value
            for name, value in vars(self).items()
        }


@dataclass(frozen=True)
class Preview:
    now: datetime
    ready: tuple[Line, ...]
    held: tuple[Line, ...]
    coming: tuple[Line, ...]


def preview(now: datetime | None = None, keys: Iterable[str] | None = None, days: int = COMING_DAYS) -> Preview:
    """Over real orders and conversations, as they are now, at any moment."""
    now, outreach, zone = now or timezone.now(), rules.current(), shop_zone()
    ready: list[Line] = []
    held: list[Line] = []
    coming: list[Line] = []
    named = list(keys) if keys is not None else None
    for key in named if named is not None else dict.fromkeys([*candidates(outreach, now), *everybody(SHOWN)]):
        person = gather.person(key)
        if person is None:
            continue
        for each in plan(outreach, person, now, zone):
            line = _line(each)
            (held if line.why else ready).append(line)
        coming += [_moment(each, person) for each in upcoming(outreach, person, now, zone, days)]
    by_due = sorted(coming, key=lambda line: line.due)
    return Preview(now, tuple(ready[:SHOWN]), tuple(held[:SHOWN]), tuple(by_due[:SHOWN]))


def _line(each: Planned | Held) -> Line:
    try:
        written = write(each.rule, each.moment, each.person)
    except NotReady as error:
        return _base(each.moment, each.person, why=str(error), until=None)
    if isinstance(each, Held):
        return _base(each.moment, each.person, written, why=word(WHY, each.why), until=each.until)
    channel = each.place.channel
    return _base(each.moment, each.person, written, channel=channel_name(channel),
                 template=each.rule.template if each.place.needs_template else "",
                 conversation=each.place.conversation)  # fmt: skip


def _moment(moment: Moment, person: Person) -> Line:
    return _base(moment, person)


def _base(moment: Moment, person: Person, written: Written | None = None, **more: Any) -> Line:
    rule = rules.current().get(moment.rule)
    return Line(
        key=moment.key, person=person.key, name=person.name, rule=word(RULES, moment.rule),
        purpose=word(PURPOSES, rule.purpose) if rule else "", product=product(moment.sku, person.language),
        order=moment.order, due=moment.due, text=written.text if written else "", **more,
    )  # fmt: skip


def channel_name(kind: str) -> str:
    return word(CHANNELS, kind) if kind in CHANNELS else KINDS.get(kind, (kind, None))[0]


@dataclass(frozen=True)
class Sent:
    """What became of a rule's messages in the last 30 days."""

    rule: str
    written: int
    delivered: int
    failed: int
    answered: int


def figures(now: datetime | None = None) -> list[Sent]:
    """By rule, in the order of the file."""
    since = (now or timezone.now()) - MONTH
    got = Q(message__delivery__state__in=("accepted", "sent", "delivered", "read"))
    counted = Reach.objects.filter(at__gt=since).values("rule").annotate(
        written=Count("pk"), delivered=Count("pk", filter=got),
        failed=Count("pk", filter=Q(message__delivery__state="failed")),
        answered=Count("pk", filter=Q(answered_at__isnull=False)),
    )  # fmt: skip
    found = {row["rule"]: row for row in counted}
    return [
        Sent(word(RULES, rule.id), *(found[rule.id][name] for name in ("written", "delivered", "failed", "answered")))
        for rule in rules.current().rules
        if rule.id in found
    ]
