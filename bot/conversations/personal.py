"""What conversations keep of a customer: told, erased and not kept for too long (`bot.privacy.holders`).

Rows stay where figures are read from them, without words and without whose they were.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction
from django.db.models import CharField, Model, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from bot.conversations.models import (
    BOT,
    NOBODY,
    CallBack,
    Conversation,
    Customer,
    Delivery,
    Event,
    Handoff,
    Identity,
    InboundEvent,
    Media,
    Merge,
    Message,
    Move,
    ProviderReceipt,
    WrongCode,
    record,
)

MODELS: Mapping[str, tuple[str, str]] = {
    "conversations.Customer": ("emptied", "how many there are"),
    "conversations.Identity": ("emptied", "how many there are, on which channel"),
    "conversations.Conversation": ("emptied", "when and on which channel somebody wrote"),
    "conversations.Message": ("emptied", "how many lines, by whom of bot, agent and customer, with which articles"),
    "conversations.Turn": ("kept", "an intent, a time and a state; no words"),
    "conversations.Delivery": ("emptied", "how many were delivered"),
    "conversations.Event": ("emptied", "what happened when, which every figure is read from"),
    "conversations.Handoff": ("emptied", "how often and why a person was needed"),
    "conversations.InboundEvent": ("deleted", "but those of the last week, so that none is taken in twice"),
    "conversations.ProviderReceipt": ("deleted", ""),
    "conversations.Media": ("deleted", "with the files themselves"),
    "conversations.CallBack": ("emptied", "how many calls there were"),
    "conversations.Merge": ("deleted", ""),
    "conversations.Move": ("deleted", ""),
    "conversations.WrongCode": ("deleted", ""),
}
GONE, MARK = "erased-", "erased "
AT_ONCE = 200
# What an event may keep. Everything else, and any longer text, is not needed for figures.
KEPT_OF_EVENTS = frozenset({
    "seq", "id", "verb", "reason", "state", "intent", "ms", "cited", "error", "before", "after", "epoch", "episode",
    "handoff", "to", "from", "aspect", "value", "score", "fixed", "rule", "purpose", "offer", "held_out", "product",
    "membership", "why", "agent", "attempt", "outcome", "team", "until", "woke", "undone", "declined", "matter",
    "move", "merge", "proof", "channel", "mail", "phone", "kind", "asks",
})  # fmt: skip
# While it is still known whose it was, figures may still ask what a case was about.
KEPT_OF_OLD_EVENTS = KEPT_OF_EVENTS | {"case", "order"}
LONGEST_KEPT = 64


class Person(Protocol):
    """What is read of `bot.privacy.person.Person`."""

    @property
    def customers(self) -> Collection[int]: ...
    @property
    def identities(self) -> Collection[int]: ...
    @property
    def talks(self) -> Collection[str]: ...


def export(person: Person) -> Mapping[str, list[dict[str, Any]]]:
    """Identities, conversations with every line, files and calls."""
    lines = _lines(person).order_by("created_at", "seq")
    return {
        "identities": _rows(
            Identity.objects.filter(pk__in=person.identities),
            "channel", "external_id", "name", "phone", "known_as", "known_by", "last_inbound_at", "stopped",
        ),
        "conversations": _rows(
            Conversation.objects.filter(pk__in=person.talks),
            "id", "channel", "language", "facts", "context", "created_at", "updated_at", "resolved_at",
        ),
        "messages": _rows(
            lines, "conversation_id", "seq", "author", "text", "note", "choice", "attachments", "citations",
            "created_at",
        ),
        "handoffs": _rows(_of(Handoff, person), "conversation_id", "state", "reason", "trigger", "note", "created_at"),
        "calls": _rows(_of(CallBack, person), "phone", "about", "note", "state", "due_at", "seconds"),
        "joined": _rows(_merges(person), "proof", "evidence", "at", "undone_at"),
        "files": [
            {"file": media.path, "name": media.name, "mime": media.mime, "case": media.case, "kept_at": media.kept_at,
             "transcript": media.transcript}
            for media in _of(Media, person).exclude(path="")
        ],
    }  # fmt: skip


def _rows(rows: QuerySet[Any], *fields: str) -> list[dict[str, Any]]:
    return list(rows.values(*fields))


def _of(model: Any, person: Person) -> QuerySet[Any]:
    return model._default_manager.filter(conversation__in=person.talks)  # type: ignore[no-any-return]


def _lines(person: Person) -> QuerySet[Message]:
    """Everything in their conversations, and what was said at an identity of theirs in one that went on elsewhere."""
    return Message.objects.filter(Q(conversation__in=person.talks) | Q(identity__in=person.identities))


def _merges(person: Person) -> QuerySet[Merge]:
    return Merge.objects.filter(Q(one__in=person.identities) | Q(other__in=person.identities))


def erase(person: Person) -> Mapping[str, int]:
    """Take away leases and raise the epoch first: what is being answered or sent meanwhile is thrown away."""
    talks = list(Conversation.objects.select_for_update().filter(pk__in=person.talks).order_by("pk"))
    for talk in talks:
        talk.thread, talk.context = "", {}
        _end(talk)
    lines = list(_lines(person).values_list("pk", flat=True))
    counts = {"conversations": len(talks), "messages": len(lines), **_empty(lines, [talk.pk for talk in talks])}
    for model in (Move, Media):
        counts[model.__name__.lower()] = _delete(_of(model, person))
    _delete(Move.objects.filter(Q(source__in=person.identities) | Q(place__in=person.identities)))
    counts["merges"] = _delete(_merges(person))
    _delete(WrongCode.objects.filter(identity__in=person.identities))
    InboundEvent.objects.filter(channel="web", message__in=lines).delete()
    InboundEvent.objects.filter(message__in=lines).update(message=None)
    _forget_who(person)
    return counts


def _end(talk: Conversation) -> None:
    """Nobody's any more, and nothing of it is remembered. The log says that it was erased, once.

    The mark stands where a process notes its lease: whoever claims a turn later writes over it, and nobody's claim of
    before fits it.
    """
    mark = f"{MARK}{talk.last_seq}"
    if talk.turn_lease != mark:
        talk.epoch += 1
        talk.owner, talk.resolved_at = NOBODY, talk.resolved_at or timezone.now()
        record(talk, "erased", "system")
    talk.turn_lease, talk.turn_lease_until, talk.turn_due_at, talk.turn_attempts = mark, None, None, 0
    talk.outbox_lease, talk.outbox_lease_until, talk.outbox_due_at = "", None, None
    talk.answered_seq, talk.facts, talk.asks, talk.fresh = talk.last_seq, {}, "", True
    talk.save()


def _empty(lines: list[Any], talks: list[Any], kept: frozenset[str] = KEPT_OF_EVENTS) -> dict[str, int]:
    now = timezone.now()
    for part in _parts(lines):
        Message.objects.filter(pk__in=part).update(
            text="", choice="", choices=[], payloads={}, attachments=[], template=None
        )
        Delivery.objects.filter(message__in=part).update(parts=None, calling=False, error_code="")
        Delivery.objects.filter(message__in=part, state="queued").update(state="failed", error_kind="erased")
        ProviderReceipt.objects.filter(delivery__message__in=part).delete()
    handoffs = Handoff.objects.filter(conversation__in=talks)
    handoffs.update(trigger="", note="")
    handoffs.filter(state__in=Handoff.OPEN).update(state=Handoff.State.ABANDONED, closed_at=now)
    calls = CallBack.objects.filter(conversation__in=talks)
    calls.update(phone="", about="", note="", call_id="", problem="")
    calls.filter(closed_at=None).update(state=CallBack.State.CANCELLED, closed_at=now)
    return {"events": _empty_events(Event.objects.filter(conversation__in=talks), kept)}


def _parts(values: list[Any]) -> Iterable[list[Any]]:
    return (values[start : start + 400] for start in range(0, len(values), 400))


def _empty_events(events: QuerySet[Event], names: frozenset[str]) -> int:
    changed = []
    for event in events.iterator(chunk_size=1_000):
        kept = {name: value for name, value in event.data.items() if name in names and _short(value)}
        if kept != event.data:
            event.data = kept
            changed.append(event)
    Event.objects.bulk_update(changed, ["data"], batch_size=400)
    return len(changed)


def _short(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_KEPT
    if isinstance(value, list):
        return all(isinstance(each, str | int) and _short(each) for each in value)
    if isinstance(value, dict):
        return all(_short(each) for each in value.values())
    return True


def _delete(rows: QuerySet[Any]) -> int:
    return sum(rows.delete()[1].values())


def _forget_who(person: Person) -> None:
    for identity in Identity.objects.filter(pk__in=person.identities).exclude(external_id__startswith=GONE):
        identity.external_id, identity.name, identity.phone = f"{GONE}{secrets.token_hex(12)}", "", ""
        identity.known_as, identity.known_by, identity.stopped = "", "", "blocked"
        identity.last_inbound_at = None
        identity.save()
    Customer.objects.filter(pk__in=person.customers).update(name="", shop_customer="")


def expire(before: Mapping[str, datetime]) -> Mapping[str, int]:
    """Words of old conversations, files, what went to providers, and notes of calls; some of each at a time."""
    return {
        "conversations": _old_words(before["conversations"]),
        "files": _old_files(before["files"], before["case_files"]),
        "deliveries": _old_deliveries(before["deliveries"]),
        "received": _some(InboundEvent.objects.filter(received_at__lt=before["received"])),
        "calls": _old_calls(before["calls"]),
    }


def _old_words(before: datetime) -> int:
    mark = Concat(Value(MARK), Cast("last_seq", CharField()))
    old = Conversation.objects.filter(owner__in=(BOT, NOBODY), turn_due_at=None, updated_at__lt=before)
    talks = list(old.exclude(turn_lease=mark).order_by("updated_at")[:AT_ONCE])
    for talk in talks:
        _old_talk(talk.pk, before)
    return len(talks)


@transaction.atomic
def _old_talk(pk: Any, before: datetime) -> None:
    talk = Conversation.objects.select_for_update().get(pk=pk)
    if talk.updated_at < before:
        _end(talk)
        _empty(list(talk.messages.values_list("pk", flat=True)), [pk], KEPT_OF_OLD_EVENTS)
        _delete(Media.objects.filter(conversation=pk, case=""))


def _old_files(before: datetime, of_cases: datetime) -> int:
    old = Media.objects.exclude(message=None).filter(
        Q(case="", created_at__lt=before) | Q(created_at__lt=min(before, of_cases))
    )
    gone = list(old.select_related("message")[:AT_ONCE])
    for media in gone:
        message, name = media.message, str(media.pk)
        media.delete()
        if message:
            message.refresh_from_db(fields=["attachments"])
            kept = [each for each in message.attachments if each.get("id") != name]
            Message.objects.filter(pk=message.pk).update(attachments=kept)
    return len(gone)


def _old_deliveries(before: datetime) -> int:
    settled = Delivery.objects.filter(updated_at__lt=before).exclude(state="queued")
    ids = list(settled.filter(parts__isnull=False).values_list("pk", flat=True)[:AT_ONCE])
    Delivery.objects.filter(pk__in=ids).update(parts=None)
    old = ProviderReceipt.objects.filter(delivery__updated_at__lt=before)
    return len(ids) + _some(old)


def _old_calls(before: datetime) -> int:
    old = CallBack.objects.filter(closed_at__lt=before).exclude(phone="", about="", note="")
    return old.update(phone="", about="", note="", call_id="")


def _some(rows: QuerySet[Any]) -> int:
    model: type[Model] = rows.model
    ids = list(rows.values_list("pk", flat=True)[: 5 * AT_ONCE])
    return model._default_manager.filter(pk__in=ids).delete()[0]
