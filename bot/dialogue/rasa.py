"""The dialogue as Rasa speaks it, over HTTP. The other end is `bot/dialogue/components/channel.py`."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncGenerator, Sequence
from typing import Any
from uuid import UUID

import aiohttp
from opentelemetry.trace import SpanKind

from bot import tracing
from bot.dialogue.base import Answer, Command, DialogueError, Option, Question, Reply

# Seconds for which a Rasa that did not answer is asked last.
SET_ASIDE = 5.0
# Seconds until a connection stands.
CONNECT = 2.0
HEALTH = aiohttp.ClientTimeout(total=2.0)
FAILURES = (aiohttp.ClientError, TimeoutError)


class RasaDialogue:
    """Asks one of several Rasa processes, the same for a conversation as long as it is up: it has its tracker at hand.

    Where that one cannot be reached, the question never arrived, and the next one is asked. After `deadline` seconds
    the running turn is not cancelled, only no longer awaited.
    """

    def __init__(self, urls: str | Sequence[str], token: str, deadline: float) -> None:
        self._urls = [urls] if isinstance(urls, str) else list(urls)
        self._headers = {"Authorization": f"Bearer {token}"}
        self._deadline = deadline
        self._connections: AsyncGenerator[aiohttp.ClientSession] | None = None
        self._open: aiohttp.ClientSession
        self._aside: dict[str, float] = {}

    async def _session(self) -> aiohttp.ClientSession:
        if self._connections is None:
            self._connections = self._opened()
            self._open = await anext(self._connections)
        return self._open

    async def _opened(self) -> AsyncGenerator[aiohttp.ClientSession]:
        """The connections of the event loop that asks first; a loop that ends closes its generators, and so these."""
        async with aiohttp.ClientSession(
            headers=self._headers,
            timeout=aiohttp.ClientTimeout(total=self._deadline, sock_connect=CONNECT),
            # Rasa's server ends a connection that has been idle for five seconds.
            connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=4.0),
        ) as session:
            yield session

    async def ask(self, question: Question) -> Answer:
        unreachable: DialogueError | None = None
        for url in self._in_order(question.conversation):
            try:
                return await self._ask(url, question)
            except DialogueError as error:
                if not error.unreachable:
                    raise
                self._aside[url] = time.monotonic() + SET_ASIDE
                unreachable = error
        raise unreachable or DialogueError("RASA_URL names no Rasa.", unreachable=True)

    def _in_order(self, conversation: UUID) -> list[str]:
        """Rendezvous hashing: a Rasa that is added or lost moves its own share of the conversations and no others."""
        now = time.monotonic()

        def place(url: str) -> tuple[bool, bytes]:
            return self._aside.get(url, 0) > now, hashlib.blake2b(f"{url} {conversation}".encode()).digest()

        return sorted(self._urls, key=place)

    async def _ask(self, url: str, question: Question) -> Answer:
        address, session = f"{url}/webhooks/postventa/turn", await self._session()
        try:
            with tracing.span("rasa", SpanKind.CLIENT):
                asked = session.post(address, json=_question(question), headers=tracing.carried())
                async with asked as response:
                    status, body = response.status, await response.read()
        except FAILURES as error:
            raise DialogueError(
                f"Rasa did not answer: {type(error).__name__}. Is the rasa process up?", unreachable=_down(error)
            ) from error
        if status != 200:
            # 503: the server is up and its model is not loaded yet.
            raise DialogueError(f"Rasa answered {status} to a turn; its own log says why", unreachable=status == 503)
        try:
            return _answer(json.loads(body))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DialogueError(f"Rasa's answer is not in the agreed form: {type(error).__name__} {error}") from error

    async def forget(self, conversation: UUID) -> None:
        """Each of them: any may have answered a turn of it, and still hold it in memory."""
        session = await self._session()
        for url in self._urls:
            try:
                async with session.delete(f"{url}/webhooks/postventa/conversations/{conversation}") as response:
                    status = response.status
            except FAILURES as error:
                raise DialogueError(f"{url} did not answer: {type(error).__name__}. Is that Rasa up?") from error
            if status != 204:
                raise DialogueError(f"{url} answered {status} when it was to forget a conversation")

    async def close(self) -> None:
        """Close the connections of this event loop."""
        if self._connections is not None:
            await self._connections.aclose()
            self._connections = None

    async def healthy(self) -> bool:
        """Whether any of them answers."""
        return any(await asyncio.gather(*(self._up(url) for url in self._urls)))

    async def _up(self, url: str) -> bool:
        session = await self._session()
        try:
            async with session.get(f"{url}/health", timeout=HEALTH) as response:
                return response.status < 500
        except FAILURES:
            return False


def _down(error: Exception) -> bool:
    """Whether the question cannot have arrived."""
    return isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)


def _question(question: Question) -> dict[str, Any]:
    body: dict[str, Any] = {
        "conversation": str(question.conversation),
        "message_id": str(question.message_id),
        "fresh": question.fresh,
        "state": True,
        "metadata": {
            "channel": question.channel,
            "language": question.language,
            "verified": dict(question.verified) if question.verified else None,
            "identity": question.identity,
            "contact": question.contact,
            "about": dict(question.about) if question.about else None,
            "attachments": [dict(item) for item in question.attachments],
            "today": question.today.isoformat() if question.today else None,
            "waiting": question.waiting,
        },
    }
    body["payload" if question.payload else "text"] = question.payload or question.text
    return body


def _answer(body: dict[str, Any]) -> Answer:
    replies: list[Reply] = []
    commands: list[Command] = []
    facts: dict[str, Any] = {}
    for item in body["replies"]:
        custom = item.get("custom") or {}
        commands += [Command(entry["name"], entry.get("arguments") or {}) for entry in custom.get("commands", ())]
        facts.update(custom.get("facts") or {})
        if item.get("text"):
            replies.append(
                Reply(
                    text=item["text"],
                    options=tuple(Option(b["title"], b["payload"]) for b in item.get("buttons") or ()),
                    citations=tuple(custom.get("citations") or ()),
                    attachments=tuple(custom.get("attachments") or ()),
                    asks=custom.get("asks") or "",
                )
            )
    state = body.get("state") or {}
    return Answer(
        replies=tuple(replies),
        commands=tuple(commands),
        facts=facts,
        language=state.get("language") or "",
        intent=state.get("intent") or "",
        confidence=state.get("confidence"),
        replayed=bool(body.get("replayed")),
    )
