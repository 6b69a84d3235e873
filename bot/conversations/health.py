"""GET /healthz: this process runs. GET /readyz: what it needs answers too."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from bot.conversations.database import on_database
from bot.dialogue.engine import dialogue


async def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


async def readyz(request: HttpRequest) -> JsonResponse:
    parts = {"database": await on_database(_database), "rasa": await dialogue().healthy()}
    return JsonResponse({"ok": all(parts.values()), **parts}, status=200 if all(parts.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
