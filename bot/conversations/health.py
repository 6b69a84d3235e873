"""GET /healthz: this process runs. GET /readyz: it can take messages in; what else it needs is told as well.

A message is stored before it is answered, so a web process without the dialogue is still of use: a balancer that took
it away would turn webhooks away with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

import httpx
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from bot.conversations.database import on_database
from bot.dialogue.engine import dialogue

PATIENCE = 2.0


async def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


async def readyz(request: HttpRequest) -> JsonResponse:
    found = await parts()
    down = [name for name, well in found.items() if not well]
    return JsonResponse({"ok": found["database"], **found, "down": down}, status=200 if found["database"] else 503)


async def parts() -> dict[str, bool]:
    """Whether each part that this installation has answers at this moment."""
    asked: dict[str, Awaitable[Any]] = {
        "database": on_database(_database), "rasa": dialogue().healthy(),
        "actions": _told(settings.ACTIONS_HEALTH_URL), "chroma": _told(_heartbeat()),
    }  # fmt: skip
    if settings.REDIS_URL:
        asked["redis"] = on_database(_redis)
    found = dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))
    # The chat model is asked by the actions, and only they know how it went.
    used = (found["actions"] or {}).get("parts") or {}
    return {name: bool(well) for name, well in {**found, **used}.items()}


def _heartbeat() -> str:
    return f"{settings.CHROMA_URL.rstrip('/')}/api/v2/heartbeat"


async def _told(url: str) -> dict[str, Any] | None:
    """The object that a health page tells; None where it does not answer well."""
    try:
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            answer = await client.get(url)
            told = answer.json()
    except (httpx.HTTPError, ValueError):
        return None
    return told if answer.is_success and isinstance(told, dict) else None


def _redis() -> bool:
    try:
        cache.get("health")
    except RedisError:
        return False
    return True


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
