"""Queries whose SQL is written once say what Django's own say, whatever the values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from bot.conversations.models import Conversation, Customer, Identity, Message
from bot.conversations.writing import append, lock
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


@pytest.mark.parametrize("name", ["visitor:lucía", "nobody", "' OR 1=1 --", "100%", "%s", "{0}", ""])
def test_the_rows_are_those_of_the_query(conversation: Conversation, name: str) -> None:
    assert prepared(named)("web", name) == list(named("web", name))


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


def test_a_conversation_that_is_gone_cannot_be_held(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).delete()
    with transaction.atomic(), pytest.raises(Conversation.DoesNotExist):
        lock(conversation.pk)
