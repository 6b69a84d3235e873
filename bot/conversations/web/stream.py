"""GET /web/events: the conversation as server-sent events. `id:` is the message's number, so a browser resumes by
itself.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from bot.conversations.database import on_database
from bot.conversations.events import Listener, listen
from bot.conversations.models import Event
from bot.conversations.web import shapes
from bot.conversations.web.door import adapter, endpoint, find, number, place
from bot.conversations.webhooks import raw_request

HEARTBEAT = 15.0
# A page on which nothing happens asks the database no more often than this, in seconds: thousands of them are open.
LOOK = 120.0
# A page whose conversation went on elsewhere: one that begins here is not heard of by following the one that left.
LOOK_FOR_ANOTHER = 2.0


def sse(event: str, data: Any, number: int | None = None) -> str:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@endpoint("GET")
async def events(request: HttpRequest) -> HttpResponseBase:
    session = adapter().session(raw_request(request))
    after = number(request.headers.get("last-event-id") or request.GET.get("after", "0"))
    sender = session.external_id
    followed = (await on_database(find, sender)).pk
    response = StreamingHttpResponse(_stream(sender, followed, after, session.until), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _stream(sender: str, followed: UUID, after: int, until: datetime) -> AsyncIterator[str]:
    """Follow what the page shows, also when that becomes another conversation.

    Ends when the token does: what a customer may see does not outlive their being signed in.
    """
    yield "retry: 1500\n\n"
    known: dict[str, Any] = {}
    while (until - timezone.now()).total_seconds() > 0:
        async with listen(followed) as listener:
            while (left := (until - timezone.now()).total_seconds()) > 0:
                present, lines, now = await on_database(_news, sender, after)
                if present != followed:
                    followed = present
                    break
                after = max([after, *(line["seq"] for line in lines)])
                news = [sse("message", line, line["seq"]) for line in lines] + _changes(known, now)
                if news:
                    yield "".join(news)
                known = now
                look = time.monotonic() + min(LOOK_FOR_ANOTHER if "moved_to" in now else LOOK, left)
                while (happened := await _wait(listener, min(HEARTBEAT, max(0, look - time.monotonic())))) is None:
                    yield ": still here\n\n"
                    if time.monotonic() >= look:
                        break
                for event in happened or ():
                    if event.kind == "typing" and event.actor != "customer" and "moved_to" not in now:
                        yield sse("typing", {"author": "agent", "on": True})


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
    if known.get("read", 0) != now["read"]:
        # Of the customer's own messages: all up to this one.
        chunks.append(sse("delivery", {"seq": now["read"], "state": "read"}))
    return chunks


def _news(sender: str, after: int) -> tuple[UUID, list[dict[str, Any]], dict[str, Any]]:
    identity, conversation = place(sender)
    return conversation.pk, shapes.messages(identity, conversation, after), shapes.state(conversation, identity)


async def _wait(listener: Listener, seconds: float) -> list[Event] | None:
    """Everything that happened since the last look; None when it was only time for a heartbeat."""
    try:
        events = [await asyncio.wait_for(listener.get(), seconds)]
    except TimeoutError:
        return None
    while not listener.empty():
        events.append(listener.get_nowait())
    return events
