"""POST /desks/<name>/webhook: what another desk tells us."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from bot.conversations.background import go_on
from bot.conversations.database import on_database
from bot.conversations.outbox import deliver
from bot.desk.desks import forwarding, registry
from bot.desk.desks.base import DeskError, Unauthorized, Unreadable

log = logging.getLogger(__name__)
LARGEST_BODY = 1_000_000


@csrf_exempt
@require_POST
async def webhook(request: HttpRequest, name: str) -> HttpResponse:
    """Unknown kinds are answered 200, so that they are not sent again; 503 asks for another try."""
    if name not in registry.DESKS or not (desk := registry.desk(name)).configured():
        return _say("no such desk", 404)
    if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
        return _say("too large", 413)
    try:
        headers = {key.lower(): value for key, value in request.headers.items()}
        desk.authenticate(headers, request.body, timezone.now())
        events = desk.parse(request.body)
    except Unauthorized as error:
        log.warning("%s webhook refused: %s", name, error)
        return _say("the signature does not match", 403)
    except Unreadable as error:
        return _say(f"unreadable: {error}", 400)
    try:
        for heard in events:
            if conversation := await on_database(forwarding.obey, desk, heard):
                go_on(deliver(conversation))
    except DeskError as error:
        log.error("%s: %s", name, error)
        return _say("not ready", 503)
    return _say("ok", 200)


def _say(text: str, status: int) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain")
