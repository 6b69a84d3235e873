"""Guarding the sandbox's own endpoints: on only in the sandbox, and every mistake explained."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from datetime import date
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

LARGEST_BODY = 2_000_000
View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


class Mistake(Exception):
    """The caller can put it right; `status` and `code` say what kind of mistake, the words how."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


def in_sandbox_only() -> None:
    """Raises Http404 where the sandbox is off, whatever the addresses say."""
    if not settings.SANDBOX:
        raise Http404("the sandbox is off")


def problem(status: int, code: str, message: str) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)


def endpoint(*methods: str) -> Callable[[View], View]:
    """A JSON endpoint of the sandbox."""

    def decorate(view: View) -> View:
        @csrf_exempt
        @wraps(view)
        async def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            in_sandbox_only()
            if request.method not in methods:
                return problem(405, "method", f"use {' or '.join(methods)} here")
            length = request.headers.get("content-length") or "0"
            if not length.isdecimal() or int(length) > LARGEST_BODY:
                return problem(413, "too_large", f"at most {LARGEST_BODY} bytes")
            try:
                return await view(request, **kwargs)
            except Mistake as mistake:
                return problem(mistake.status, mistake.code, str(mistake))

        return guarded

    return decorate


def read_object(request: HttpRequest, known: set[str]) -> dict[str, Any]:
    """The body as a JSON object with no fields but the known ones; raises `Mistake`."""
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise Mistake(400, "json", "the body is not JSON in UTF-8") from None
    if not isinstance(body, dict):
        raise Mistake(422, "invalid", "the body is a JSON object")
    if unknown := sorted(set(body) - known):
        raise Mistake(
            422, "invalid", f"{', '.join(unknown)[:100]}: no such field; there are {', '.join(sorted(known))}"
        )
    return body


def read_words(body: dict[str, Any], name: str, longest: int) -> str:
    value = body.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > longest:
        raise Mistake(422, "invalid", f"{name}: a text of at most {longest} characters")
    return value


def read_day(body: dict[str, Any]) -> date | None:
    """`today` as a day; None is the real one. Raises `Mistake`."""
    value = body.get("today")
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Mistake(422, "invalid", "today: a day such as 2026-12-24, or null for the real one") from None
