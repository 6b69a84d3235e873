"""What stands between a request and every view."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware

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
