"""Customers on the shop's page who are served by whichever web process is up, as behind a balancer."""

from __future__ import annotations

import asyncio
import itertools
import json
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx

AGAIN_SECONDS = 0.2


class Shopper:
    """Posts to the first of `webs` and listens at the last, and goes to the next one where a web process is gone.

    `lines` holds every message that the event stream brought, in the order in which it came.
    """

    def __init__(self, name: str, client: httpx.AsyncClient, webs: Sequence[str]) -> None:
        self.name, self.client = name, client
        self._posting, self._listening = itertools.cycle(webs), itertools.cycle(reversed(webs))
        self._post_to = next(self._posting)
        self.lines: list[dict[str, Any]] = []
        self.said: list[tuple[str, str]] = []
        self.token = self.conversation = ""
        self._answered: dict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def say(self, text: str) -> str:
        """Send it until a web process has taken it; the message's id."""
        body = {"client_id": uuid.uuid4().hex, "text": text}
        answer = await self._post("/web/messages", body)
        self.said.append((answer["id"], text))
        return str(answer["id"])

    async def ask(self, text: str, seconds: float = 120) -> dict[str, Any]:
        """Send it and wait for the bot's answer; its last line."""
        return await self.answer(await self.say(text), seconds)

    async def answer(self, message: str, seconds: float = 120) -> dict[str, Any]:
        try:
            await asyncio.wait_for(self._answered[message].wait(), seconds)
        except TimeoutError:
            raise AssertionError(f"{self.name} was not answered; the page shows {self.shown()}") from None
        return [line for line in self.lines if line["in_reply_to"] == message][-1]

    def shown(self) -> list[str]:
        return [f"{line['author']}: {line['text']}" for line in self.lines]

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        while True:
            try:
                answer = await self.client.post(self._post_to + path, json=body, headers=self._headers())
            except httpx.TransportError:
                self._post_to = next(self._posting)
                await asyncio.sleep(AGAIN_SECONDS)
                continue
            return dict(answer.raise_for_status().json())

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"} if self.token else {}

    async def begin(self) -> None:
        session = await self._post("/web/session", {"language": "es"})
        self.token, self.conversation = session["token"], session["conversation"]

    async def listen(self, listening: asyncio.Event) -> None:
        """Hold the event stream open, as a browser does: broken off, it resumes after the last number."""
        for web in self._listening:
            last = {"last-event-id": str(self.lines[-1]["seq"])} if self.lines else {}
            try:
                async with self.client.stream(
                    "GET", f"{web}/web/events", headers=self._headers() | last, timeout=None
                ) as stream:
                    if stream.status_code == 200:
                        listening.set()
                    async for line in stream.aiter_lines():
                        self._hear(line)
            except httpx.TransportError:
                await asyncio.sleep(AGAIN_SECONDS)

    def _hear(self, line: str) -> None:
        if not line.startswith("data: {"):
            return
        message = json.loads(line[6:])
        if "author" in message and "seq" in message:
            self.lines.append(message)
            if message["author"] == "bot":
                self._answered[str(message["in_reply_to"])].set()


@asynccontextmanager
async def shopper(name: str, client: httpx.AsyncClient, webs: Sequence[str]) -> AsyncIterator[Shopper]:
    one, listening = Shopper(name, client, webs), asyncio.Event()
    await one.begin()
    task = asyncio.create_task(one.listen(listening))
    await listening.wait()
    try:
        yield one
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
