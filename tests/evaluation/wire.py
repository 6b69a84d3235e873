"""HTTP to the running system: patient while it restarts, and honest about what it answered."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

PATIENCE = 60.0
CALL_SECONDS = 40.0


class Unreachable(Exception):
    """Nothing answers at the address; the text says which and for how long it was tried."""


class Refused(Exception):
    """The system answered, but not with what was asked for. `status` is its HTTP status."""

    def __init__(self, what: str, status: int, body: str) -> None:
        super().__init__(f"{what}: HTTP {status} {body[:200]}")
        self.status = status


@dataclass
class Wire:
    """One connection pool for the whole run. `patience`: seconds in which a system that does not answer may come
    back. Use it as an async context manager."""

    base: str
    transport: httpx.AsyncBaseTransport | None = None
    patience: float = PATIENCE
    pause: float = 0.1
    _client: httpx.AsyncClient = field(init=False)

    async def __aenter__(self) -> Wire:
        self._client = httpx.AsyncClient(
            base_url=self.base,
            transport=self.transport,
            timeout=httpx.Timeout(CALL_SECONDS, connect=10),
            limits=httpx.Limits(max_connections=40),
            trust_env=False,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        files: Any = None,
        repeatable: bool = True,
    ) -> httpx.Response:
        """One request. One that is not `repeatable` is repeated only where it cannot have arrived.

        Raises `Unreachable`.
        """
        headers = {"authorization": f"Bearer {token}"} if token else {}
        content = None
        if body is not None:
            # Escaped, because an attack may hold half of a surrogate pair, which UTF-8 cannot carry.
            content = json.dumps(body, ensure_ascii=True).encode()
            headers["content-type"] = "application/json"
        give_up = time.monotonic() + self.patience
        while True:
            try:
                return await self._client.request(method, path, content=content, files=files, headers=headers)
            except httpx.TransportError as error:
                arrived = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout))
                if (arrived and not repeatable) or time.monotonic() > give_up:
                    raise Unreachable(f"{method} {self.base}{path}: {type(error).__name__} {error}") from error
                await asyncio.sleep(min(1.0, self.pause * 5))

    async def json(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """The answer's JSON. Raises `Refused` for any status but 2xx, and `Unreachable`."""
        response = await self.call(method, path, body, **more)
        if not response.is_success:
            raise Refused(f"{method} {path}", response.status_code, response.text)
        return response.json() if response.content else {}


@dataclass(frozen=True)
class Staff:
    """The staff API as far as a driver needs it."""

    wire: Wire
    token: str

    async def conversation(self, number: str) -> dict[str, Any]:
        """A conversation as agents see it."""
        found: dict[str, Any] = await self.wire.json("GET", f"/api/conversations/{number}", token=self.token)
        return found

    async def case(self, number: str) -> dict[str, Any]:
        found: dict[str, Any] = await self.wire.json("GET", f"/api/cases/{number}", token=self.token)
        return found

    async def resolve(self, number: str) -> None:
        """End a conversation, an agent's own as well, so that the next words in it begin with the bot anew."""
        path = f"/api/conversations/{number}"
        response = await self.wire.call("POST", f"{path}/resolve", {}, token=self.token)
        if response.status_code == 409:
            await self.wire.json("POST", f"{path}/take", {"over": True}, token=self.token)
            response = await self.wire.call("POST", f"{path}/resolve", {}, token=self.token)
        if not response.is_success:
            raise Refused(f"POST {path}/resolve", response.status_code, response.text)

    async def check(self) -> None:
        """Raises `Refused` when the token opens nothing."""
        await self.wire.json("GET", "/api/conversations?limit=1", token=self.token)
