"""Two processes at the same moment, played by threads with connections of their own: one row each, nothing overwritten.

On SQLite they wait for each other by themselves; on PostgreSQL (`make test-services`) our own locks have to see to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction

from bot.conversations import outbox
from bot.conversations.models import Conversation, Delivery, Identity, Message
from bot.conversations.outbox import merge_receipt
from bot.conversations.receive import Received, conversation_for, receive
from bot.conversations.writing import append, lock
from channels.base import DELIVERY_RANK, Inbound, SendResult
from channels.memory.adapter import MemoryAdapter
from tests.conversations.conftest import phone as phone

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 8


def inbound(text: str, event_id: str, sender: str = "lucia", **more: Any) -> Inbound:
    return Inbound(
        channel="memory", account="memory", event_id=event_id, kind=more.pop("kind", "message"), external_id=sender,
        occurred_at=datetime.now(UTC), text=text, **more,
    )  # fmt: skip


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run them in as many threads, begun together; what each gave. An error of one is an error of all."""
    start = Barrier(len(works))

    def one(work: Callable[[], Any]) -> Any:
        try:
            start.wait(120)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        return [each.result(240) for each in [threads.submit(one, work) for work in works]]


def test_four_first_messages_of_a_new_customer_begin_one_conversation() -> None:
    for number in range(ROUNDS):
        who = f"lucia-{number}"
        events = [inbound(f"Hola {name}", f"{who}-{name}", who) for name in "abcd"]
        at_once([lambda event=event: receive(event) for event in events])
        (conversation,) = Conversation.objects.filter(identity__external_id=who)
        lines = conversation.messages.filter(author="customer").order_by("seq")
        assert sorted(line.text for line in lines) == ["Hola a", "Hola b", "Hola c", "Hola d"]
        assert [line.seq for line in lines] == sorted({line.seq for line in lines})
        assert conversation.last_seq == conversation.messages.count()


def test_a_webhook_that_two_processes_get_at_once_is_stored_once() -> None:
    for number in range(ROUNDS):
        event = inbound("Hola", f"same-{number}", f"marc-{number}")
        taken: list[Received] = at_once([lambda event=event: receive(event)] * 3)
        assert sorted(one.duplicate for one in taken) == [False, True, True]
        assert Message.objects.filter(conversation__identity__external_id=f"marc-{number}").count() == 1


def test_stop_and_a_question_at_once_leave_the_customer_stopped() -> None:
    for number in range(ROUNDS):
        who = f"lucia-{number}"
        receive(inbound("Hola", f"{who}-0", who))
        stop = inbound("STOP", f"{who}-1", who, membership="opted_out")
        question = inbound("¿Y mi pedido?", f"{who}-2", who)
        at_once([lambda event=event: receive(event) for event in (stop, question)])
        assert Identity.objects.get(external_id=who).stopped == "opted_out"


def _sending(who: str) -> Delivery:
    """A message whose call to the provider is being made."""
    with transaction.atomic():
        conversation = conversation_for(inbound("Hola", str(uuid4()), who))
        message = append(lock(conversation.pk), Message.Author.BOT, "¿En qué te ayudo?")
    Delivery.objects.filter(message=message).update(calling=True, parts=[{"to": who, "payload": {}}])
    return Delivery.objects.get(message=message)


@pytest.mark.parametrize("named", [True, False])
def test_reports_that_come_with_our_own_calls_answer_are_all_counted(phone: MemoryAdapter, named: bool) -> None:
    for number in range(ROUNDS):
        who = f"lucia-{number}"
        delivery, provider_id = _sending(who), str(uuid4())
        reference = f"{delivery.message_id}.1" if named else ""

        def report(state: str, who: str = who, provider_id: str = provider_id, reference: str = reference) -> None:
            event = inbound(
                "", f"{provider_id}:{state}", who, kind="status", provider_id=provider_id, status=state,
                reference=reference,
            )  # fmt: skip
            receive(event)

        def answered(delivery: Delivery = delivery, provider_id: str = provider_id) -> None:
            outbox._accepted(outbox.Call(delivery.pk, 0, ""), SendResult(provider_ids=(provider_id,)))

        at_once([answered, lambda: report("sent"), lambda: report("delivered")])
        delivery.refresh_from_db()
        assert DELIVERY_RANK[delivery.state] == DELIVERY_RANK["delivered"], delivery.state
        assert (delivery.calling, delivery.next_part) == (False, 1)


def test_a_report_from_a_transaction_of_its_own_is_taken_too() -> None:
    delivery = _sending("marc")
    merge_receipt(
        inbound("", "r", "marc", kind="status", provider_id="p", status="read", reference=f"{delivery.message_id}.1")
    )
    delivery.refresh_from_db()
    assert delivery.state == "read"
