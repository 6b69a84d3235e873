"""Showing a kept file to somebody who may see it. Who may is for the caller to know."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse

from bot.conversations.media.models import Media
from bot.conversations.media.store import private

RANGE = re.compile(r"bytes=(\d{0,12})-(\d{0,12})")


def response(media: Media, request: HttpRequest | None = None) -> HttpResponse:
    """The file as a download that no browser runs as a page; a part of it where a player asks for one.

    `<img>`, `<audio>` and `<video>` show it all the same. Raises FileNotFoundError where it was not kept.
    """
    if media.state != Media.State.KEPT:
        raise FileNotFoundError(f"{media} has no file")
    with private().open(media.path) as file:
        data = file.read()
    asked = RANGE.fullmatch(request.headers.get("range", "")) if request else None
    answer = _part(data, *asked.groups()) if asked and asked[0] != "bytes=-" else HttpResponse(data)
    answer["Content-Type"] = media.mime
    answer["Content-Disposition"] = disposition(media.name)
    answer["Accept-Ranges"] = "bytes"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cross-Origin-Resource-Policy"] = "same-site"
    answer["Cache-Control"] = "private, no-store"
    return answer


def disposition(name: str) -> str:
    """`attachment` with the name, in plain letters and in full (RFC 6266)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace('"', "_").replace("\\", "_")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _part(data: bytes, first: str, last: str) -> HttpResponse:
    """Bytes `first` to `last`, both included, or the `last` ones where there is no `first` (RFC 9110, 14.2)."""
    size = len(data)
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    if start > end:
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{size}"
        return refused
    answer = HttpResponse(data[start : end + 1], status=206)
    answer["Content-Range"] = f"bytes {start}-{end}/{size}"
    return answer
