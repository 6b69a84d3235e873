"""Merging and moving in any order that people may do it, checked against a few lines of plain bookkeeping."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from bot.conversations import codes, customers, moving
from bot.conversations.models import Conversation, Customer, Identity, Merge, Message, Move, WrongCode
from bot.conversations.receive import conversation_for, receive
from bot.conversations.writing import lock
from channels.base import Inbound

pytestmark = pytest.mark.django_db(transaction=True)

CHANNELS = ("web", "telegram", "whatsapp", "memory")
PEOPLE = st.integers(0, 5)
CODE = re.compile(r"[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}")
_numbers = itertools.count(1)
QUICK = hypothesis_settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck), print_blob=True
)


class Rolled(RuleBasedStateMachine):
    """Each run of the machine works in a transaction that is rolled back at its end."""

    def __init__(self) -> None:
        super().__init__()
        self._atomic = transaction.atomic()
        self._atomic.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self._atomic.__exit__(None, None, None)


def person(number: int) -> Identity:
    customer = Customer.objects.create(name=f"Persona {number}")
    return Identity.objects.create(
        customer=customer,
        channel=CHANNELS[number % 4],
        account="a",
        external_id=f"p{next(_numbers)}",
        last_inbound_at=timezone.now(),
    )


class Merging(Rolled):
    """The customers are the connected parts of a graph of proofs that hold."""

    def __init__(self) -> None:
        super().__init__()
        self.people = [person(number) for number in range(6)]
        self.born = {each.pk: each.customer_id for each in self.people}
        self.holds: dict[int, tuple[int, int]] = {}
        self.apart: set[tuple[int, int]] = set()
        self.known: dict[int, str] = {}

    def together(self, start: int) -> set[int]:
        found, grown = {start}, True
        while grown:
            more = {pk for pair in self.holds.values() if found & set(pair) for pk in pair}
            grown, found = not more <= found, found | more
        return found

    @rule(one=PEOPLE, other=PEOPLE, proof=st.sampled_from([Merge.Proof.PHONE, Merge.Proof.CODE, Merge.Proof.BUTTON]))
    def proves(self, one: int, other: int, proof: Merge.Proof) -> None:
        if one == other:
            return
        first, second = self.people[one], self.people[other]
        ours, theirs = self.together(first.pk), self.together(second.pk)
        made = customers.merge(first, second, proof, actor="customer")
        split = any((a in ours and b in theirs) or (b in ours and a in theirs) for a, b in self.apart)
        clash = len({self.known[pk] for pk in ours | theirs if pk in self.known}) > 1
        pair = (min(first.pk, second.pk), max(first.pk, second.pk))
        already = isinstance(made, Merge) and made.pk in self.holds
        if already:
            assert isinstance(made, Merge) and self.holds[made.pk] == pair and made.proof == proof
        elif proof == Merge.Proof.PHONE and split:
            assert made == customers.Refused("undone")
        elif clash:
            assert made == customers.Refused("conflict")
        else:
            assert isinstance(made, Merge)
            self.holds[made.pk] = pair

    @rule(which=st.integers(0, 30))
    def is_taken_apart(self, which: int) -> None:
        if not self.holds:
            return
        number = sorted(self.holds)[which % len(self.holds)]
        assert customers.undo(number, "agent:1") and not customers.undo(number, "agent:1")
        self.apart.add(self.holds.pop(number))

    @rule(who=PEOPLE, reference=st.sampled_from(["LUC", "MAR"]))
    def is_known(self, who: int, reference: str) -> None:
        mine = self.people[who].pk
        others = {self.known[pk] for pk in self.together(mine) - {mine} if pk in self.known}
        customers.prove(self.people[who], reference, "order")
        if mine not in self.known and not others - {reference}:
            self.known[mine] = reference
        for merge in Merge.objects.filter(undone_at=None).exclude(pk__in=self.holds):
            assert merge.proof == Merge.Proof.ORDER
            assert {self.known.get(merge.one_id), self.known.get(merge.other_id)} == {reference}
            self.holds[merge.pk] = (merge.one_id, merge.other_id)

    @invariant()
    def customers_are_the_parts(self) -> None:
        for each in self.people:
            mine = Identity.objects.get(pk=each.pk)
            members = set(Identity.objects.filter(customer=mine.customer_id).values_list("pk", flat=True))
            part = self.together(each.pk)
            assert members == part
            assert mine.customer_id in {self.born[pk] for pk in part}, "a customer that one of them began as"
            known = {self.known[pk] for pk in part if pk in self.known}
            assert len(known) <= 1 and mine.customer.shop_customer == next(iter(known), "")


class Moving(Rolled):
    """Of any number of codes and places, the conversation is always at the one that used a good code last."""

    def __init__(self) -> None:
        super().__init__()
        self.home = "web"
        self.at = "visitor"
        self.codes: dict[str, tuple[str, bool]] = {}
        self.wrong: dict[str, int] = {}
        self.shown: dict[int, dict[UUID, int]] = {}
        self.people = {"visitor": "web", "page": "web", "lucia": "memory", "marc": "memory"}
        hello = self.event("visitor", "", kind="membership")
        self.conversation = conversation_for(hello).pk

    def event(self, who: str, text: str, **more: Any) -> Inbound:
        channel = self.people[who]
        return Inbound(
            channel=channel,
            account=channel,
            event_id=f"e{next(_numbers)}",
            kind=more.pop("kind", "message"),
            external_id=who,
            occurred_at=datetime.now(UTC),
            text=text,
            **more,
        )

    @rule()
    def asks_for_a_code(self) -> None:
        there = "memory" if self.people[self.at] == "web" else "web"
        receive(self.event(self.at, f"seguir por {there}"))
        said = Message.objects.filter(conversation=self.conversation, author="system").order_by("-seq").first()
        found = CODE.search(said.text) if said else None
        assert found
        self.codes = {
            code: (channel, False if channel == there else good) for code, (channel, good) in self.codes.items()
        }
        self.codes[found[0]] = (there, True)

    @rule(who=st.sampled_from(["visitor", "page", "lucia", "marc"]), which=st.integers(0, 9))
    def writes_a_code(self, who: str, which: int) -> None:
        if not self.codes:
            return
        code = list(self.codes)[which % len(self.codes)]
        channel, good = self.codes[code]
        receive(self.event(who, code))
        if self.wrong.get(who, 0) < codes.TRIES and good and channel == self.people[who]:
            self.at = who
            self.codes = {each: (there, False) for each, (there, _) in self.codes.items()}
        elif self.wrong.get(who, 0) < codes.TRIES:
            self.wrong[who] = self.wrong.get(who, 0) + 1

    @rule()
    def the_codes_grow_old(self) -> None:
        Move.objects.filter(used_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
        self.codes = {each: (there, False) for each, (there, _) in self.codes.items()}

    @rule()
    def the_wrong_tries_grow_old(self) -> None:
        WrongCode.objects.update(at=timezone.now() - codes.TRIES_WITHIN - timedelta(seconds=1))
        self.wrong = {}

    @rule()
    def it_is_taken_back(self) -> None:
        moves = Move.objects.filter(conversation=self.conversation, undone_at=None).exclude(used_at=None)
        last = moves.order_by("-used_at", "-pk").first()
        if last is None:
            return
        assert moving.undo(last.pk, "agent:1")
        self.at = last.source.external_id
        self.codes = {each: (there, False) for each, (there, _) in self.codes.items()}

    @rule(who=st.sampled_from(["visitor", "page", "lucia", "marc"]))
    def writes(self, who: str) -> None:
        received = receive(self.event(who, "hola"))
        assert (received.conversation_id == self.conversation) == (who == self.at)

    @invariant()
    def it_is_where_it_should_be(self) -> None:
        conversation = lock(self.conversation)
        assert conversation.identity.external_id == self.at
        assert conversation.channel == self.people[self.at]

    @invariant()
    def numbers_rise_at_every_place(self) -> None:
        for identity in Identity.objects.all():
            shown, lines = self.shown.get(identity.pk, {}), dict(identity.messages.values_list("pk", "seq"))
            reached = max(shown.values(), default=0)
            assert all(seq > reached for pk, seq in lines.items() if pk not in shown), "a page has read past it"
            assert len(set(lines.values())) == len(lines)
            self.shown[identity.pk] = shown | lines
        for conversation in Conversation.objects.all():
            assert conversation.messages.filter(seq__gt=conversation.last_seq).count() == 0


def test_merges() -> None:
    run_state_machine_as_test(Merging, settings=QUICK)


def test_codes(settings: Any) -> None:
    settings.MOVES_NOT_TO = []
    run_state_machine_as_test(Moving, settings=QUICK)
