"""Going on in the web chat by a signed link: the page that the link opens, and what its button does.

The token travels behind the # of the address: no server log, no referrer and no chat application that looks at links
beforehand ever sees it, and opening the page changes nothing. Only the button does.
"""

from __future__ import annotations

import json

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bot.conversations import codes, moving
from bot.conversations.background import go_on
from bot.conversations.database import on_database
from bot.conversations.models import Identity, Move
from bot.conversations.outbox import deliver
from bot.conversations.web.door import adapter, endpoint, place, problem
from bot.conversations.webhooks import raw_request
from bot.conversations.writing import lock
from channels.base import BadRequest

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
LONGEST_TOKEN = 200


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """GET /continue#<token>"""
    response = render(request, "conversations/continue.html")
    response["Content-Security-Policy"] = POLICY
    response["Referrer-Policy"] = "no-referrer"
    return response


@endpoint("POST")
async def use(request: HttpRequest) -> HttpResponseBase:
    """POST /web/continue {token}, as the visitor of the bearer token: the conversation goes on in their page."""
    visitor = adapter().session(raw_request(request)).external_id
    token = _token(request)
    moved = await on_database(_use, visitor, token)
    if isinstance(moved, moving.Failed):
        return problem(409, moved.why, "the link does not work any more: it lasts a short time and works once")
    go_on(deliver(moved.conversation_id))
    return JsonResponse({"conversation": str(moved.conversation_id)})


def _token(request: HttpRequest) -> str:
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not JSON in UTF-8") from error
    token = body.get("token") if isinstance(body, dict) else None
    if not isinstance(token, str) or not token or len(token) > LONGEST_TOKEN:
        raise BadRequest("token: what stands behind the # of the link")
    return token


@transaction.atomic
def _use(visitor: str, token: str) -> Move | moving.Failed:
    identity, _ = place(visitor)
    code = codes.signed(token)
    if not code:
        return moving.Failed("wrong")
    if earlier := _done_before(identity, code):
        return earlier
    moved = moving.use(identity, code, by_link=True)
    if isinstance(moved, Move):
        moving.tell_arrived(lock(moved.conversation_id), moved)
    return moved


def _done_before(identity: Identity, code: str) -> Move | None:
    """The same link in the same page again, such as after a lost answer, finds what it did."""
    return Move.objects.filter(digest=codes.digest(code), place=identity, conversation__identity=identity).first()
