"""Whatever agents, the customer and the clock do in whatever order: one owner, one open handoff, an epoch for each."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.conversations import ownership, rating, watching
from bot.conversations.models import Conversation, Handoff, Message, agent_owner
from tests.conversations.test_watching import writes
from tests.desk.desk_cast import Line, begin

pytestmark = pytest.mark.django_db(transaction=True)
Step = Callable[[Conversation, int], Any]


def _silence(conversation: Conversation, agent: int) -> None:
    """The agent who has it says nothing for a quarter of an hour."""
    long_ago = timezone.now() - timedelta(minutes=15)
    conversation.messages.update(created_at=long_ago)
    conversation.handoffs.filter(state="active").update(taken_at=long_ago)
    watching.release_silent_agents()


STEPS: dict[str, Step] = {
    "take": lambda it, agent: ownership.take(it.pk, agent, agent_name="Ana", over=False),
    "take_over": lambda it, agent: ownership.take(it.pk, agent, agent_name="Ana"),
    "reply": lambda it, agent: ownership.reply(it.pk, agent, "Hola", agent_name="Ana"),
    "note": lambda it, agent: ownership.reply(it.pk, agent, "Llamar", agent_name="Ana", note=True),
    "release": lambda it, agent: ownership.release(it.pk, agent_owner(agent)),
    "give_back": lambda it, agent: ownership.give_back(it.pk, agent_owner(agent), "lista"),
    "resolve": lambda it, agent: ownership.resolve(it.pk, agent_owner(agent)),
    "leave": lambda it, agent: ownership.leave_queue(it.pk),
    "ask": lambda it, agent: ownership.request(it.pk, "asked_for_person", "bot"),
    "danger": lambda it, agent: ownership.request(it.pk, "safety", "bot"),
    "write": lambda it, agent: writes(it, "¿Hola?"),
    "score": lambda it, agent: writes(it, "5"),
    "silence": _silence,
    "rate": lambda it, agent: rating.ask(it.pk),
}


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from([0, 1])), max_size=10))
def test_one_owner_whatever_happens(steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        make = get_user_model().objects.create_user
        agents = [make(f"agent-{number}").pk for number in range(2)]
        conversation = begin("Lucía Romero", Line("customer", "Hola"))
        for name, agent in steps:
            before = Conversation.objects.get(pk=conversation.pk)
            lines = before.messages.count()
            with suppress(ownership.NotYours):
                STEPS[name](before, agents[agent])
            now = Conversation.objects.get(pk=conversation.pk)
            check(before.owner, before.epoch if name != "write" else None, now)
            assert now.messages.count() >= lines
            assert name != "take" or not before.owner.startswith("agent:") or now.owner == before.owner
        transaction.set_rollback(True)


def check(owner: str, epoch: int | None, now: Conversation) -> None:
    opened = list(now.handoffs.filter(state__in=Handoff.OPEN))
    if now.owner == "queue":
        assert [handoff.state for handoff in opened] == ["queued"] and opened[0].agent_id is None
    elif now.owner.startswith("agent:"):
        assert [(handoff.state, handoff.agent_id) for handoff in opened] == [("active", now.agent_id)]
    else:
        assert opened == [] and now.owner in ("", "bot")
    if now.owner != owner:
        assert epoch is None or now.epoch > epoch, "a change of owner raises the epoch"
    numbers = list(now.messages.order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, now.last_seq + 1)), "no line is lost and none has another's number"
    shown = now.messages.filter(author=Message.Author.BOT, epoch__gt=now.epoch)
    assert not shown.exists()
