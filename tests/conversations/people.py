"""Customers of these tests, and how they write."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.test import AsyncClient

from bot.conversations import background
from bot.conversations.models import Conversation
from channels.base import Inbound


def inbound(text: str, event_id: str, sender: str = "lucia", **more: Any) -> Inbound:
    return Inbound(
        channel="memory",
        account="memory",
        event_id=event_id,
        kind=more.pop("kind", "message"),
        external_id=sender,
        occurred_at=datetime.now(UTC),
        text=text,
        **more,
    )


class Page:
    """The widget's side of the web channel, over HTTP."""

    def __init__(self, client: AsyncClient) -> None:
        self.client = client
        self.token = ""
        self.conversation = UUID(int=0)
        self.sent = 0

    async def open(self, language: str = "es", **more: Any) -> Page:
        """Begin a session; one that is there goes along, as the widget does it."""
        response = await self.begin({"language": language, **more})
        assert response.status_code == 201, response.content
        body = response.json()
        self.token, self.conversation = body["token"], UUID(body["conversation"])
        return self

    async def begin(self, body: Any) -> Any:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.client.post("/web/session", body, content_type="application/json", headers=headers)

    async def post(self, body: Any) -> Any:
        data = body if isinstance(body, (str, bytes)) else json.dumps(body)
        return await self.client.post(
            "/web/messages", data, content_type="application/json", headers={"authorization": f"Bearer {self.token}"}
        )

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        """Send a text and wait until the work it started has ended."""
        self.sent += 1
        response = await self.post({"client_id": f"message-{self.sent}", "text": text} | more)
        assert response.status_code == 202, response.content
        await settled()
        return dict(response.json())

    async def read(self, after: int = 0) -> dict[str, Any]:
        response = await self.client.get(
            "/web/messages", {"after": after}, headers={"authorization": f"Bearer {self.token}"}
        )
        assert response.status_code == 200, response.content
        return dict(response.json())

    async def said(self, author: str) -> list[str]:
        return [line["text"] for line in (await self.read())["messages"] if line["author"] == author]

    async def reload(self) -> Conversation:
        return await Conversation.objects.aget(pk=self.conversation)


async def settled() -> None:
    """Wait for the background work of this process."""
    await background.idle()
