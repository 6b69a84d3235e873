"""POST /web/attachments: a file on its way into a message. GET /web/attachments/<id>: one of the own conversation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase

from bot.conversations.database import on_database
from bot.conversations.media import serve, store
from bot.conversations.media.checks import too_large
from bot.conversations.models import Conversation
from bot.conversations.web.door import Mistake, adapter, endpoint, find, headers_only
from channels.base import BadRequest

# What a form wraps around its file: borders, names, types.
WRAPPING = 20_000


@endpoint("POST", largest=settings.MEDIA_BYTES + WRAPPING)
async def upload(request: HttpRequest) -> HttpResponseBase:
    """multipart/form-data with one `file` → 201 {id, kind, mime, name, size, …}, for a message's `attachments`."""
    sender = adapter().session(headers_only(request)).external_id
    if not request.headers.get("content-length"):
        raise Mistake(411, "length", "send Content-Length, so that a file that is too large is not sent at all")
    conversation = await on_database(find, sender)
    file = await sync_to_async(_the_file)(request)
    shown = await on_database(_keep, conversation, file)
    return JsonResponse(shown, status=201)


def _the_file(request: HttpRequest) -> UploadedFile:
    try:
        files = list(request.FILES.lists())
    except (MultiPartParserError, RequestDataTooBig, SuspiciousOperation) as error:
        raise BadRequest("the body is not multipart/form-data, or does not end where it should") from error
    if len(files) != 1 or files[0][0] != "file" or len(files[0][1]) != 1:
        raise BadRequest("file: send exactly one file, in a form field of this name")
    file: UploadedFile = files[0][1][0]
    return file


def _keep(conversation: Conversation, file: UploadedFile) -> dict[str, Any]:
    if (file.size or 0) > settings.MEDIA_BYTES:
        raise too_large()
    media = store.keep(file.read(), conversation=conversation, name=file.name or "", claimed=file.content_type or "")
    return store.shape(media)


@endpoint("GET")
async def download(request: HttpRequest, media_id: UUID) -> HttpResponseBase:
    sender = adapter().session(headers_only(request)).external_id
    return await on_database(_show, request, sender, media_id)


def _show(request: HttpRequest, sender: str, media_id: UUID) -> HttpResponse:
    conversation = find(sender)
    media = conversation.media.filter(pk=media_id).exclude(message__note=True).first()
    try:
        if media:
            return serve.response(media, request)
    except FileNotFoundError:
        pass
    raise Mistake(404, "gone", "there is no such file in this conversation, or no longer")
