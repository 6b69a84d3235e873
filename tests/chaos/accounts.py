"""The account of every message: what customers said against what was stored, what was stored against what arrived.

The phones are the truth of what arrived; they are played by a process that nobody kills.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bot.conversations.models import Conversation, Delivery, Message, Turn
from bot.sandbox.models import ProviderMessage
from tests.chaos.people import Talk
from tests.chaos.scripts import cases_of

ARRIVED = ("accepted", "sent", "delivered", "read")
NUMBERS = re.compile(r"[\w-]*\d[\w-]*")


@dataclass
class Account:
    """`problems` say what each of the figures stands for."""

    received: int = 0
    lost: int = 0
    twice: int = 0
    out_of_order: int = 0
    uncertain: int = 0
    answers: int = 0
    technical: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    cases_differ: int = 0
    answers_differ: int = 0
    problems: list[str] = field(default_factory=list)

    def note(self, figure: str, words: str, count: int = 1) -> None:
        setattr(self, figure, getattr(self, figure) + count)
        self.problems.append(f"{figure}: {words}")


@dataclass(frozen=True)
class Line:
    """A provider call that was to be made: `certain` when the shop says that it arrived, else nobody can know."""

    key: str
    certain: bool


def compare(expected: Sequence[Line], arrived: Sequence[str], title: str, account: Account) -> None:
    """What was to arrive, in order, against what did. What is uncertain may have arrived once or not at all."""
    place = 0
    for line in expected:
        if place < len(arrived) and arrived[place] == line.key:
            place += 1
        elif line.certain and line.key in arrived[place:]:
            account.note("out_of_order", f"{title}: {line.key[:60]!r} arrived too late")
            place = arrived.index(line.key, place) + 1
        elif line.certain:
            account.note("lost", f"{title}: {line.key[:60]!r} never arrived")
    known = {line.key for line in expected}
    wanted = Counter(line.key for line in expected)
    for key, count in Counter(arrived).items():
        if key not in known:
            account.note("twice", f"{title}: {key[:60]!r} arrived and nobody sent it", count)
        elif count > wanted[key]:
            account.note(
                "twice", f"{title}: {key[:60]!r} arrived {count} times instead of {wanted[key]}", count - wanted[key]
            )


def said(talk: Talk, account: Account) -> None:
    """Every line of a customer is stored once, in the order in which it was said where they waited between lines."""
    stored = list(
        _lines(talk).filter(author=Message.Author.CUSTOMER).order_by("created_at").values_list("text", flat=True)
    )
    account.received += len(stored)
    for text, count in (Counter(talk.said) - Counter(stored)).items():
        account.note("lost", f"{talk.title}: {text[:60]!r} was never stored", count)
    for text, count in (Counter(stored) - Counter(talk.said)).items():
        account.note("twice", f"{talk.title}: {text[:60]!r} was stored again", count)
    if (
        all(len(line) == 1 for line in talk.script.lines)
        and Counter(stored) == Counter(talk.said)
        and stored != talk.said
    ):
        account.note("out_of_order", f"{talk.title}: stored as {stored}")


def answered(talk: Talk, account: Account) -> None:
    """Every line that was the bot's to answer is within exactly one turn, and turns answer in order."""
    for conversation in Conversation.objects.filter(messages__in=_lines(talk)).distinct():
        waiting = conversation.messages.filter(author="customer", handled=False, seq__gt=conversation.answered_seq)
        for line in waiting:
            account.note("lost", f"{talk.title}: {line.text[:60]!r} was never answered")
        turns = Turn.objects.filter(conversation=conversation).order_by("pk").select_related("message")
        ends = [turn.message.seq for turn in turns]
        if ends != sorted(ends):
            account.note("out_of_order", f"{talk.title}: turns ended for lines {ends}")
        account.technical += turns.filter(state=Turn.State.FAILED).count()
        replies = conversation.messages.filter(author="bot").order_by("seq").values_list("in_reply_to", flat=True)
        order = {turn.message_id: place for place, turn in enumerate(turns)}
        places = [order[reply] for reply in replies if reply in order]
        if places != sorted(places):
            account.note("out_of_order", f"{talk.title}: answers belong to turns {places}")
        account.answers += len(replies)


