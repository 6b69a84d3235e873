"""What stands between a request and every view."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import cast

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.middleware.security import SecurityMiddleware
from django.urls import resolve
from django.utils.decorators import async_only_middleware, sync_and_async_middleware

NOT_PAGES = (
    "/account", "/api/", "/calls/", "/channels/", "/desk", "/files/", "/healthz", "/help/", "/insights", "/metrics",
    "/our-messages", "/readyz", "/sandbox/", "/static/", "/web/",
)  # fmt: skip


class PageLocaleMiddleware(LocaleMiddleware):
    """Django's, except that who asks for what does not exist is told so.

    Every unknown address could be an article's, so Django would send it on to /es/… instead of saying 404.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(NOT_PAGES):
            return response
        return super().process_response(request, response)


class HeadersMiddleware(SecurityMiddleware):
    """Django's, which only reads and sets headers, without the two changes of threads that it costs under ASGI."""

    async def __acall__(self, request: HttpRequest) -> HttpResponseBase:
        refused = self.process_request(request)
        if refused is not None:
            return refused
        waiting = cast(Awaitable[HttpResponse], self.get_response(request))
        return self.process_response(request, await waiting)


# Where agents read what strangers wrote: nothing but our own files may run or be loaded there, should something get
# past the escaping. The editor and Django's admin need scripts in their pages and are not among them.
STAFF_PAGES = ("/desk", "/insights", "/outreach", "/account", "/login", "/logout")
STAFF_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'self'"
)
Next = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def staff_policy(get_response: Next) -> Next:
    """Content-Security-Policy of the pages for the team; a view that sets its own keeps it."""

    def told(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith(STAFF_PAGES):
            response.headers.setdefault("Content-Security-Policy", STAFF_POLICY)
        return response

    if iscoroutinefunction(get_response):

        async def waiting(request: HttpRequest) -> HttpResponseBase:
            return told(request, await get_response(request))

        return waiting

    def at_once(request: HttpRequest) -> HttpResponseBase:
        return told(request, get_response(request))  # type: ignore[arg-type]

    return at_once


# Asked by programs, with a token or a signature in every call: providers, and the page's own script.
DOORS = ("/web/", "/channels/")


@async_only_middleware
def doors(get_response: Callable[[HttpRequest], Awaitable[HttpResponseBase]]) -> Next:
    """Leads programs straight to their view: static files, sessions, forms and a visitor's language, which follow
    below, are nothing to them. Each of those costs a change of threads, together as much as storing the message."""

    async def straight(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(DOORS):
            return await get_response(request)
        found = request.resolver_match = resolve(request.path_info)
        if not iscoroutinefunction(found.func):
            return await get_response(request)
        answer: HttpResponseBase = await found.func(request, *found.args, **found.kwargs)
        return answer

    return straight
