"""Who is written to now, where, and who is not and why. Pure: facts and a clock in, a plan out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from bot.outreach.moments import Moment, moments
from bot.outreach.people import Past, Person, Place
from bot.outreach.quiet import is_quiet, next_loud
from bot.outreach.rules import Caps, Outreach, Rule

type Why = Literal[
    "said_no", "no_consent", "with_person", "open_case", "unhappy", "nowhere", "busy", "quiet_hours", "cap", "again"
]
DAY, WEEK, MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)


@dataclass(frozen=True)
class Planned:
    """A message to be written now."""

    moment: Moment
    rule: Rule
    place: Place
    person: Person


@dataclass(frozen=True)
class Held:
    """Due, but not written now. `until`: when it may be looked at again, where that is known."""

    moment: Moment
    rule: Rule
    person: Person
    why: Why
    until: datetime | None = None


def plan(outreach: Outreach, person: Person, now: datetime, zone: ZoneInfo) -> list[Planned | Held]:
    """Everything that is due for a customer at `now`, in the order of the file. What has gone out is not in it."""
    result: list[Planned | Held] = []
    past = list(person.past)
    for rule in outreach.rules:
        for moment in _due(rule, person, now, zone):
            planned = _judge(outreach, rule, moment, person, past, now)
            if isinstance(planned, Planned):
                past.append(Past(moment.key, rule.id, rule.purpose, now))
            result.append(planned)
    return result


def upcoming(outreach: Outreach, person: Person, now: datetime, zone: ZoneInfo, days: int) -> list[Moment]:
    """What will be due within so many days, if nothing changes; of a rule that waits between two, the first."""
    until, found = now + timedelta(days=days), list[Moment]()
    for rule in outreach.rules:
        due = sorted((each for each in moments(rule, person, zone) if now < each.due <= until), key=lambda at: at.due)
        found += due[:1] if rule.again_after else due
    return sorted(found, key=lambda each: each.due)


def _due(rule: Rule, person: Person, now: datetime, zone: ZoneInfo) -> Iterator[Moment]:
    over = {past.key for past in person.past if past.over}
    seen: set[str] = set()
    for moment in moments(rule, person, zone):
        ends = rule.ends(moment.due)
        if moment.due <= now and (ends is None or now < ends) and moment.key not in over | seen:
            seen.add(moment.key)
            yield moment


def _judge(
    outreach: Outreach, rule: Rule, moment: Moment, person: Person, past: Sequence[Past], now: datetime
) -> Planned | Held:
    def held(why: Why, until: datetime | None = None) -> Held:
        return Held(moment, rule, person, why, until)

    if why := _unwanted(rule, person):
        return held(why)
    place = _place(rule, moment, person, now)
    if place is None:
        return held("nowhere")
    if place.busy_until is not None and place.busy_until > now:
        return held("busy", place.busy_until)
    if until := _again(rule, past, now):
        return held("again", until)
    if rule.purpose != "safety" and (until := _capped(outreach.caps, past, now)):
        return held("cap", until)
    if is_quiet(now, person.zones, outreach.quiet, person.country):
        return held("quiet_hours", next_loud(now, person.zones, outreach.quiet, person.country))
    return Planned(moment, rule, place, person)


def _unwanted(rule: Rule, person: Person) -> Why | None:
    """Why this customer is not to hear of this, wherever they are."""
    if rule.purpose == "safety":
        return None
    if person.said_no or any(place.stopped for place in person.places):
        return "said_no"
    if rule.purpose == "marketing" and not any(place.agreed for place in person.places):
        return "no_consent"
    if person.with_person:
        return "with_person"
    if rule.event in ("quiet_case", "incident_over"):
        return None
    if person.open_case:
        return "open_case"
    return "unhappy" if person.unhappy else None


def _place(rule: Rule, moment: Moment, person: Person, now: datetime) -> Place | None:
    """Where the matter was, if it belongs to a conversation; else what was used last, then the rule's own order.

    At a place that only an order proved nothing is said but about that conversation itself; offers and news go only to
    addresses at which they were agreed to.
    """
    tried = {channel for past in person.past if past.key == moment.key for channel in past.tried}
    usable = [each for each in person.places if each.channel in rule.channels and each.channel not in tried]
    if rule.purpose == "marketing":
        usable = [each for each in usable if each.agreed]
    if moment.conversation is not None:
        there = [each for each in usable if each.conversation == moment.conversation]
        # The web's own page is where it was said; nobody is reached there, but they may come back to it.
        for each in there:
            if each.reachable(now) or (each.channel == "web" and not each.stopped):
                return each
    fit = [each for each in usable if each.vouched and each.channel != "web" and each.reachable(now)]
    wrote = sorted((each for each in fit if each.last_inbound), key=_last_inbound, reverse=True)
    return next(iter([*wrote, *sorted(fit, key=lambda each: rule.channels.index(each.channel))]), None)


def _last_inbound(place: Place) -> float:
    return place.last_inbound.timestamp() if place.last_inbound else 0.0


def _again(rule: Rule, past: Sequence[Past], now: datetime) -> datetime | None:
    if rule.again_after is None:
        return None
    ends = [each.at + timedelta(days=rule.again_after) for each in past if each.rule == rule.id and each.over]
    return max((end for end in ends if end > now), default=None)


def _capped(caps: Caps, past: Sequence[Past], now: datetime) -> datetime | None:
    """Until when no more may go to this customer; neither safety counts, nor what never left."""
    sent = sorted(each.at for each in past if each.purpose != "safety" and each.over)
    waits = []
    for most, span in ((caps.per_day, DAY), (caps.per_week, WEEK), (caps.per_month, MONTH)):
        within = [at for at in sent if at > now - span]
        if len(within) >= most:
            waits.append(within[-most] + span)
    return max(waits, default=None)
