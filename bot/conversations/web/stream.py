"""GET /web/events: the conversation as server-sent events. `id:` is the message's number, so a browser resumes by
itself.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from bot.conversations.database import on_database
from bot.conversations.events import Listener, listen
from bot.conversations.models import Event
from bot.conversations.web import shapes
from bot.conversations.web.views import _number, adapter, endpoint, find
from bot.conversations.webhooks import raw_request

HEARTBEAT = 15.0


def sse(event: str, data: Any, number: int | None = None) -> str:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@endpoint("GET")
async def events(request: HttpRequest) -> HttpResponseBase:
    visitor = adapter().visitor(raw_request(request))
    after = _number(request.headers.get("last-event-id") or request.GET.get("after", "0"))
    await on_database(find, visitor)
    response = StreamingHttpResponse(_stream(visitor, after), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(visitor: str, after: int) -> AsyncIterator[str]:
    """Follow what the visitor's page shows, also when that becomes another conversation."""
    yield "retry: 1500\n\n"
    known: dict[str, Any] = {}
    while True:
        _, followed = await on_database(find, visitor)
        async with listen(followed.pk) as listener:
            while True:
                present, lines, now = await on_database(_news, visitor, after)
                if present != followed.pk:
                    break
                for line in lines:
                    after = max(after, line["seq"])
                    yield sse("message", line, line["seq"])
                for chunk in _changes(known, now):
                    yield chunk
                known = now
                happened = await _wait(listener)
                if happened is None:
                    yield ": still here\n\n"
                for event in happened or ():
                    if event.kind == "delivery" and "moved_to" not in now:
                        yield sse("delivery", event.data)


def _changes(known: dict[str, Any], now: dict[str, Any]) -> list[str]:
    chunks = []
    if known.get("owner") != now["owner"]:
        chunks.append(sse("owner", {"owner": now["owner"]}))
    if known.get("status") != now["status"]:
        chunks.append(sse("status", {"status": now["status"], "language": now["language"]}))
    if known.get("moved_to") != now.get("moved_to"):
        chunks.append(sse("moved", {"to": now.get("moved_to")}))
    if known.get("pending", False) != now["pending"]:
        chunks.append(sse("typing", {"author": "bot", "on": now["pending"]}))
    return chunks


def _news(visitor: str, after: int) -> tuple[UUID, list[dict[str, Any]], dict[str, Any]]:
    identity, conversation = find(visitor)
    return conversation.pk, shapes.messages(identity, after), shapes.state(conversation, identity)


async def _wait(listener: Listener) -> list[Event] | None:
    """Everything that happened since the last look; None when it was only time for a heartbeat."""
    try:
        events = [await asyncio.wait_for(listener.get(), HEARTBEAT)]
    except TimeoutError:
        return None
    while not listener.empty():
        events.append(listener.get_nowait())
    return events
