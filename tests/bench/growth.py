"""This system beside itself: long conversations, many stored messages, many open pages."""

from __future__ import annotations

import asyncio
import resource
import time
import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Customer, Delivery, Event, Identity, Message
from channels import registry
from channels.web import tokens
from channels.web.adapter import WebAdapter
from tests.bench.customers import Caller, in_turn, visitor
from tests.bench.processes import resident
from tests.bench.said import one_question

# What a turn leaves in Rasa's tracker, at least (reference: 9 to 11, 15 in forms).
EVENTS_A_TURN = 9
LINES_A_CONVERSATION = 20
BATCH = 2_000


async def long_conversation(client: Caller, events: int, times: int) -> float:
    """A turn of a conversation of that many events over a turn of one with about ten."""
    texts = one_question()
    async with visitor(client) as old:
        for _ in range(events // EVENTS_A_TURN):
            await old.ask(next(texts))

        async def early() -> float:
            async with visitor(client) as new:
                await new.ask(next(texts))
                return await new.ask(next(texts))

        return await in_turn(early, lambda: old.ask(next(texts)), times)


def store(messages: int) -> None:
    """Bring the number of stored messages to that, in conversations like those of customers."""
    missing = messages - Message.objects.count()
    while missing > 0:
        missing -= _store_some(min(missing, BATCH))


def _store_some(count: int) -> int:
    begun = timezone.now() - timedelta(days=30)
    conversations, lines = [], []
    for number in range(max(1, count // LINES_A_CONVERSATION)):
        customer = Customer(name=f"Clienta {number}")
        conversations.append((customer, Conversation(owner="", channel="web", answered_seq=LINES_A_CONVERSATION)))
    Customer.objects.bulk_create([customer for customer, _ in conversations])
    for customer, conversation in conversations:
        name = f"visitor:{uuid.uuid4().hex}"
        conversation.identity = Identity(
            customer=customer, origin=customer, channel="web", account="web", external_id=name
        )
        conversation.created_at = conversation.updated_at = conversation.resolved_at = begun
        conversation.last_seq = LINES_A_CONVERSATION
    Identity.objects.bulk_create([conversation.identity for _, conversation in conversations])
    for _, conversation in conversations:
        conversation.identity_id = conversation.identity.pk
    Conversation.objects.bulk_create([conversation for _, conversation in conversations])
    for _, conversation in conversations:
        for seq in range(1, LINES_A_CONVERSATION + 1):
            author = "customer" if seq % 2 else "bot"
            text = f"una línea cualquiera, la número {seq}, con las palabras de una línea corriente"
            lines.append(
                Message(conversation=conversation, identity=conversation.identity, seq=seq, epoch=1, author=author,
                        text=text, created_at=begun)
            )  # fmt: skip
    Message.objects.bulk_create(lines, batch_size=500)
    Event.objects.bulk_create(
        [Event(conversation=line.conversation, kind="message", data={"seq": line.seq}, at=begun) for line in lines],
        batch_size=500,
    )
    spoken = [line for line in lines if line.author == "bot"]
    Delivery.objects.bulk_create(
        [Delivery(message=line, conversation=line.conversation, state="sent") for line in spoken], batch_size=500
    )
    return len(lines)


async def full_store(client: Caller, few: int, many: int, times: int) -> float:
    """A turn among many stored messages over one among few."""
    texts = one_question()

    async def turns() -> float:
        async with visitor(client) as new:
            taken = sorted([await new.ask(next(texts)) for _ in range(times)])
            return taken[len(taken) // 2]

    await on_database(store, few)
    before = await turns()
    await on_database(store, many)
    # What was written in one go is still being tidied away by the database, which a shop's million never is.
    await on_database(_tidy)
    await turns()
    return await turns() / before


def _tidy() -> None:
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@dataclass(frozen=True)
class Streams:
    """`kilobytes`: of the web process, for each; `turn`: seconds of a turn beside them."""

    opened: int
    kilobytes: float
    turn: float


async def open_streams(client: Caller, web: int, wanted: int) -> Streams:
    """Open so many customers' pages on the one web process, and chat beside them; how many of them are still open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, wanted + 2_000), hard))
    address = client.address
    keys = await on_database(_pages, wanted)
    before, opened = resident(web), []
    gate = asyncio.Semaphore(50)

    async def one(key: str) -> None:
        async with gate:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            head = f"GET /web/events HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {key}\r\n\r\n"
            writer.write(head.encode())
            line = await asyncio.wait_for(reader.readline(), 120)
            if b" 200 " in line:
                opened.append((reader, writer))

    await asyncio.gather(*(one(key) for key in keys), return_exceptions=True)
    texts = one_question()
    async with visitor(client) as new:
        begun = time.perf_counter()
        for _ in range(5):
            await new.ask(next(texts))
        turn = (time.perf_counter() - begun) / 5
    held = resident(web) - before
    still = sum(not reader.at_eof() for reader, _ in opened)
    for _, writer in opened:
        writer.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return Streams(still, held * 1024 / max(1, still), turn)


def _pages(count: int) -> list[str]:
    """So many visitors with a conversation and a key each, as POST /web/session would make them."""
    adapter = registry.adapter("web")
    assert isinstance(adapter, WebAdapter)
    keys = []
    for start in range(0, count, BATCH):
        some = [tokens.new_visitor() for _ in range(min(BATCH, count - start))]
        customers = Customer.objects.bulk_create([Customer() for _ in some])
        identities = Identity.objects.bulk_create(
            [
                Identity(customer=customer, origin=customer, channel="web", account=adapter.account, external_id=name)
                for customer, name in zip(customers, some, strict=True)
            ]
        )
        Conversation.objects.bulk_create([Conversation(identity=each, channel="web") for each in identities])
        keys += [adapter.visit(name)[0] for name in some]
    return keys
