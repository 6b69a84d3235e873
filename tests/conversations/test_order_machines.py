"""Handoff and outbox in any order that people, processes and providers may do things, against plain bookkeeping."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from bot.conversations import claims, outbox, ownership, turns
from bot.conversations.claims import Claim
from bot.conversations.models import BOT, NOBODY, QUEUE, Conversation, Delivery, Event, Handoff, Message, Turn
from bot.conversations.outbox import Call, merge_receipt
from bot.conversations.receive import receive
from bot.conversations.writing import append, lock
from bot.dialogue.base import Answer, Command, Reply
from channels import registry
from channels.base import ChannelError, SendResult
from tests.conversations.people import inbound
from tests.conversations.test_moving_machines import QUICK, Rolled
from tests.conversations.test_receipts import report

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES = st.integers(0, 1)
AGENTS = st.integers(0, 1)
PAST = timedelta(hours=1)
_names = itertools.count(1)


class HandingOver(Rolled):
    """Two processes that run turns, two agents and one customer, none of whom waits for another."""

    def __init__(self) -> None:
        super().__init__()
        accounts = get_user_model().objects
        self.agents = [accounts.create_user(f"{name}{next(_names)}") for name in ("ana", "bruno")]
        self.pk = receive(inbound("hola", f"m{next(_names)}", f"lucia{next(_names)}")).conversation_id
        self.who = self.now().identity.external_id
        self.claims: list[Claim | None] = [None, None]
        self.epoch = 1

    def now(self) -> Conversation:
        return Conversation.objects.select_related("identity").get(pk=self.pk)

    def spoken(self) -> int:
        return Message.objects.filter(conversation=self.pk, author="bot").count()

    @rule()
    def lucia_writes(self) -> None:
        assert receive(inbound("¿y mi pedido?", f"m{next(_names)}", self.who)).claim is None

    @rule(process=PROCESSES)
    def lucia_writes_to_a_process_that_answers_at_once(self, process: int) -> None:
        before, mine = self.now(), self.claims[process]
        claim = receive(inbound("¿y mi pedido?", f"m{next(_names)}", self.who), claim=mine is None).claim
        if claim:
            held = before.turn_lease_until is not None and before.turn_lease_until > timezone.now()
            assert not held and before.turn_due_at is None, "a turn that somebody runs or waits for was taken"
            assert [message.seq for message in claim.messages] == [before.last_seq + 1]
            self.claims[process] = claim

    @rule(process=PROCESSES)
    def a_turn_begins(self, process: int) -> None:
        if self.claims[process] is None:
            Conversation.objects.filter(pk=self.pk, turn_due_at__isnull=False).update(turn_due_at=timezone.now() - PAST)
            self.claims[process] = claims.claim_turn(self.pk)

    @rule(process=PROCESSES, asks=st.booleans())
    def a_turn_ends(self, process: int, asks: bool) -> None:
        claim, before, spoken = self.claims[process], self.now(), self.spoken()
        self.claims[process] = None
        if claim is None:
            return
        commands = (Command("handoff", {"reason": "asked_for_person"}),) if asks else ()
        turns.commit(claim, Answer((Reply("Voy a mirarlo."),), commands), 1)
        mine = before.turn_lease == claim.lease and before.epoch == claim.epoch
        assert self.spoken() - spoken == (1 if mine else 0), "spoken under one's own lease and epoch, or not at all"

    @rule(process=PROCESSES, unreachable=st.booleans())
    def a_turn_fails(self, process: int, unreachable: bool) -> None:
        claim = self.claims[process]
        self.claims[process] = None
        if claim:
            turns.fail(claim, unreachable)

    @rule(process=PROCESSES)
    def a_process_dies(self, process: int) -> None:
        self.claims[process] = None

    @rule()
    def leases_run_out(self) -> None:
        Conversation.objects.filter(pk=self.pk, turn_lease_until__isnull=False).update(
            turn_lease_until=timezone.now() - PAST
        )

    @rule(agent=AGENTS, over=st.booleans())
    def an_agent_takes(self, agent: int, over: bool) -> None:
        before = self.now()
        try:
            ownership.take(self.pk, self.agents[agent].pk, agent_name="Ana", over=over)
        except ownership.NotYours:
            assert not over and before.agent_id not in (None, self.agents[agent].pk)
        else:
            assert self.now().agent_id == self.agents[agent].pk

    @rule(agent=AGENTS)
    def an_agent_writes(self, agent: int) -> None:
        before = self.now()
        try:
            ownership.reply(self.pk, self.agents[agent].pk, "Dime.", agent_name="Ana")
        except ownership.NotYours:
            assert before.agent_id not in (None, self.agents[agent].pk)

    @rule(verb=st.sampled_from([ownership.give_back, ownership.resolve, ownership.release]))
    def a_conversation_is_let_go(self, verb: Any) -> None:
        verb(self.pk, "agent:1")
        epoch = self.now().epoch
        verb(self.pk, "agent:1")
        assert self.now().epoch == epoch, "each verb is safe to repeat"

    @rule()
    def lucia_leaves_the_queue(self) -> None:
        waited = self.now().owner == QUEUE
        ownership.leave_queue(self.pk)
        assert self.now().owner == BOT if waited else True

    @rule(reason=st.sampled_from(["safety", "no_answer"]))
    def a_person_is_wanted(self, reason: str) -> None:
        ownership.request(self.pk, reason, "bot")

    @invariant()
    def one_owner_and_the_handoff_says_the_same(self) -> None:
        conversation = self.now()
        open_ones = list(conversation.handoffs.filter(state__in=Handoff.OPEN))
        if conversation.owner in (BOT, NOBODY):
            assert open_ones == []
            return
        (handoff,) = open_ones
        if conversation.owner == QUEUE:
            assert (handoff.state, handoff.agent_id) == ("queued", None)
        else:
            assert (handoff.state, handoff.agent_id) == ("active", conversation.agent_id)

    @invariant()
    def epochs_rise_with_every_change_and_only_then(self) -> None:
        conversation = self.now()
        changes = Event.objects.filter(conversation=self.pk, kind="owner").order_by("pk")
        assert [change.data["epoch"] for change in changes] == list(range(2, conversation.epoch + 1))
        assert conversation.epoch >= self.epoch
        self.epoch = conversation.epoch

    @invariant()
    def nothing_of_the_customer_is_forgotten(self) -> None:
        conversation = self.now()
        waiting = conversation.messages.filter(author="customer", handled=False, seq__gt=conversation.answered_seq)
        if conversation.owner == BOT:
            assert bool(conversation.turn_due_at) == waiting.exists()
        elif conversation.owner == QUEUE:
            # The bot answers what is written while waiting; what came before is the person's.
            assert waiting.exists() or conversation.turn_due_at is None
        else:
            assert conversation.turn_due_at is None

    @invariant()
    def a_line_has_one_turn_and_turns_are_in_order(self) -> None:
        ends = list(Turn.objects.filter(conversation=self.pk).order_by("pk").values_list("message__seq", flat=True))
        assert ends == sorted(set(ends))


class Sending(Rolled):
    """Two processes that send, one provider that reports when it likes, and what really arrived."""

    def __init__(self) -> None:
        super().__init__()
        self.pk = receive(inbound("hola", f"m{next(_names)}", f"lucia{next(_names)}")).conversation_id
        self.calls: list[tuple[Call, str, bool] | None] = [None, None]
        self.arrived: list[tuple[int, str]] = []
        append(lock(self.pk), Message.Author.BOT, "\n\n".join("x" * 1500 for _ in range(3)))

    @rule(parts=st.integers(1, 3), author=st.sampled_from([Message.Author.BOT, Message.Author.SYSTEM]))
    def something_is_said(self, parts: int, author: Message.Author) -> None:
        append(lock(self.pk), author, "\n\n".join("x" * 1500 for _ in range(parts)))

    @rule(process=PROCESSES, arrives=st.sampled_from([True, True, False]))
    def a_call_goes_out(self, process: int, arrives: bool) -> None:
        if self.calls[process] is not None:
            return
        Conversation.objects.filter(pk=self.pk, outbox_due_at__isnull=False).update(outbox_due_at=timezone.now() - PAST)
        Delivery.objects.filter(conversation=self.pk).update(due_at=timezone.now() - PAST)
        lease = outbox._claim(self.pk)
        step = outbox._next(self.pk, lease) if lease else None
        if step is None:
            return
        call, _, part = step
        reference = part.payload["reference"]
        self.calls[process] = (call, reference, arrives)
        if arrives:
            self.arrived.append((Delivery.objects.get(pk=call.delivery).message.seq, reference))

    @rule(
        process=PROCESSES,
        answer=st.sampled_from(["ok", "ok", "no answer", "dies"]),
        told_first=st.booleans(),
        code=st.sampled_from(["retry", "optout"]),
    )
    def a_call_returns(self, process: int, answer: str, code: str, told_first: bool) -> None:
        if (held := self.calls[process]) is None:
            return
        call, reference, arrived = held
        self.calls[process] = None
        if arrived and told_first:
            merge_receipt(report(f"p-{reference}", "sent", reference=reference))
        if answer == "dies":
            return
        if answer == "no answer":
            outbox._refused(call, ChannelError("uncertain", "no answer"))
        elif arrived:
            outbox._accepted(call, SendResult(provider_ids=(f"p-{reference}",), state="sent"))
        else:
            outbox._refused(call, ChannelError(code, "no"))  # type: ignore[arg-type]
        Conversation.objects.filter(pk=self.pk, outbox_lease=call.lease).update(outbox_lease_until=None)

    @precondition(lambda self: self.arrived)
    @rule(which=st.integers(0, 20), state=st.sampled_from(["sent", "delivered", "read"]))
    def the_provider_reports(self, which: int, state: str) -> None:
        _, reference = self.arrived[which % len(self.arrived)]
        merge_receipt(report(f"p-{reference}", state, reference=reference))

    @rule()
    def leases_run_out(self) -> None:
        Conversation.objects.filter(pk=self.pk, outbox_lease_until__isnull=False).update(
            outbox_lease_until=timezone.now() - PAST
        )

    @rule()
    def somebody_takes_over(self) -> None:
        ownership.request(self.pk, "safety", "bot")
        ownership.leave_queue(self.pk)

    @invariant()
    def nothing_arrives_twice_and_all_in_order(self) -> None:
        assert len(self.arrived) == len(set(self.arrived))
        assert [seq for seq, _ in self.arrived] == sorted(seq for seq, _ in self.arrived)

    @invariant()
    def what_is_said_to_have_arrived_has(self) -> None:
        arrived = {reference for _, reference in self.arrived}
        for delivery in Delivery.objects.filter(conversation=self.pk):
            made = [part["payload"]["reference"] for part in delivery.parts or []]
            sure = made if delivery.state in ("sent", "delivered", "read") else made[: delivery.next_part]
            assert arrived.issuperset(sure), (delivery.state, delivery.next_part)
            known = delivery.state in ("failed", "uncertain", "sent", "delivered", "read")
            assert known or delivery.state == "queued"

    @invariant()
    def what_is_not_sent_yet_is_due(self) -> None:
        waiting = Delivery.objects.filter(conversation=self.pk, state="queued").exists()
        conversation = Conversation.objects.get(pk=self.pk)
        assert not waiting or conversation.outbox_due_at or conversation.outbox_lease

    def teardown(self) -> None:
        try:
            self.calls = [None, None]
            for _ in range(200):
                self.leases_run_out()
                self.a_call_goes_out(0, True)
                self.a_call_returns(0, "ok", "optout", False)
                self.nothing_arrives_twice_and_all_in_order()
            left = Delivery.objects.filter(Q(state="queued") | Q(calling=True), conversation=self.pk)
            assert not left.exists(), "everything comes to an end"
        finally:
            super().teardown()


@pytest.fixture(autouse=True)
def fresh_channels() -> Any:
    registry.adapter.cache_clear()
    yield
    registry.adapter.cache_clear()


def test_handing_over() -> None:
    run_state_machine_as_test(HandingOver, settings=QUICK)


def test_sending() -> None:
    run_state_machine_as_test(Sending, settings=QUICK)
