"""A server of its own, on a real port: the sandbox's phones and providers are only real over HTTP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import uvicorn
from django.core.asgi import get_asgi_application

from bot.dialogue.base import Answer, Option, Question, Reply
from bot.dialogue.engine import standing_in
from bot.dialogue.scripted import ScriptedDialogue
from channels import registry
from tests.conversations.people import settled

LUCIA, MARC = "+34600111001", "700100002"


def script(question: Question) -> Answer:
    """Says back what it was asked and on which day; offers buttons, a list or a long text when asked for them."""
    asked = question.payload or question.text
    if asked == "botones":
        return Answer((Reply("¿Lo quieres?", (Option("Sí", "said-yes"), Option("No", "said-no"))),))
    if asked == "lista":
        return Answer((Reply("¿Cuál?", tuple(Option(f"Producto {number}", f"p{number}") for number in range(1, 6))),))
    if asked == "muchos":
        return Answer((Reply("¿Cuál?", tuple(Option(f"Producto {number}", f"p{number}") for number in range(1, 13))),))
    if asked == "largo":
        return Answer((Reply("Una frase de un texto muy largo. " * 150),))
    files = f" y {len(question.attachments)} archivo" if question.attachments else ""
    return Answer((Reply(f"bot: {asked}{files} el {question.today}", asks="email"),))


@dataclass
class Sandbox:
    """A customer at the sandbox's API."""

    http: httpx.AsyncClient
    engine: ScriptedDialogue

    @property
    def address(self) -> str:
        return str(self.http.base_url).rstrip("/")

    async def post(self, channel: str, identity: str, body: Any) -> httpx.Response:
        response = await self.http.post(f"/sandbox/api/{channel}/{identity}", json=body)
        await settled()
        return response

    async def say(self, channel: str, identity: str, **body: Any) -> int:
        response = await self.post(channel, identity, body)
        assert response.status_code == 202, response.text
        return int(response.json()["number"] or 0)

    async def see(self, channel: str, identity: str, after: int = 0, **more: Any) -> dict[str, Any]:
        response = await self.http.get(f"/sandbox/api/{channel}/{identity}", params={"after": after, **more})
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def texts(self, channel: str, identity: str, after: int = 0) -> list[str]:
        return [message["text"] for message in (await self.see(channel, identity, after))["messages"]]


@pytest.fixture
def public_port() -> Iterator[tuple[socket.socket, str]]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        yield listening, f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
async def sandbox(
    transactional_db: None, settings: Any, public_port: tuple[socket.socket, str]
) -> AsyncIterator[Sandbox]:
    listening, settings.PUBLIC_BASE_URL = public_port
    settings.BURST = {}
    settings.SANDBOX = True
    settings.TWILIO_ACCOUNT_SID = settings.TELEGRAM_BOT_TOKEN = ""
    registry.adapter.cache_clear()
    server = uvicorn.Server(uvicorn.Config(get_asgi_application(), lifespan="off", log_level="warning", ws="none"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    engine = ScriptedDialogue(script)
    async with httpx.AsyncClient(base_url=settings.PUBLIC_BASE_URL, timeout=20) as http:
        with standing_in(engine):
            yield Sandbox(http, engine)
            await settled()
    server.should_exit = True
    await serving
    registry.adapter.cache_clear()


@pytest.fixture
def provider(sandbox: Sandbox) -> Callable[[str], str]:
    """The address of a stand-in's method."""
    return lambda path: f"{sandbox.address}/sandbox/provider/{path}"
