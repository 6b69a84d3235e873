"""GET /web/loader.js and /web/app.js: what the one line on a shop's page fetches."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from channels.web import bundle

# A new version reaches every page within this many seconds; an unchanged one is answered with 304.
FRESH = 600


@require_safe
def loader(request: HttpRequest) -> HttpResponse:
    return _sent(request, bundle.loader())


@require_safe
def app(request: HttpRequest) -> HttpResponse:
    return _sent(request, bundle.app())


def _sent(request: HttpRequest, script: bundle.Script) -> HttpResponse:
    zipped = "gzip" in request.headers.get("accept-encoding", "")
    tag = f'"{script.tag}{"-gzip" if zipped else ""}"'
    if request.headers.get("if-none-match") == tag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(
            script.gzipped if zipped else script.plain, content_type="text/javascript; charset=utf-8"
        )
        if zipped:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = tag
    response["Cache-Control"] = f"public, max-age={FRESH}, stale-while-revalidate=86400"
    response["X-Content-Type-Options"] = "nosniff"
    # The same file for everybody, and nothing in it is anybody's: a page of any site may load it.
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
