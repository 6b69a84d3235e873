"""Agents' pages as a browser runs them: one event stream each, cut now and then, taken up by Last-Event-ID."""

from __future__ import annotations

import asyncio
import json
import random
import time
from contextlib import suppress
from dataclasses import dataclass, field

import httpx

from bot.desk.bench.world import AgentAtDesk

# A connection lives this many seconds at the mean before it is cut.
LIVES = 8.0


@dataclass
class Page:
    """What one page has heard: when each event came, by its number, and what a reload covered."""

    agent: AgentAtDesk
    host: str
    port: int
    came: dict[int, float] = field(default_factory=dict)
    reloaded: list[tuple[int, float]] = field(default_factory=list)
    fetched: list[float] = field(default_factory=list)
    connections: int = 0
    last: int | None = None
    retry: float = 1.0
    waits_for: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def live(self, http: httpx.AsyncClient, until: float) -> None:
        """Listen until that moment (of `time.monotonic`), connecting again whenever the connection is cut."""
        chance = random.Random(self.agent.cookie)  # noqa: S311
        while (left := until - time.monotonic()) > 0:
            life = min(left, chance.expovariate(1 / LIVES))
            with suppress(TimeoutError, OSError):
                await asyncio.wait_for(self._listen(http), life)
            if time.monotonic() < until:
                await asyncio.sleep(self.retry)

    async def catch_up(self, http: httpx.AsyncClient, newest: int, seconds: float) -> None:
        """One more connection at the end: what was under way when the last one was cut arrives now."""
        self.waits_for = newest
        if (self.last or 0) < newest:
            with suppress(TimeoutError, OSError):
                await asyncio.wait_for(self._listen(http), seconds)

    async def _listen(self, http: httpx.AsyncClient) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port, limit=1 << 22)
        resume = f"Last-Event-ID: {self.last}\r\n" if self.last is not None else ""
        writer.write(
            f"GET /desk/events HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nCookie: {self.agent.cookie}\r\n"
            f"Accept-Language: es\r\nAccept: text/event-stream\r\n{resume}\r\n".encode()
        )
        self.connections += 1
        try:
            number, name = 0, ""
            while line := await reader.readline():
                if line.startswith(b"retry: "):
                    self.retry = int(line[7:]) / 1000
                    self.opened.set()
                elif line.startswith(b"id: "):
                    number = int(line[4:])
                elif line.startswith(b"event: "):
                    name = line[7:].strip().decode()
                elif line.startswith(b"data: "):
                    self._heard(http, name, number, line[6:])
                    if self.waits_for and (self.last or 0) >= self.waits_for:
                        return
        finally:
            writer.close()

    def _heard(self, http: httpx.AsyncClient, name: str, number: int, data: bytes) -> None:
        now = time.time()
        if name == "reload":
            self.reloaded.append((number, now))
        elif name == "change":
            self.came.setdefault(number, now)
            if str(self.agent.shows).encode() in data and json.loads(data)["kind"] == "message":
                asyncio.get_running_loop().create_task(self._fetch(http, json.loads(data)["seq"]))
        self.last = max(self.last or 0, number)

    async def _fetch(self, http: httpx.AsyncClient, seq: int) -> None:
        """The open conversation's new lines, as the page asks for them."""
        began = time.monotonic()
        answer = await http.get(
            f"/desk/c/{self.agent.shows}/news?after={seq - 1}&changed=&seen=1&lines=1",
            headers={"cookie": self.agent.cookie, "accept-language": "es", "hx-request": "true"},
        )
        if answer.status_code == 200 and f'data-seq="{seq}"' in answer.text:
            self.fetched.append(time.monotonic() - began)