def delivered(talk: Talk, account: Account, phones: dict[tuple[str, str], list[dict[str, Any]]]) -> None:
    """Every line to a customer arrived once, in order, or says openly that nobody knows."""
    if talk.channel == "web":
        # What is stored is what the page shows.
        seqs = list(_lines(talk).order_by("created_at", "seq").values_list("seq", flat=True))
        if sorted(seqs) != sorted(set(seqs)):
            account.note("twice", f"{talk.title}: lines {seqs}")
        return
    expected: dict[UUID, list[Line]] = {}
    sent = Delivery.objects.filter(message__in=_lines(talk)).select_related("message")
    for delivery in sent.order_by("message__seq"):
        expected.setdefault(delivery.conversation_id, []).extend(_parts(delivery, talk.channel))
        account.uncertain += delivery.state == "uncertain"
        if delivery.state == "failed":
            account.failed[f"{delivery.error_kind or 'failed'}"] += 1
        if delivery.state == "queued":
            account.note("lost", f"{talk.title}: {delivery.message.text[:60]!r} is still waiting")
    arrived = [key_of_request(talk.channel, request) for request in phones.get((talk.channel, talk.name), [])]
    known = {line.key for lines in expected.values() for line in lines}
    for lines in expected.values():
        # Each of a customer's mail threads is in order for itself.
        mine = {line.key for line in lines}
        compare(lines, [key for key in arrived if key in mine], talk.title, account)
    compare([], [key for key in arrived if key not in known], talk.title, account)


def _parts(delivery: Delivery, channel: str) -> Iterable[Line]:
    for number, part in enumerate(delivery.parts or []):
        key = key_of_part(channel, part["payload"])
        if delivery.state in ARRIVED or number < delivery.next_part:
            yield Line(key, certain=True)
        elif delivery.state == "uncertain" and number == delivery.next_part:
            yield Line(key, certain=False)


def key_of_part(channel: str, payload: dict[str, Any]) -> str:
    """What a provider call can be told by: our own name of it where the provider is given that, else its words."""
    if channel == "telegram":
        return str(payload.get("html") or payload.get("file"))
    if channel == "instagram":
        return str(payload["message"].get("text") or payload["message"].get("attachment"))
    if channel == "mail":
        return str(payload["message_id"])
    return str(payload["reference"])


def key_of_request(channel: str, request: dict[str, Any]) -> str:
    """The same of what the provider got."""
    if channel == "whatsapp":
        return str(request.get("StatusCallback", "")).rpartition("reference=")[2]
    if channel == "telegram":
        return str(request.get("text") or request.get("photo"))
    if channel == "messenger":
        return str(request["message"].get("metadata"))
    if channel == "instagram":
        return str(request["message"].get("text") or request["message"].get("attachment"))
    return str(request.get("Message-ID"))


def phones(database: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """What arrived at each phone, oldest first: from the stand-in's own data, and mail from the shop's, where the
    sandbox keeps its mailbox."""
    from django.db import connections

    connections.databases["provider"] = {**connections.databases["default"], "NAME": database}
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    theirs = ProviderMessage.objects.using("provider").exclude(phone__channel="mail")
    for messages in (theirs, ProviderMessage.objects.filter(phone__channel="mail")):
        for each in messages.filter(from_customer=False).select_related("phone").order_by("pk"):
            found.setdefault((each.phone.channel, each.phone.identity), []).append(each.request)
    return found


def decided(talk: Talk, calm: dict[str, Any], account: Account) -> None:
    """The cases of an order are those that a calm run came to."""
    if not talk.order:
        return
    cases = cases_of(talk.order)
    if cases != calm[talk.script.name]:
        account.note("cases_differ", f"{talk.title}: {cases} instead of {calm[talk.script.name]}")


def transcript(talk: Talk) -> list[tuple[str, tuple[str, ...]]]:
    """What the bot said to each turn, with all numbers taken out: what a calm run is compared by."""
    found = []
    turns = (
        Turn.objects.filter(message__in=_lines(talk), state=Turn.State.ANSWERED)
        .order_by("pk")
        .select_related("message")
    )
    for turn in turns:
        replies = Message.objects.filter(in_reply_to=turn.message_id, author="bot").order_by("seq")
        found.append((NUMBERS.sub("#", turn.message.text), tuple(NUMBERS.sub("#", each.text) for each in replies)))
    return found


def _lines(talk: Talk) -> Any:
    return Message.objects.filter(identity__channel=talk.channel, identity__external_id=talk.name)
