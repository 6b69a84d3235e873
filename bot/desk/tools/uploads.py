"""Files that an agent sends: kept through the same checks as customers' files, before they go into a message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bot.conversations.media import checks, store
from bot.conversations.models import Conversation, Media
from bot.desk.access import Agent, agents_only, for_agent
from bot.desk.labels import CHANNELS, word
from bot.desk.refusals import Refused
from channels import registry

# What a form wraps around its file: borders, names, types.
WRAPPING = 20_000


@require_POST
@agents_only
async def upload(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponseBase:
    """POST /desk/c/<id>/files, multipart with one `file` → 201 {id, kind, name, size, …}; else {problem} in words."""
    length = request.headers.get("content-length", "")
    if length.isdecimal() and int(length) > settings.MEDIA_BYTES + WRAPPING:
        return await for_agent(request, _too_large)
    return await for_agent(request, _upload, request, agent, conversation_id)


def _too_large() -> HttpResponse:
    return _problem(413, too_large())


def too_large() -> str:
    return _("The file is larger than %(megabytes)s MB, so it was not sent. Send a smaller one, or a link to it.") % {
        "megabytes": checks.megabytes()
    }


def _problem(status: int, text: str) -> HttpResponse:
    return JsonResponse({"problem": text}, status=status)


def _upload(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponse:
    conversation = Conversation.objects.select_related("identity").filter(pk=conversation_id).first()
    if conversation is None:
        return _problem(404, _("This is not there any more."))
    try:
        file = _the_file(request)
        if (file.size or 0) > settings.MEDIA_BYTES:
            return _problem(413, too_large())
        media = store.keep(
            file.read(), conversation=conversation, name=file.name or "", claimed=file.content_type or "",
            agent_id=agent.id,
        )  # fmt: skip
    except checks.Refused as refused:
        return _problem(413 if refused.code == "too_large" else 422, _words(refused))
    except Refused as refused:
        return _problem(422, str(refused))
    return JsonResponse(store.shape(media), status=201)


def _words(refused: checks.Refused) -> str:
    """Why, for an agent: the check's own words speak to a customer."""
    return {
        "empty": _("The file is empty."),
        "too_large": too_large(),
        "unknown_type": _("This kind of file cannot be sent: pictures, PDF, plain text, sound and video (MP4) can."),
        "wrong_type": _("The file calls itself one thing and is another inside, so it was not sent."),
        "broken": _("The picture cannot be opened: it is damaged or far too large in pixels."),
        "too_many": _("That is more files than one conversation takes in a day."),
        "gone": _("A file of this message is no longer here. Attach it again."),
    }[refused.code]


def _the_file(request: HttpRequest) -> UploadedFile[Any]:
    try:
        files = request.FILES.getlist("file")
    except (MultiPartParserError, RequestDataTooBig, SuspiciousOperation):
        files = []
    if len(files) != 1:
        raise Refused(_("The file did not arrive whole. Try again."))
    return files[0]


def chosen(agent: Agent, conversation: Conversation, ids: Sequence[str], *, note: bool) -> list[Media]:
    """The agent's uploads for a message. Raises `Refused` where one is gone, or the channel cannot carry it."""
    if len(ids) > store.MOST_IN_A_MESSAGE:
        raise Refused(_("Up to %(count)s files fit in a message.") % {"count": store.MOST_IN_A_MESSAGE})
    try:
        media = store.uploads(conversation, ids, agent.id)
    except checks.Refused as refused:
        raise Refused(_words(refused)) from refused
    if not note:
        for each in media:
            _carried(conversation.channel, each)
    return media


def _carried(channel: str, media: Media) -> None:
    """Whether the channel can carry a file of this kind; one that takes none (mail) gets a link."""
    try:
        sizes = registry.adapter(channel).caps.media_out
    except (KeyError, registry.NotConfigured):
        return
    if sizes and media.kind not in sizes:
        words = _("%(channel)s takes no files of this kind (%(name)s). Take it out, or leave it in a note.")
        raise Refused(words % {"channel": word(CHANNELS, channel), "name": media.name})


@require_POST
@agents_only
async def forget(request: HttpRequest, agent: Agent, conversation_id: UUID, media_id: UUID) -> HttpResponseBase:
    """POST /desk/c/<id>/files/<file>/forget: the agent does not send it after all."""
    return await for_agent(request, _forget, agent, conversation_id, media_id)


def _forget(agent: Agent, conversation_id: UUID, media_id: UUID) -> HttpResponse:
    found = Media.objects.filter(pk=media_id, conversation=conversation_id, message=None).first()
    if found is not None and found.source.get("agent") == agent.id:
        found.delete()
    return HttpResponse(status=204)
