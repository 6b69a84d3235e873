"""The command: the same year for the same seed, never unasked among real orders, and gone again when told."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from bot.conversations.models import Conversation, Event, Message
from bot.insights.simulation.plan import Plan
from bot.insights.simulation.play import forget, simulate
from bot.shop.models import Order
from tests.insights.small_log import write

UNTIL = date(2026, 11, 1)


def digest() -> str:
    rows = [
        list(Message.objects.order_by("created_at", "pk").values_list("pk", "text", "created_at")),
        list(Event.objects.order_by("at", "conversation", "kind", "actor").values_list("conversation", "kind", "at")),
        list(Order.objects.order_by("number").values_list("number", "ordered_at", "customer__name")),
    ]
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def test_the_same_seed_makes_the_same_year_and_another_seed_another(db: None) -> None:
    small = Plan(UNTIL, months=2, seed=5, conversations=40)
    made = []
    for plan in (small, small, Plan(UNTIL, months=2, seed=6, conversations=40)):
        forget()
        simulate(plan)
        made.append(digest())
    assert made[0] == made[1] != made[2]


def test_a_shop_with_orders_of_its_own_is_left_alone_unasked(db: None) -> None:
    write()
    with pytest.raises(CommandError, match="beside-real-data"):
        call_command("simulate", conversations=10, months=1)
    assert not Order.objects.filter(number__startswith="SIM-").exists()


def test_the_year_can_be_taken_away_again(db: None, tmp_path: Any) -> None:
    write()
    before = (Order.objects.count(), Conversation.objects.count(), Event.objects.count())
    told = {"conversations": 30, "months": 1, "beside_real_data": True, "truth": tmp_path / "truth.json"}
    call_command("simulate", **told)
    assert Order.objects.count() > before[0]
    call_command("simulate", forget=True, beside_real_data=True)
    assert (Order.objects.count(), Conversation.objects.count(), Event.objects.count()) == before
