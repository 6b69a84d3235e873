"""How often one address or one customer may come, so that a flood costs its sender more than it costs the shop.

Counted per minute in Django's cache: in one process by default, in all of them with REDIS_URL. Behind a proxy the
address is the one that uvicorn takes from X-Forwarded-For of trusted proxies (FORWARDED_ALLOW_IPS).
"""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from asgiref.sync import iscoroutinefunction, sync_to_async
from django.conf import settings
from django.core.cache import cache, caches
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
WINDOW = 60
clock: Callable[[], float] = time.time


@dataclass(frozen=True)
class Limit:
    """`address` and `bearer`: so many a minute from one address, and with one bearer token; 0 is no limit."""

    method: str
    path: re.Pattern[str]
    address: int
    bearer: int = 0


LIMITS = (
    Limit("POST", re.compile(r"/(login|admin/login/|cms/login/)$"), address=20),
    Limit("POST", re.compile(r"/web/session$"), address=60),
    Limit("POST", re.compile(r"/web/messages$"), address=600, bearer=60),
    Limit("POST", re.compile(r"/web/attachments$"), address=120, bearer=20),
    Limit("POST", re.compile(r"/help/feedback/"), address=30),
    Limit("POST", re.compile(r"/continue$|/web/continue$"), address=30),
    Limit("POST", re.compile(r"/our-messages$"), address=6),
)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from: the connection's address, or what a proxy that is trusted tells of it.

    X-Forwarded-For is not read here: anybody may write it, and uvicorn has already judged it.
    """
    return str(request.META.get("REMOTE_ADDR") or "")


def wait_for(request: HttpRequest) -> int:
    """Seconds until this may be asked again; 0 when it may be now."""
    limit = next((one for one in LIMITS if one.method == request.method and one.path.match(request.path)), None)
    if limit is None:
        return 0
    now = int(clock())
    bearer = request.headers.get("authorization", "")
    kept = [(limit.address, address_of(request)), (limit.bearer if bearer else 0, bearer)]
    try:
        over = [_counted(limit, name, now) > most for most, name in kept if most]
    except RedisError as error:
        # Customers are served without limits rather than not at all.
        log.warning("calls are not counted while Redis is away: %s", type(error).__name__)
        return 0
    return WINDOW - now % WINDOW if any(over) else 0


async def _wait_for(request: HttpRequest) -> int:
    # Counting in this process's own memory takes no time; Redis may.
    return wait_for(request) if isinstance(caches["default"], LocMemCache) else await sync_to_async(wait_for)(request)


def _counted(limit: Limit, name: str, now: int) -> int:
    # Neither an address nor a token is kept as it is.
    key = hashlib.sha256(f"{settings.SECRET_KEY}:{limit.path.pattern}:{name}".encode()).hexdigest()[:40]
    key = f"limit:{key}:{now // WINDOW}"
    cache.add(key, 0, 2 * WINDOW)
    try:
        return cache.incr(key)
    except ValueError:
        # It ran out between the two calls.
        return 0


def refused(request: HttpRequest, seconds: int) -> JsonResponse:
    log.warning("too many calls of %s %s from one sender", request.method, request.path)
    words = f"too many at once; try again in {seconds} s"
    answer = JsonResponse({"error": {"code": "too_many", "message": words}}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


Next = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def middleware(get_response: Next) -> Next:
    """Answers 429 with Retry-After where somebody comes too often. Off while POSTVENTA_LIMITS is 0."""
    if iscoroutinefunction(get_response):

        async def waiting(request: HttpRequest) -> HttpResponseBase:
            if settings.LIMITS and (seconds := await _wait_for(request)):
                return refused(request, seconds)
            answer: HttpResponseBase = await get_response(request)
            return answer

        return waiting

    def at_once(request: HttpRequest) -> HttpResponseBase:
        if settings.LIMITS and (seconds := wait_for(request)):
            return refused(request, seconds)
        answer: HttpResponseBase = get_response(request)  # type: ignore[assignment]
        return answer

    return at_once
