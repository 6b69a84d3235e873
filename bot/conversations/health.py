"""GET /healthz: this process runs. GET /readyz: it can take messages in; what else it needs is told as well.

A message is stored before it is answered, so a web process without the dialogue is still of use: a balancer that took
it away would turn webhooks away with it.
"""

from __future__ import annotations

import asyncio

import httpx
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from bot.conversations.database import on_database
from bot.dialogue.engine import dialogue

PATIENCE = 2.0


async def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


async def readyz(request: HttpRequest) -> JsonResponse:
    database, rasa, actions, chroma = await asyncio.gather(
        on_database(_database), dialogue().healthy(), _answers(settings.ACTIONS_HEALTH_URL), _answers(_heartbeat())
    )
    parts = {"database": database, "rasa": rasa, "actions": actions, "chroma": chroma}
    down = [name for name, well in parts.items() if not well]
    return JsonResponse({"ok": database, **parts, "down": down}, status=200 if database else 503)


def _heartbeat() -> str:
    return f"{settings.CHROMA_URL.rstrip('/')}/api/v2/heartbeat"


async def _answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            return (await client.get(url)).is_success
    except httpx.HTTPError:
        return False


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
