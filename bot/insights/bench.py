"""How fast the dashboard is over a million messages, in a scratch database of its own (SQLite).

A simulated year is made once and then copied until there are as many messages as asked for: the copies have customers,
conversations and orders of their own, on the same days.
"""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import Max, Min
from django.test import Client
from django.utils import timezone

from bot.conversations.models import Conversation, Customer, Event, Identity, Message, record
from bot.insights import adding, reading
from bot.insights.models import Day, Episode, Position
from bot.shop import models as shop

# Columns that name a row of a copied table: by number, by UUID, or by a text that must be unique.
NUMBERS = {
    Customer: ("id",), Identity: ("id", "customer_id", "origin_id"), Event: ("id",), Episode: ("id", "customer"),
    shop.Customer: ("id",), shop.Order: ("id", "customer_id"), shop.OrderItem: ("id", "order_id"),
    Conversation: ("identity_id",), Message: ("identity_id",),
}  # fmt: skip
UUIDS = {Conversation: ("id",), Message: ("id", "conversation_id"), Event: ("conversation_id",),
         Episode: ("conversation_id",)}  # fmt: skip
TEXTS = {Customer: ("shop_customer",), Identity: ("external_id", "known_as"), Episode: ("shop_customer",),
         shop.Customer: ("reference",), shop.Order: ("number",)}  # fmt: skip
ORDER = (shop.Customer, shop.Order, shop.OrderItem, Customer, Identity, Conversation, Message, Event, Episode)
STEP = 100_000_000
VIEWS = 5


def multiply(messages: int) -> None:
    """Copy the simulated year until there are at least so many messages; then add the days up."""
    have = Message.objects.count()
    copies = -(-messages // have)
    with transaction.atomic():
        for copy in range(1, copies):
            for model in ORDER:
                _copy(model, copy)
    adding.add_up(Episode.objects.order_by().values_list("day", flat=True).distinct(), timezone.now())
    Position.objects.update(last_event=Event.objects.aggregate(last=Max("pk"))["last"])


def _copy(model: Any, copy: int) -> None:
    """Insert the original rows once more under other names. Originals are those with small numbers."""
    quoted = connection.ops.quote_name
    columns = [field.column for field in model._meta.concrete_fields]
    chosen = {column: quoted(column) for column in columns}
    chosen |= {column: f"{quoted(column)} + {copy * STEP}" for column in NUMBERS.get(model, ())}
    chosen |= {column: f"'{copy:08x}' || substr({quoted(column)}, 9)" for column in UUIDS.get(model, ())}
    chosen |= {column: f"{quoted(column)} || '.{copy}'" for column in TEXTS.get(model, ())}
    number = "id" if "id" in NUMBERS.get(model, ()) else NUMBERS[model][0]
    names = ", ".join(map(quoted, columns))
    table = quoted(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(chosen.values())} FROM {table} "  # noqa: S608
            f"WHERE {quoted(number)} < {STEP}"
        )


def measure() -> dict[str, Any]:
    """Seconds of the first and of later views of the dashboard, and of taking in one new message."""
    account, _new = get_user_model().objects.get_or_create(
        username="bench", defaults={"is_superuser": True, "is_active": True}
    )
    client = Client(headers={"host": "localhost", "accept-language": "es"})
    client.force_login(account)
    first = _view(client, "/insights")
    told = {
        "messages": Message.objects.count(), "events": Event.objects.count(), "episodes": Episode.objects.count(),
        "day_rows": Day.objects.count(), "days": _days(), "first_view_s": first,
        "first_view_12_months_s": _view(client, "/insights?period=365"),
        "view_s": round(median(_view(client, "/insights") for _ in range(VIEWS)), 3),
        "view_12_months_s": round(median(_view(client, "/insights?period=365") for _ in range(VIEWS)), 3),
    }  # fmt: skip
    record(Conversation.objects.order_by("pk")[0], "message", "customer", seq=0)
    started = perf_counter()
    reading.refresh(Position.objects.get().read_at or timezone.now())
    return {**told, "one_new_message_s": round(perf_counter() - started, 3)}


def _view(client: Client, address: str) -> float:
    started = perf_counter()
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return round(perf_counter() - started, 3)


def _days() -> int:
    span = Day.objects.aggregate(first=Min("day"), last=Max("day"))
    return ((span["last"] - span["first"]) + timedelta(days=1)).days if span["first"] else 0


def report(told: dict[str, Any]) -> str:
    """The figures as docs/insights.md shows them."""
    return (
        f"Over {told['messages']:,} messages ({told['events']:,} events, {told['episodes']:,} episodes in "
        f"{told['days']} days), one process on SQLite:\n\n"
        "| | seconds |\n|---|---|\n"
        f"| first view (30 days) | {told['first_view_s']} |\n"
        f"| first view of 12 months | {told['first_view_12_months_s']} |\n"
        f"| view (30 days), median | {told['view_s']} |\n"
        f"| view of 12 months, median | {told['view_12_months_s']} |\n"
        f"| taking in one new message | {told['one_new_message_s']} |\n"
    )
