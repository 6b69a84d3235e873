"""The bad network between the shop and everybody else: providers, their webhooks, and customers' browsers.

It is the shop's public address. Webhooks are taken from the provider at once and brought to the shop as providers do
it: again and again until the shop says that it has them. Calls of the shop go to the provider, or get lost on the way.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import uvicorn

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

HOP = {"connection", "content-length", "host", "transfer-encoding", "date", "server", "content-encoding"}
REDELIVERED_AFTER = 0.5
GIVEN_UP_AFTER = 240
# A call that is not answered within ten seconds is given up by every adapter.
HANGS = 11.0
# What happens how often to one of the shop's calls. After "broken", "cut" and "hang" it cannot know whether it arrived.
CALLS = {"busy": 0.05, "broken": 0.04, "cut": 0.03, "hang": 0.01, "slow": 0.10}
WEBHOOKS = {"dropped": 0.10, "unheard": 0.10, "doubled": 0.10, "late": 0.15}
BROWSERS = {"dropped": 0.06, "unheard": 0.06, "late": 0.10}


class Quiet(uvicorn.Server):
    """Leaves signals to the command that runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class Wire:
    """`shop` and `provider` are base addresses. While `calm`, everything arrives."""

    chance: random.Random
    shop: str = ""
    provider: str = ""
    calm: bool = True
    seen: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)
    underway: set[asyncio.Task[None]] = field(default_factory=set)

    calm_since: float = field(default_factory=time.monotonic)

    def quiet(self) -> None:
        """From now on everything arrives."""
        self.calm, self.calm_since = True, time.monotonic()

    def patience_ends(self, since: float, seconds: float) -> bool:
        """Whether somebody who waits since then has waited that long without any trouble about."""
        return self.calm and time.monotonic() - max(since, self.calm_since) > seconds

    def __post_init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    async def serve(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Run until told to stop."""
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=0)
        async with httpx.AsyncClient(timeout=httpx.Timeout(30, connect=5), limits=limits, trust_env=False) as client:
            self.client = client
            config = uvicorn.Config(self, log_level="critical", lifespan="off", access_log=False)
            server = Quiet(config)
            running = asyncio.create_task(server.serve(sockets=[self.socket]))
            ready.set()
            await stop.wait()
            server.should_exit = server.force_exit = True
            await running

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        body, path = await _body(receive), scope["path"]
        target = path + (f"?{scope['query_string'].decode()}" if scope["query_string"] else "")
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        if path.startswith("/channels/"):
            self.bring(target, headers, body)
            await _answer(send, 200, b"")
        elif path.startswith("/sandbox/provider/") and scope["method"] == "POST":
            await self._call(scope["method"], target, headers, body, send)
        else:
            await self._browse(scope["method"], target, headers, body, send)

    # Webhooks

    def bring(self, target: str, headers: Mapping[str, str], body: bytes) -> None:
        """Take a webhook over; it is brought to the shop however often that takes."""
        task = asyncio.create_task(self._bring(target, headers, body))
        self.underway.add(task)
        task.add_done_callback(self.underway.discard)

    async def _bring(self, target: str, headers: Mapping[str, str], body: bytes) -> None:
        begun = time.monotonic()
        while not self.patience_ends(begun, GIVEN_UP_AFTER):
            fault = self._fault("webhook", WEBHOOKS)
            if fault == "late":
                await asyncio.sleep(self.chance.uniform(0.1, 2.5))
            copies = 0 if fault == "dropped" else 2 if fault == "doubled" else 1
            answers = await asyncio.gather(*(self._try(target, headers, body) for _ in range(copies)))
            if fault != "unheard" and any(status and 200 <= status < 300 for status in answers):
                return
            if said := [status for status in answers if status and 400 <= status < 500]:
                self.refused.append(f"{target}: {said[0]}")
                return
            await asyncio.sleep(REDELIVERED_AFTER)
        self.refused.append(f"{target}: never taken")

    async def _try(self, target: str, headers: Mapping[str, str], body: bytes) -> int | None:
        try:
            return (await self._ask("POST", self.shop, target, headers, body)).status_code
        except httpx.HTTPError:
            return None

    # The shop's calls to the provider

    async def _call(self, method: str, target: str, headers: Mapping[str, str], body: bytes, send: Send) -> None:
        typing = b"sender_action" in body or target.endswith(("Typing.json", "sendChatAction"))
        fault = "" if typing else self._fault("call", CALLS)
        if fault == "slow":
            await asyncio.sleep(self.chance.uniform(0.2, 2.0))
        if fault == "busy":
            told = {"ok": False, "error_code": 429, "description": "Too Many Requests", "code": 20429}
            await _answer(send, 429, json.dumps({**told, "parameters": {"retry_after": 1}}).encode())
            return
        try:
            answer = await self._ask(method, self.provider, target, headers, body)
        except httpx.HTTPError:
            await _answer(send, 503, b"")
            return
        if fault == "broken":
            # Something in between gives up on an answer that the provider has given.
            await _answer(send, 502, b"<html>Bad gateway</html>", "text/html")
        elif fault in ("cut", "hang"):
            await asyncio.sleep(HANGS if fault == "hang" else 0)
            await _cut(send)
        else:
            await _answer(send, answer.status_code, answer.content, answer.headers.get("content-type", ""))

    # Customers' browsers, and whoever else asks

    async def _browse(self, method: str, target: str, headers: Mapping[str, str], body: bytes, send: Send) -> None:
        base = self.provider if target.startswith("/sandbox/provider/") else self.shop
        fault = self._fault("browser", BROWSERS) if target.startswith("/web/") else ""
        if fault == "late":
            await asyncio.sleep(self.chance.uniform(0.1, 1.5))
        if fault == "dropped":
            await _cut(send)
            return
        try:
            answer = await self._ask(method, base, target, headers, body)
        except httpx.HTTPError:
            await _answer(send, 502, b"")
            return
        if fault == "unheard":
            await _cut(send)
            return
        await _answer(send, answer.status_code, answer.content, answer.headers.get("content-type", ""))

    async def _ask(
        self, method: str, base: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> httpx.Response:
        kept = {name: value for name, value in headers.items() if name.lower() not in HOP}
        return await self.client.request(method, base + target, headers=kept, content=body)

    def _fault(self, what: str, shares: Mapping[str, float]) -> str:
        if self.calm:
            return ""
        drawn = self.chance.random()
        for name, share in shares.items():
            if drawn < share:
                self.seen[f"{what} {name}"] += 1
                return name
            drawn -= share
        return ""


async def _body(receive: Receive) -> bytes:
    parts, more = [], True
    while more:
        message = await receive()
        parts.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(parts)


async def _answer(send: Send, status: int, body: bytes, kind: str = "application/json") -> None:
    headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _cut(send: Send) -> None:
    """Break the connection off in the middle of an answer."""
    headers = [(b"content-length", b"9"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{", "more_body": True})
