"""How fast the dashboard is over a million messages, in a scratch database of its own (SQLite).

A simulated year is made once and then copied until there are as many messages as asked for: the copies have customers,
conversations and orders of their own, on the same days.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from socket import socket
from statistics import median
from time import perf_counter, sleep
from typing import Any

import httpx
from django.conf import settings
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
    """Seconds of the first and of later views of the dashboard over HTTP, and of taking in one new message."""
    told: dict[str, Any] = {
        "messages": Message.objects.count(), "events": Event.objects.count(), "episodes": Episode.objects.count(),
        "day_rows": Day.objects.count(), "days": _days(),
    }  # fmt: skip
    with _web() as browser:
        told |= {
            "first_view_s": _view(browser, "/insights"),
            "first_view_12_months_s": _view(browser, "/insights?period=365"),
            "view_s": round(median(_view(browser, "/insights") for _ in range(VIEWS)), 3),
            "view_12_months_s": round(median(_view(browser, "/insights?period=365") for _ in range(VIEWS)), 3),
        }
    record(Conversation.objects.order_by("pk")[0], "message", "customer", seq=0)
    started = perf_counter()
    reading.refresh(Position.objects.get().read_at or timezone.now())
    return {**told, "one_new_message_s": round(perf_counter() - started, 3)}


@contextmanager
def _web() -> Iterator[httpx.Client]:
    """A web process of its own, as `make run` starts it, and a supervisor who has signed in and seen nothing yet."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [sys.executable, "-m", "uvicorn", "bot.asgi:application", "--port", address.partition(":")[2],
               "--no-access-log", "--log-level", "error"]  # fmt: skip
    web = subprocess.Popen(
        command, cwd=settings.BASE_DIR, env={**os.environ, "POSTVENTA_PUBLIC_URL": f"http://{address}"}
    )
    try:
        with httpx.Client(base_url=f"http://{address}", timeout=60, headers={"accept-language": "es"}) as browser:
            _ready(browser, web)
            browser.cookies.set(settings.SESSION_COOKIE_NAME, _signed_in())
            yield browser
    finally:
        web.terminate()
        web.wait()


def _ready(browser: httpx.Client, web: subprocess.Popen[bytes]) -> None:
    while web.poll() is None:
        try:
            browser.get("/healthz")
            return
        except httpx.TransportError:
            sleep(0.2)
    raise RuntimeError("the web process ended before it was ready; its reason stands above")


def _signed_in() -> str:
    account, _new = get_user_model().objects.get_or_create(
        username="bench", defaults={"is_superuser": True, "is_active": True}
    )
    client = Client(headers={"host": "localhost"})
    client.force_login(account)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _view(browser: httpx.Client, address: str) -> float:
    """Seconds until the whole page is there, which holds its plots."""
    started = perf_counter()
    response = browser.get(address)
    taken = perf_counter() - started
    if response.status_code != 200 or "<svg" not in response.text:
        raise RuntimeError(f"{address} answered {response.status_code}, or without its plots")
    return round(taken, 3)


def _days() -> int:
    span = Day.objects.aggregate(first=Min("day"), last=Max("day"))
    return ((span["last"] - span["first"]) + timedelta(days=1)).days if span["first"] else 0


def report(told: dict[str, Any]) -> str:
    """The figures as docs/insights.md shows them."""
    return (
        f"Over {told['messages']:,} messages ({told['events']:,} events, {told['episodes']:,} episodes in "
        f"{told['days']} days), over HTTP, from one web process on SQLite:\n\n"
        "| | seconds |\n|---|---|\n"
        f"| first view (30 days) | {told['first_view_s']} |\n"
        f"| first view of 12 months | {told['first_view_12_months_s']} |\n"
        f"| view (30 days), median | {told['view_s']} |\n"
        f"| view of 12 months, median | {told['view_12_months_s']} |\n"
        f"| taking in one new message | {told['one_new_message_s']} |\n"
    )
