"""Writes simulated conversations with their log. Deliveries are not simulated: there is nothing to send any more."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.contrib.auth import get_user_model

from bot.conversations.models import Conversation, Customer, Event, Handoff, Identity, Message, Turn
from bot.insights.simulation.plan import MARK, Buyer
from bot.insights.simulation.talk import Thread

BATCH = 1_000
STAFF = {"sim-ana": ("Ana", "Ruiz"), "sim-bruno": ("Bruno", "Sanz")}


def staff() -> tuple[int, ...]:
    """Accounts that nobody can sign in with, for the agents of the simulated year."""
    made = []
    for name, (first, last) in STAFF.items():
        account, new = get_user_model().objects.get_or_create(
            username=name, defaults={"first_name": first, "last_name": last, "is_active": False}
        )
        if new:
            account.set_unusable_password()
            account.save()
        made.append(account.pk)
    return tuple(made)


def write(talked: Sequence[tuple[Buyer, Sequence[Thread]]]) -> None:
    """Write these customers, their conversations, and everything in them."""
    talked = [(buyer, threads) for buyer, threads in talked if threads]
    people = Customer.objects.bulk_create(
        [Customer(name=buyer.name, language=buyer.language, shop_customer=buyer.reference,
                  created_at=threads[0].begun_at) for buyer, threads in talked]
    )  # fmt: skip
    places = Identity.objects.bulk_create(
        [_identity(person, buyer) for person, (buyer, _threads) in zip(people, talked, strict=True)]
    )
    pairs = [(thread, place) for place, (_b, threads) in zip(places, talked, strict=True) for thread in threads]
    Conversation.objects.bulk_create([_conversation(thread, place) for thread, place in pairs], batch_size=BATCH)
    Message.objects.bulk_create(_messages(pairs), batch_size=BATCH)
    Turn.objects.bulk_create(_turns(pairs), batch_size=BATCH)
    Handoff.objects.bulk_create(_handoffs(pairs), batch_size=BATCH)
    events = sorted(
        ((event, thread.id) for thread, _place in pairs for event in thread.events), key=lambda pair: pair[0].at
    )
    Event.objects.bulk_create(
        (Event(conversation_id=pk, kind=e.kind, actor=e.actor, data=e.data, at=e.at) for e, pk in events),
        batch_size=BATCH,
    )


def _identity(person: Customer, buyer: Buyer) -> Identity:
    return Identity(
        customer=person, origin=person, name=buyer.name, channel=buyer.channel, account="simulated",
        external_id=f"{buyer.reference}", known_as=buyer.reference, known_by="order",
    )  # fmt: skip


def _conversation(thread: Thread, place: Identity) -> Conversation:
    return Conversation(
        id=thread.id, identity=place, channel=place.channel, language=thread.buyer.language,
        owner="" if thread.resolved else "bot", epoch=thread.epoch, episode=thread.episode, fresh=False,
        last_seq=thread.numbers, answered_seq=thread.numbers, created_at=thread.begun_at, arrived_at=thread.begun_at,
        updated_at=thread.lines[-1].at, resolved_at=thread.resolved_at,
    )  # fmt: skip


def _messages(pairs: Iterable[tuple[Thread, Identity]]) -> Iterable[Message]:
    for thread, place in pairs:
        for line in thread.lines:
            yield Message(
                id=line.id, conversation_id=thread.id, identity_id=place.pk, seq=line.seq, epoch=line.epoch,
                author=line.author, text=line.text, asks=line.asks, citations=line.citations, created_at=line.at,
                agent_id=thread.agents[line.agent] if line.agent >= 0 else None,
            )  # fmt: skip


def _turns(pairs: Iterable[tuple[Thread, Identity]]) -> Iterable[Turn]:
    for thread, _place in pairs:
        for turn in thread.turns:
            yield Turn(
                conversation_id=thread.id, message_id=turn.line.id, epoch=turn.line.epoch, state=Turn.State.ANSWERED,
                intent=turn.intent, confidence=0.9, milliseconds=turn.milliseconds, finished_at=turn.at,
            )  # fmt: skip


def _handoffs(pairs: Iterable[tuple[Thread, Identity]]) -> Iterable[Handoff]:
    for thread, _place in pairs:
        for handed in thread.handoffs:
            yield Handoff(
                conversation_id=thread.id, state=Handoff.State.RESOLVED, reason=handed.reason,
                trigger=handed.trigger[:300], agent_id=thread.agents[handed.agent], created_at=handed.asked_at,
                taken_at=handed.taken_at, answered_at=handed.answered_at, closed_at=handed.closed_at,
                priority=1 if handed.reason == "safety" else 3,
            )  # fmt: skip


def forget() -> int:
    """Take away everything that an earlier simulation wrote into the conversations; returns how many customers."""
    gone = Customer.objects.filter(shop_customer__startswith=MARK)
    count = gone.count()
    Event.objects.filter(conversation__identity__customer__in=gone).delete()
    Turn.objects.filter(conversation__identity__customer__in=gone).delete()
    gone.delete()
    return count
