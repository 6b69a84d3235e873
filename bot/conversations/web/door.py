"""What every address of the web channel shares: who asks, for which conversation, and clear answers to mistakes."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from bot.conversations import moving
from bot.conversations.media.checks import Refused
from bot.conversations.models import Conversation, Identity
from bot.prepared import prepared
from channels import registry
from channels.base import BadRequest, RawRequest, Unauthorized
from channels.web.adapter import WebAdapter
from channels.web.identity import IdentityRefused

LARGEST_BODY = 64_000
GONE = "this conversation no longer exists; begin a new one with POST /web/session"
View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


class Mistake(Exception):
    """The caller can put it right; `status` and `code` say what kind of mistake, the words how."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def adapter() -> WebAdapter:
    return cast(WebAdapter, registry.adapter("web"))


def problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)


def endpoint(*methods: str, largest: int = LARGEST_BODY) -> Callable[[View], View]:
    """A public JSON endpoint: method, size, token and other problems become clear answers."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        async def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                return problem(405, "method", f"use {' or '.join(methods)} here")
            length = request.headers.get("content-length") or "0"
            if not length.isdecimal() or int(length) > largest:
                return problem(413, "too_large", f"at most {largest} bytes")
            try:
                return await view(request, **kwargs)
            except Unauthorized as error:
                return problem(401, "token", str(error))
            except IdentityRefused as error:
                return problem(401, error.code, str(error))
            except BadRequest as error:
                return problem(422, "invalid", str(error))
            except Refused as refused:
                return problem(413 if refused.code == "too_large" else 422, refused.code, str(refused))
            except Mistake as mistake:
                return problem(mistake.status, mistake.code, str(mistake))

        return guarded

    return decorate


def headers_only(request: HttpRequest) -> RawRequest:
    """Enough to know who asks; a body that is a file is not read for it."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    return RawRequest(method=request.method or "", path=request.get_full_path(), headers=headers, body=b"")


def read_object(request: HttpRequest, known: set[str]) -> dict[str, Any]:
    """The body as a JSON object with no fields but the known ones; raises `BadRequest`."""
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not JSON in UTF-8") from error
    if not isinstance(body, dict) or set(body) - known:
        raise BadRequest(f"the body is an object with {', '.join(sorted(known))}, all optional, and nothing else")
    return body


def number(text: str, name: str = "after") -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise BadRequest(f"{name}: a message number, 0 or more")
    return int(text)


def place(external_id: str) -> tuple[Identity, Conversation]:
    """Who this visitor or customer is, and the conversation that their page shows, which may have gone on elsewhere;
    raises `Unauthorized` when it is gone (erased, or moved to the customer who signed in)."""
    known = _known("web", adapter().account, external_id)
    conversation = moving.shown_at(known[0]) if known else None
    if conversation is None:
        raise Unauthorized(GONE)
    return known[0], conversation


@prepared
def _known(channel: str, account: str, external_id: str) -> QuerySet[Identity]:
    return Identity.objects.filter(channel=channel, account=account, external_id=external_id)


def find(external_id: str) -> Conversation:
    """The conversation that the page of this visitor or customer shows; raises `Unauthorized` like `place`."""
    return place(external_id)[1]
