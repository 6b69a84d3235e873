"""What a turn, an open page and a stored message cost, measured on a running shop."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import SplitResult

from django.conf import settings
from django.db import connection

from bot.conversations import events
from bot.conversations.database import on_database
from bot.conversations.models import Event
from tests.bench.customers import Caller, at_once, visitor
from tests.bench.growth import _pages as keys_of_pages
from tests.bench.processes import resident
from tests.bench.said import one_question

TICKS = os.sysconf("SC_CLK_TCK")
OPENING = 40
OPEN_SECONDS = 600.0


def spent(pid: int) -> float:
    """Processor seconds of a process and of all its children, those that have ended included."""
    total, waiting = 0, [pid]
    while waiting:
        one = waiting.pop()
        try:
            words = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            waiting += [int(word) for word in Path(f"/proc/{one}/task/{one}/children").read_text().split()]
        except OSError:
            continue
        total += sum(int(word) for word in words[11:15])
    return total / TICKS


@dataclass(frozen=True)
class OfTurns:
    """`cpu`: processor seconds of a turn at each place, without what it does anyhow (`idle`, a second); `seconds`: of a
    turn at the median, one at a time; `stored`: bytes of a turn; `logged`: entries of the log of a turn."""

    cpu: Mapping[str, float]
    idle: Mapping[str, float]
    seconds: float
    stored: float
    logged: float


async def of_turns(client: Caller, pids: Mapping[str, int], turns: int, idle_seconds: float) -> OfTurns:
    """Let customers ask, and compare before with after."""
    await at_once(visitor, client, 4, max(8, turns // 8))
    alone = await at_once(visitor, client, 1, max(5, turns // 8))
    idle = await _idle(pids, idle_seconds)
    size, logged = await on_database(_size), await on_database(Event.objects.count)
    before, begun = {name: spent(pid) for name, pid in pids.items()}, time.monotonic()
    await at_once(visitor, client, 4, turns)
    took = time.monotonic() - begun
    cpu = {name: max(0.0, spent(pid) - before[name] - idle[name] * took) / turns for name, pid in pids.items()}
    size, logged = await on_database(_size) - size, await on_database(Event.objects.count) - logged
    return OfTurns(cpu, idle, alone.median, size / turns, logged / turns)


async def _idle(pids: Mapping[str, int], seconds: float) -> dict[str, float]:
    before = {name: spent(pid) for name, pid in pids.items()}
    await asyncio.sleep(seconds)
    return {name: (spent(pid) - before[name]) / seconds for name, pid in pids.items()}


def _size() -> int:
    """Bytes of the whole database, indexes included."""
    if connection.vendor != "postgresql":
        folder = Path(settings.DATABASES["default"]["NAME"])
        return sum(path.stat().st_size for path in folder.parent.glob(f"{folder.name}*"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def of_watching(rounds: int = 10) -> float:
    """Processor seconds of reading one entry of the log, as each web process does it."""
    events._after(0, [])
    begun, read = time.process_time(), 0
    for _ in range(rounds):
        read += len(events._after(0, []))
    return (time.process_time() - begun) / max(1, read)


@dataclass(frozen=True)
class OfPages:
    """`opened`: still open at the end; `bytes` of the web process for each; `idle`: its processor seconds a second for
    each; `turn`: seconds of a turn beside them, at the median."""

    opened: int
    bytes: float
    idle: float
    turn: float


async def of_pages(client: Caller, web: int, wanted: int, idle_seconds: float, turns: int) -> OfPages:
    """Open so many customers' pages on the one web process, leave them alone for a while, then chat beside them."""
    names = await on_database(keys_of_pages, wanted)
    before, idle_before = resident(web), (await _idle({"web": web}, min(10.0, idle_seconds)))["web"]
    async with _open(client.address, names) as pages:
        idle = (await _idle({"web": web}, idle_seconds))["web"]
        texts, took = one_question(), []
        async with visitor(client) as one:
            for _ in range(turns):
                took.append(await one.ask(next(texts)))
        held = (resident(web) - before) * 1024 * 1024
        still = sum(not reader.at_eof() for reader in pages)
    count = max(1, still)
    return OfPages(still, held / count, max(0.0, idle - idle_before) / count, statistics.median(took))


@asynccontextmanager
async def _open(address: SplitResult, keys: list[str]) -> AsyncIterator[list[asyncio.StreamReader]]:
    """Every page's event stream, until the block ends; those that could not be opened are missing from the list."""
    gate, opened = asyncio.Semaphore(OPENING), list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]()

    async def one(key: str) -> None:
        async with gate:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            head = f"GET /web/events HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {key}\r\n\r\n"
            writer.write(head.encode())
            # The first lines of the stream itself: its page is being followed now.
            told = await reader.readuntil(b"retry: ")
            if b" 200 " in told.splitlines()[0]:
                opened.append((reader, writer))

    async with asyncio.timeout(OPEN_SECONDS):
        await asyncio.gather(*(one(key) for key in keys), return_exceptions=True)
    try:
        yield [reader for reader, _ in opened]
    finally:
        for _, writer in opened:
            writer.close()
