"""An address under which a provider, or the customer, can fetch a file that we send; nobody can guess or extend one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from bot.conversations.media import serve
from bot.conversations.media.models import Media

SALT = "file on its way to a customer"
# Mail and Telegram hand the address itself to the customer, who may open it days later.
GOOD_FOR = timedelta(days=30)


def address(media_id: UUID | str) -> str:
    """An absolute address of a kept file."""
    token = signing.TimestampSigner(salt=SALT).sign(UUID(str(media_id)).hex)
    return f"{settings.PUBLIC_BASE_URL}{reverse('media-file', args=[token])}"


def kept(attachment: Mapping[str, Any]) -> str:
    """The same for an attachment of a message; empty where we have no bytes of it."""
    return address(attachment["id"]) if attachment.get("id") and attachment.get("state") == "kept" else ""


@require_safe
def file(request: HttpRequest, token: str) -> HttpResponse:
    """GET /files/<token>: 404 for whatever is not, or no longer, a file that we sent."""
    try:
        found = Media.objects.filter(pk=UUID(signing.TimestampSigner(salt=SALT).unsign(token, max_age=GOOD_FOR)))
        media = found.filter(message__note=False).first()
        if media is not None:
            return serve.response(media, request)
    except (signing.BadSignature, ValueError, FileNotFoundError):
        pass
    return HttpResponse("there is no such file, or no longer", status=404, content_type="text/plain")
