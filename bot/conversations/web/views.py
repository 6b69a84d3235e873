"""POST /web/session, POST and GET /web/messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bot.conversations import moving
from bot.conversations.database import on_database
from bot.conversations.models import Conversation, Identity
from bot.conversations.receive import conversation_for
from bot.conversations.web import shapes
from bot.conversations.webhooks import raw_request, take_in
from channels import registry
from channels.base import BadRequest, Inbound, Unauthorized
from channels.web.adapter import WebAdapter
from channels.web.tokens import new_visitor

LARGEST_BODY = 64_000
View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def adapter() -> WebAdapter:
    return cast(WebAdapter, registry.adapter("web"))


def problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)


def endpoint(*methods: str) -> Callable[[View], View]:
    """A public JSON endpoint: method, size and token problems become clear answers."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        async def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            if request.method not in methods:
                return problem(405, "method", f"use {' or '.join(methods)} here")
            if int(request.headers.get("content-length") or 0) > LARGEST_BODY:
                return problem(413, "too_large", f"at most {LARGEST_BODY} bytes")
            try:
                return await view(request, **kwargs)
            except Unauthorized as error:
                return problem(401, "token", str(error))
            except BadRequest as error:
                return problem(422, "invalid", str(error))

        return guarded

    return decorate


@endpoint("POST")
async def session(request: HttpRequest) -> HttpResponseBase:
    """Begin: a new visitor with an empty conversation, and the token that speaks for them."""
    language = _session_language(request)
    visitor = new_visitor()
    token, expires = adapter().issue(visitor)
    conversation = await on_database(_begin, visitor, language)
    return JsonResponse(
        {"token": token, "conversation": str(conversation.pk), "expires_at": expires.isoformat()}, status=201
    )


def _session_language(request: HttpRequest) -> str:
    try:
        body = json.loads(request.body or b"{}")
    except ValueError as error:
        raise BadRequest("the body is not JSON in UTF-8") from error
    if not isinstance(body, dict) or set(body) - {"language", "identity"}:
        raise BadRequest("the body is an object with language and identity, both optional, and nothing else")
    if body.get("identity") is not None:
        raise BadRequest("identity: signed-in customers are not configured on this site; leave identity out")
    language = body.get("language")
    if language is not None and not isinstance(language, str):
        raise BadRequest("language: a code such as es or en")
    code = (language or settings.LANGUAGE_CODE).partition("-")[0].lower()
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@transaction.atomic
def _begin(visitor: str, language: str) -> Conversation:
    hello = Inbound(
        channel="web",
        account=adapter().account,
        event_id=f"{visitor}:session",
        kind="membership",
        external_id=visitor,
        occurred_at=timezone.now(),
        language=language,
    )
    return conversation_for(hello)


@endpoint("POST", "GET")
async def messages(request: HttpRequest) -> HttpResponseBase:
    raw = raw_request(request)
    if request.method == "GET":
        visitor = adapter().visitor(raw)
        after = _number(request.GET.get("after", "0"))
        return JsonResponse(await on_database(_read, visitor, after))
    adapter().authenticate(raw)
    inbound = adapter().parse(raw)[0]
    if inbound.attachments:
        raise BadRequest("attachments: this site takes no files yet")
    if inbound.action and not inbound.text and not await on_database(_known_choice, inbound):
        raise BadRequest("choice: that choice was never offered in this conversation")
    received = (await take_in([inbound]))[0]
    message = received.message
    if message is None:
        raise BadRequest("text: nothing to read in it")
    return JsonResponse({"id": str(message.pk), "seq": message.seq}, status=202)


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise BadRequest("after: a message number, 0 or more")
    return int(text)


def find(visitor: str) -> tuple[Identity, Conversation]:
    """The visitor and what their page shows; raises `Unauthorized` when it is gone (erased)."""
    identity = Identity.objects.filter(channel="web", external_id=visitor).first()
    conversation = moving.shown_at(identity) if identity else None
    if identity is None or conversation is None:
        raise Unauthorized("this conversation no longer exists; begin a new one with POST /web/session")
    return identity, conversation


def _read(visitor: str, after: int) -> dict[str, Any]:
    identity, conversation = find(visitor)
    return {"messages": shapes.messages(identity, after), **shapes.state(conversation, identity)}


def _known_choice(inbound: Inbound) -> bool:
    identity, _ = find(inbound.external_id)
    return identity.messages.filter(payloads__has_key=inbound.action).exists()
