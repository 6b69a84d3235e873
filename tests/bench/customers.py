"""Customers of either side, and how long each of their turns took."""

from __future__ import annotations

import asyncio
import itertools
import json
import statistics
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import SplitResult, urlsplit

import aiohttp

from bot.conversations.database import on_database
from tests.bench.said import orders, visits

TURN_SECONDS = 60.0
AT_MOST = 500
NO_LIMIT = aiohttp.ClientTimeout(total=None)


@dataclass
class Caller:
    """Calls one server. It takes little, because it shares the processors with what it measures."""

    session: aiohttp.ClientSession
    address: SplitResult

    async def post(self, path: str, body: dict[str, Any], headers: dict[str, str] | None = None) -> Any:
        """The answer's JSON. Raises aiohttp.ClientResponseError for an error."""
        async with self.session.post(path, json=body, headers=headers) as answer:
            answer.raise_for_status()
            return json.loads(await answer.read())


@asynccontextmanager
async def caller(base: str, token: str = "") -> AsyncIterator[Caller]:
    """One that calls the server at that address, with that token where it is told one."""
    async with aiohttp.ClientSession(
        base,
        headers={"authorization": f"Bearer {token}"} if token else {},
        connector=aiohttp.TCPConnector(limit=AT_MOST),
        timeout=aiohttp.ClientTimeout(total=2 * TURN_SECONDS),
    ) as session:
        yield Caller(session, urlsplit(base))


class Customer(Protocol):
    async def ask(self, text: str) -> float:
        """Seconds until the answer was there."""


@dataclass
class Visitor:
    """Of this system: a page that listens to the live events and posts messages. Nothing is left out."""

    client: Caller
    token: str
    conversation: str
    heard: dict[str, asyncio.Future[None]] = field(default_factory=dict)
    early: set[str] = field(default_factory=set)

    async def ask(self, text: str) -> float:
        begun = time.perf_counter()
        body = {"client_id": uuid.uuid4().hex, "text": text}
        mine = str((await self.client.post("/web/messages", body, self.headers))["id"])
        if mine not in self.early:
            waiting = self.heard.setdefault(mine, asyncio.get_running_loop().create_future())
            await asyncio.wait_for(waiting, TURN_SECONDS)
        return time.perf_counter() - begun

    @property
    def headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    async def listen(self, listening: asyncio.Event) -> None:
        async with self.client.session.get("/web/events", headers=self.headers, timeout=NO_LIMIT) as stream:
            listening.set()
            async for line in stream.content:
                if line.startswith(b"data: {") and b'"in_reply_to"' in line:
                    self._hear(json.loads(line[6:]))

    def _hear(self, message: dict[str, Any]) -> None:
        answered = str(message.get("in_reply_to"))
        # A person's turn begins with a line of the shop.
        if message.get("author") not in ("bot", "system"):
            return
        self.early.add(answered)
        waiting = self.heard.pop(answered, None)
        if waiting and not waiting.done():
            waiting.set_result(None)


@asynccontextmanager
async def visitor(client: Caller) -> AsyncIterator[Visitor]:
    """Somebody new on the shop's page."""
    begun = await client.post("/web/session", {"language": "es"})
    one, listening = Visitor(client, begun["token"], begun["conversation"]), asyncio.Event()
    task = asyncio.create_task(one.listen(listening))
    await listening.wait()
    try:
        yield one
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, aiohttp.ClientError):
            await task


@dataclass
class Stock:
    """Of stock Rasa, on its REST channel: the answer of the call is the answer of the turn."""

    client: Caller
    sender: str = field(default_factory=lambda: uuid.uuid4().hex)

    async def ask(self, text: str) -> float:
        begun = time.perf_counter()
        body = {"sender": self.sender, "message": text, "metadata": {"channel": "web", "language": "es"}}
        await self.client.post("/webhooks/rest/webhook", body)
        return time.perf_counter() - begun


@dataclass
class Asker:
    """Of our Rasa alone, at the door through which the gateway asks it."""

    client: Caller
    conversation: str = field(default_factory=lambda: str(uuid.uuid4()))

    async def ask(self, text: str) -> float:
        begun = time.perf_counter()
        about = {"channel": "web", "language": "es", "identity": f"web:{self.conversation}"}
        body = {"conversation": self.conversation, "message_id": str(uuid.uuid4()), "text": text, "metadata": about}
        await self.client.post("/webhooks/postventa/turn", body)
        return time.perf_counter() - begun


@asynccontextmanager
async def asker(client: Caller) -> AsyncIterator[Asker]:
    """Somebody new at our Rasa."""
    yield Asker(client)


@asynccontextmanager
async def stock(client: Caller) -> AsyncIterator[Stock]:
    """Somebody new at stock Rasa."""
    yield Stock(client)


Door = Callable[[Caller], Any]


@dataclass(frozen=True)
class Measured:
    """Of each turn its kind and the seconds, and how long all of them took together."""

    turns: Sequence[tuple[str, float]]
    seconds: float

    @property
    def median(self) -> float:
        return statistics.median(seconds for _kind, seconds in self.turns)

    def by_kind(self) -> dict[str, float]:
        """The median of each kind of turn."""
        kinds = dict.fromkeys(kind for kind, _seconds in self.turns)
        return {kind: statistics.median(took for of, took in self.turns if of == kind) for kind in kinds}

    @property
    def per_second(self) -> float:
        return len(self.turns) / self.seconds


async def at_once(door: Door, client: Caller, customers: int, turns: int) -> Measured:
    """So many customers, each writing as soon as the last answer is there, until there were so many turns."""
    coming, done = visits(await on_database(orders, turns + 8 * customers)), itertools.count(1)
    times: list[tuple[str, float]] = []

    async def one() -> None:
        while True:
            async with door(client) as customer:
                for line in next(coming):
                    if next(done) > turns:
                        return
                    times.append((line.kind, await customer.ask(line.text)))

    begun = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(customers)))
    return Measured(times, time.perf_counter() - begun)


async def in_turn(first: Callable[[], Awaitable[float]], second: Callable[[], Awaitable[float]], times: int) -> float:
    """The median of the second over that of the first, asked in turn, so that both have the same weather."""
    pairs = [(await first(), await second()) for _ in range(times)]
    return statistics.median(pair[1] for pair in pairs) / statistics.median(pair[0] for pair in pairs)
