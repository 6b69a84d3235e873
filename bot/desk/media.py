"""GET /desk/media/<id>: a customer's file, for a signed-in agent."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bot.conversations.media import serve
from bot.conversations.models import Media
from bot.desk.access import Agent, agents_only, for_agent


@require_safe
@agents_only
async def media(request: HttpRequest, agent: Agent, media_id: UUID) -> HttpResponseBase:
    """The bytes of a kept file, as a download; 404 for one that was refused or erased."""
    return await for_agent(request, _media, request, media_id)


def _media(request: HttpRequest, media_id: UUID) -> HttpResponse:
    found = Media.objects.filter(pk=media_id).first()
    try:
        if found is not None:
            return serve.response(found, request)
    except FileNotFoundError:
        pass
    return render(request, "desk/not_found.html", status=404)
