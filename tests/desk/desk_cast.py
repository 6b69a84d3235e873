"""Conversations as the desk finds them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.test import AsyncClient
from django.utils import timezone

from bot.conversations import background, ownership
from bot.conversations.models import Conversation, Customer, Identity, Message
from bot.conversations.writing import append, lock
from bot.desk.models import ApiToken

_numbers = itertools.count(1)

CITED = {"slug": "devoluciones-plazo", "title": "¿Cuánto tengo para devolver?", "url": "/es/ayuda/x", "revision": 7}


@dataclass(frozen=True)
class Line:
    author: str
    text: str
    asks: str = ""
    citations: tuple[dict[str, Any], ...] = ()
    attachments: tuple[dict[str, Any], ...] = field(default=())


def begin(name: str, *lines: Line, handoff: str = "", channel: str = "memory", language: str = "es") -> Conversation:
    """A conversation with these lines, in the queue where `handoff` names a reason; the last line is its trigger."""
    identity = Identity.objects.create(
        customer=Customer.objects.create(name=name, language=language),
        channel=channel,
        account="memory",
        external_id=f"customer-{next(_numbers)}",
        last_inbound_at=timezone.now(),
    )
    conversation = Conversation.objects.create(identity=identity, channel=channel, language=language)
    for line in lines:
        say(conversation, line)
    if handoff:
        ownership.request(conversation.pk, handoff, "bot", trigger=lines[-1].text)
    conversation.refresh_from_db()
    return conversation


@transaction.atomic
def say(conversation: Conversation, line: Line) -> Message:
    return append(
        lock(conversation.pk),
        Message.Author(line.author),
        line.text,
        asks=line.asks,
        citations=line.citations,
        attachments=line.attachments,
    )


class Programme:
    """A programme that calls the staff API with an agent's token, in Spanish."""

    def __init__(self, account: Any) -> None:
        _, key = ApiToken.issue(account)
        self._headers = {"authorization": f"Bearer {key}", "accept-language": "es"}
        self._client = AsyncClient()

    async def get(self, address: str) -> Any:
        return await self._client.get(address, headers=self._headers)

    async def post(self, address: str, body: Any = None) -> Any:
        data = {} if body is None else body
        return await self._client.post(address, data, content_type="application/json", headers=self._headers)


async def settled() -> None:
    """Wait for the background work of this process."""
    await background.idle()


async def said(conversation: Conversation, author: str = "agent") -> list[str]:
    lines = conversation.messages.filter(author=author).order_by("seq")
    return [line.text async for line in lines]
