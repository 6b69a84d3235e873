"""What a provider reports of a message: in any order, repeated, before our call has returned, about nobody."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as speed
from hypothesis import strategies as st

from bot.conversations import outbox
from bot.conversations.models import Delivery, Message, ProviderReceipt
from bot.conversations.outbox import merge_receipt
from bot.conversations.receive import conversation_for, receive
from bot.conversations.writing import append, lock
from channels.base import DELIVERY_RANK, ChannelError, Inbound, SendResult
from channels.memory.adapter import MemoryAdapter
from tests.conversations.people import inbound

STATES = ["accepted", "sent", "delivered", "read", "failed"]


def report(provider_id: str, state: str, **more: Any) -> Inbound:
    return Inbound(
        channel="memory", account="memory", event_id=f"{provider_id}:{state}:{uuid4()}", kind="status",
        external_id="lucia", occurred_at=datetime.now(UTC), provider_id=provider_id, status=state, **more,
    )  # fmt: skip


def sending() -> Delivery:
    """A message to Lucía whose call to the provider is being made."""
    with transaction.atomic():
        conversation = conversation_for(inbound("Hola", str(uuid4())))
        message = append(lock(conversation.pk), Message.Author.BOT, "¿En qué te ayudo?")
    Delivery.objects.filter(message=message).update(calling=True, parts=[{"to": "lucia", "payload": {}}])
    return Delivery.objects.get(message=message)


@speed(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=8), st.integers(0, 8))
def test_a_delivery_never_goes_back_whenever_our_own_call_returns(
    transactional_db: None, phone: MemoryAdapter, states: list[str], returns_after: int
) -> None:
    delivery, provider_id = sending(), str(uuid4())
    ranks = []
    for number in range(len(states) + 1):
        if number == min(returns_after, len(states)):
            outbox._accepted(outbox.Call(delivery.pk, 0, ""), SendResult(provider_ids=(provider_id,)))
        if number < len(states):
            merge_receipt(report(provider_id, states[number]))
        ranks.append(DELIVERY_RANK[Delivery.objects.get(pk=delivery.pk).state])
    assert ranks == sorted(ranks)
    assert ranks[-1] == max(DELIVERY_RANK[state] for state in ["accepted", *states])


def test_a_report_about_nobody_is_kept_and_breaks_nothing(transactional_db: None) -> None:
    for reference in ("", "not-a-uuid.1", f"{uuid4()}.1", "💥"):
        receive(report(str(uuid4()), "delivered", reference=reference))
    assert ProviderReceipt.objects.filter(delivery=None).count() == 4


def test_a_report_settles_what_a_dead_process_left_uncertain(transactional_db: None, phone: MemoryAdapter) -> None:
    delivery = sending()
    merge_receipt(report("memory-7", "delivered", reference=f"{delivery.message_id}.1"))
    settled = Delivery.objects.get(pk=delivery.pk)
    assert (settled.state, settled.calling) == ("delivered", False)


def test_a_report_of_one_part_does_not_speak_for_the_others(transactional_db: None, phone: MemoryAdapter) -> None:
    delivery = sending()
    Delivery.objects.filter(pk=delivery.pk).update(parts=[{"to": "lucia", "payload": {}}] * 3)
    outbox._refused(outbox.Call(delivery.pk, 0, ""), ChannelError("uncertain", "no answer"))
    merge_receipt(report("memory-9", "sent", reference=f"{delivery.message_id}.1"))
    outbox._accepted(outbox.Call(delivery.pk, 0, ""), SendResult(provider_ids=("memory-9",), state="sent"))
    settled = Delivery.objects.get(pk=delivery.pk)
    assert (settled.state, settled.next_part) == ("uncertain", 1), "two parts were never sent"
    outbox.send_again(delivery.pk)
    asyncio.run(outbox.deliver(delivery.conversation_id))
    assert Delivery.objects.get(pk=delivery.pk).next_part == 3
    assert len(phone.sent) == 2, "what had arrived is not sent twice"


def test_a_failure_says_why(transactional_db: None, phone: MemoryAdapter) -> None:
    delivery = sending()
    outbox._accepted(outbox.Call(delivery.pk, 0, ""), SendResult(provider_ids=("memory-8",)))
    merge_receipt(report("memory-8", "failed", error_code="63016", error_kind="window"))
    failed = Delivery.objects.get(pk=delivery.pk)
    assert (failed.state, failed.error_kind, failed.error_code) == ("failed", "window", "63016")
