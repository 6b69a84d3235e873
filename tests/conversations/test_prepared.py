"""Queries whose SQL is written once say what Django's own say, whatever the values; and rows are stored as it does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Model, QuerySet, Value
from django.db.models.functions import Lower
from django.db.models.signals import post_save
from django.test.utils import CaptureQueriesContext

from bot.conversations.models import (
    Conversation,
    Customer,
    Delivery,
    Event,
    Identity,
    InboundEvent,
    Message,
    Turn,
    record,
)
from bot.conversations.writing import append, lock
from bot.dialogue.base import Option
from bot.prepared import prepared

pytestmark = pytest.mark.django_db


def named(channel: str, name: str) -> QuerySet[Identity]:
    return Identity.objects.filter(channel=channel, external_id=name).order_by("-pk")


def said(conversation: UUID, after: int, since: datetime, note: bool) -> QuerySet[Message]:
    found = Message.objects.filter(conversation=conversation, seq__gt=after, created_at__gte=since, note=note)
    return found.exclude(choices=[]).order_by("seq") | found.filter(choices=[]).order_by("seq")


@pytest.fixture
def conversation() -> Conversation:
    customer = Customer.objects.create(name="Lucía", language="es")
    identity = Identity.objects.create(customer=customer, channel="web", account="web", external_id="visitor:lucía")
    return Conversation.objects.create(identity=identity, channel="web", language="es")


def values(row: Model) -> dict[str, object]:
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("name", ["visitor:lucía", "nobody", "' OR 1=1 --", "100%", "%s", "{0}", ""])
def test_the_rows_are_those_of_the_query(conversation: Conversation, name: str) -> None:
    assert list(map(values, prepared(named)("web", name))) == list(map(values, named("web", name)))


def test_names_numbers_and_times_go_to_the_database_as_it_wants_them(conversation: Conversation) -> None:
    with transaction.atomic():
        for text in ("hola", "¿estáis?", "la freidora no va"):
            append(lock(conversation.pk), Message.Author.CUSTOMER, text)
    first, second, third = conversation.messages.order_by("seq")
    once = prepared(said)
    for after, since in ((0, first.created_at), (1, first.created_at), (0, third.created_at), (3, first.created_at)):
        assert once(conversation.pk, after, since, False) == list(said(conversation.pk, after, since, False))
    assert once(conversation.pk, 1, first.created_at, False) == [second, third]
    assert once(conversation.pk, 0, datetime(2999, 1, 1, tzinfo=UTC), False) == []
    assert once(conversation.pk, 0, first.created_at, True) == []
    assert [line.text for line in once(conversation.pk, 2, second.created_at, False)] == ["la freidora no va"]
    assert once(conversation.pk, 2, second.created_at, False)[0].created_at == third.created_at


def test_the_sql_is_written_once_and_each_call_is_one_query(conversation: Conversation) -> None:
    asked: list[str] = []

    def counted(name: str) -> QuerySet[Identity]:
        asked.append("")
        return Identity.objects.filter(external_id=name)

    once: Callable[[str], list[Identity]] = prepared(counted)
    with CaptureQueriesContext(connection) as seen:
        assert [len(once("visitor:lucía")), len(once("nobody")), len(once("visitor:lucía"))] == [1, 0, 1]
    assert len(asked) == 1 and len(seen) == 3


def test_values_are_given_in_order() -> None:
    with pytest.raises(TypeError, match="named is prepared: give it its values in order"):
        prepared(named)(channel="web", name="visitor:lucía")


def test_every_value_comes_back_as_django_gives_it(conversation: Conversation) -> None:
    conversation.facts, conversation.today = {"order": "LB-10427", "más": [1, None, True]}, date(2026, 11, 23)
    conversation.turn_due_at = datetime(2026, 11, 23, 9, 30, 1, 5, tzinfo=UTC)
    with transaction.atomic():
        message = append(conversation, Message.Author.BOT, "¿Cuál?", options=[Option("La freidora", "/pick")])
        replied = append(conversation, Message.Author.CUSTOMER, "esa", in_reply_to=message.pk)
    Turn.objects.create(conversation=conversation, message=replied, epoch=1, state="answered", confidence=0.25)
    for model in (Identity, Conversation, Message, Delivery, Turn, Event):
        rows = model._default_manager.order_by("pk")
        assert list(map(values, prepared(rows.all)())) == list(map(values, rows)) != []


def test_a_row_is_stored_whole_and_changed_whole(conversation: Conversation) -> None:
    conversation.context, conversation.thread = {"subject": "«100 %s»"}, "'; DROP TABLE --"
    conversation.turn_due_at, conversation.today = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23)
    with CaptureQueriesContext(connection) as seen:
        conversation.save()
    assert len(seen) == 1 and values(Conversation.objects.get()) == values(conversation)
    other = Conversation(identity=conversation.identity, channel="web", facts={"case": "RT-1"}, language="en")
    other.save()
    assert values(Conversation.objects.get(pk=other.pk)) == values(other)
    with CaptureQueriesContext(connection) as seen:
        event = record(conversation, "message", "customer", seq=1)
    assert len(seen) == 1 and values(Event.objects.get(pk=event.pk)) == values(event)


def test_only_the_named_fields_are_changed(conversation: Conversation) -> None:
    Conversation.objects.update(language="en")
    conversation.epoch, conversation.language = 7, "fr"
    conversation.save(update_fields=["epoch"])
    conversation.refresh_from_db()
    assert (conversation.epoch, conversation.language) == (7, "en")
    partly = Conversation.objects.only("epoch").get()
    partly.epoch = 8
    partly.save()
    conversation.refresh_from_db()
    assert (conversation.epoch, conversation.language) == (8, "en")


def test_values_that_are_sql_are_worked_out_by_the_database(conversation: Conversation) -> None:
    conversation.epoch = F("epoch") + 1  # type: ignore[assignment]
    conversation.save()
    assert conversation.epoch == 2 == Conversation.objects.get().epoch
    event = Event.objects.create(conversation=conversation, kind=Lower(Value("OWNER")))
    assert Event.objects.get().kind == "owner" == event.kind


def test_a_row_that_is_gone_is_told_or_stored_again_as_django_does(conversation: Conversation) -> None:
    Conversation.objects.all().delete()
    with pytest.raises(Conversation.NotUpdated), transaction.atomic():
        conversation.save(update_fields=["epoch"])
    conversation.save()
    assert values(Conversation.objects.get()) == values(conversation)


def test_what_is_there_already_is_not_stored_twice(conversation: Conversation) -> None:
    event = {"channel": "web", "account": "web", "event_id": "visitor:lucía:1"}
    first = InboundEvent.objects.create(**event)
    with pytest.raises(IntegrityError), transaction.atomic():
        InboundEvent.objects.create(**event)
    assert list(InboundEvent.objects.all()) == [first]


def test_whoever_waits_for_a_row_hears_of_it_once(conversation: Conversation) -> None:
    heard: list[tuple[Event, bool]] = []

    def hear(sender: type[Event], instance: Event, created: bool, **more: object) -> None:
        heard.append((instance, created))

    post_save.connect(hear, sender=Event)
    try:
        event = record(conversation, "typing", "customer")
        event.actor = "system"
        event.save()
    finally:
        post_save.disconnect(hear, sender=Event)
    assert heard == [(event, True), (event, False)]


def test_a_conversation_that_is_gone_cannot_be_held(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).delete()
    with transaction.atomic(), pytest.raises(Conversation.DoesNotExist):
        lock(conversation.pk)
