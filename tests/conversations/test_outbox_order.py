"""The outbox, interleaved by hand: a provider that reports early, processes that die or fall asleep in a call."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from bot.conversations import outbox, ownership
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Delivery, Message
from bot.conversations.outbox import merge_receipt
from bot.conversations.receive import conversation_for
from bot.conversations.writing import append, lock
from channels.base import ChannelError, Part, SendResult
from channels.memory.adapter import MemoryAdapter
from tests.conversations.people import inbound
from tests.conversations.test_receipts import report

pytestmark = pytest.mark.django_db(transaction=True)

LONG = "\n\n".join(letter * 1500 for letter in "ABC")


def told(*texts: str, who: str = "lucia", author: Message.Author = Message.Author.BOT) -> UUID:
    """The bot has said these to Lucía, and they wait in the outbox."""
    with transaction.atomic():
        conversation = conversation_for(inbound("Hola", str(uuid4()), who))
        for text in texts:
            append(lock(conversation.pk), author, text)
    return conversation.pk


def shown(phone: MemoryAdapter) -> list[str]:
    return [str(part.payload["text"])[:5] for part in phone.sent]


class Slow:
    """The provider's call of one process: it goes out at once and returns when the test says so."""

    def __init__(self, phone: MemoryAdapter) -> None:
        self.phone, self.send_now = phone, phone.send
        self.went_out, self.returns = asyncio.Event(), asyncio.Event()
        self.error: ChannelError | None = None

    async def __call__(self, part: Part) -> SendResult:
        result = await self.send_now(part)
        if not self.went_out.is_set():
            self.went_out.set()
            await self.returns.wait()
            if self.error:
                raise self.error
        return result


@pytest.fixture
def slow(phone: MemoryAdapter, monkeypatch: pytest.MonkeyPatch) -> Slow:
    call = Slow(phone)
    monkeypatch.setattr(phone, "send", call)
    return call


@pytest.mark.parametrize("answer", ["accepted", "timed out"])
async def test_a_report_before_our_call_has_returned_skips_no_part(
    slow: Slow, phone: MemoryAdapter, answer: str
) -> None:
    conversation = await on_database(told, LONG)
    message = await Message.objects.aget(author="bot")
    if answer == "timed out":
        slow.error = ChannelError("uncertain", "no answer")
    sending = asyncio.create_task(outbox.deliver(conversation))
    await slow.went_out.wait()
    await on_database(merge_receipt, report("memory-1", "sent", reference=f"{message.pk}.1"))
    slow.returns.set()
    await sending
    assert shown(phone) == ["AAAAA", "BBBBB", "CCCCC"]
    delivery = await Delivery.objects.aget(message=message)
    assert (delivery.state, delivery.error_kind) == ("delivered", "")


async def test_a_process_that_sleeps_longer_than_its_lease_sends_nothing_twice(
    slow: Slow, phone: MemoryAdapter
) -> None:
    conversation = await on_database(told, "one", "two")
    sleeping = asyncio.create_task(outbox.deliver(conversation))
    await slow.went_out.wait()
    past = timezone.now() - timedelta(seconds=1)
    await Conversation.objects.filter(pk=conversation).aupdate(outbox_lease_until=past)
    await outbox.deliver(conversation)
    states = [each.state async for each in Delivery.objects.order_by("message__seq")]
    assert states == ["uncertain", "delivered"], "nobody knows of the first; the second does not wait for it"
    slow.returns.set()
    await sleeping
    states = [each.state async for each in Delivery.objects.order_by("message__seq")]
    assert states == ["delivered", "delivered"], "the sleeper's answer settles the first"
    assert shown(phone) == ["one", "two"]


async def test_a_late_refusal_does_not_undo_what_another_process_is_doing(slow: Slow, phone: MemoryAdapter) -> None:
    conversation = await on_database(told, "one")
    slow.error = ChannelError("retry", "try again")
    sleeping = asyncio.create_task(outbox.deliver(conversation))
    await slow.went_out.wait()
    past = timezone.now() - timedelta(seconds=1)
    await Conversation.objects.filter(pk=conversation).aupdate(outbox_lease_until=past)
    await outbox.deliver(conversation)
    slow.returns.set()
    await sleeping
    delivery = await Delivery.objects.aget()
    assert delivery.state == "uncertain", "it may have gone out: a person decides"
    assert shown(phone) == ["one"]


async def test_two_processes_never_send_the_same_line(slow: Slow, phone: MemoryAdapter) -> None:
    conversation = await on_database(told, "one", "two", "three")
    first = asyncio.create_task(outbox.deliver(conversation))
    await slow.went_out.wait()
    await asyncio.gather(*(outbox.deliver(conversation) for _ in range(4)))
    assert shown(phone) == ["one"], "the others leave it to the one who has the lease"
    slow.returns.set()
    await first
    assert shown(phone) == ["one", "two", "three"]


async def test_a_line_that_waits_for_its_retry_holds_up_those_behind_it(phone: MemoryAdapter) -> None:
    conversation = await on_database(told, "one", "two")
    phone.fail_next(ChannelError("rate", "slow down", retry_after=30))
    await outbox.deliver(conversation)
    await outbox.deliver(conversation)
    assert shown(phone) == [], "in order, or not at all"
    await Delivery.objects.aupdate(due_at=timezone.now())
    await Conversation.objects.aupdate(outbox_due_at=timezone.now())
    await outbox.deliver(conversation)
    assert shown(phone) == ["one", "two"]


async def test_an_agent_who_takes_over_between_two_calls_stops_the_bot(
    slow: Slow, phone: MemoryAdapter, ana: Any
) -> None:
    conversation = await on_database(told, "one", "two")
    sending = asyncio.create_task(outbox.deliver(conversation))
    await slow.went_out.wait()
    await on_database(ownership.take, conversation, ana.pk, agent_name="Ana Ruiz")
    slow.returns.set()
    await sending
    assert shown(phone)[0] == "one" and "two" not in shown(phone)
    stale = await Delivery.objects.aget(message__text="two")
    assert (stale.state, stale.error_kind) == ("failed", "stale")
