"""The fragments that the composer fetches: canned replies, articles, and to whom a conversation can be passed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from bot.conversations.models import Conversation, Message
from bot.desk.access import Agent, agents_only, for_agent
from bot.desk.floor.presence import here
from bot.desk.sorting import assignment
from bot.desk.tools import canned, casework, citing, joining
from bot.desk.tools.models import Team


def _find(conversation_id: UUID) -> Conversation | None:
    return Conversation.objects.select_related("identity__customer").filter(pk=conversation_id).first()


def _panel(
    request: HttpRequest, conversation_id: UUID, template: str, read: Callable[[Conversation], dict[str, Any]]
) -> HttpResponse:
    conversation = _find(conversation_id)
    if conversation is None:
        return render(request, "desk/not_found.html", status=404)
    return render(request, template, {"conversation": conversation, **read(conversation)})


@require_safe
@agents_only
async def canned_replies(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponseBase:
    """GET /desk/c/<id>/canned?q=words"""
    query = request.GET.get("q", "")
    return await for_agent(
        request, _panel, request, conversation_id, "desk/tools/canned.html",
        lambda conversation: {"replies": canned.found(agent, conversation, query), "query": query},
    )  # fmt: skip


@require_safe
@agents_only
async def articles(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponseBase:
    """GET /desk/c/<id>/articles?q=words"""
    query = request.GET.get("q", "")
    return await for_agent(
        request, _panel, request, conversation_id, "desk/tools/articles.html",
        lambda conversation: {"sources": citing.found(query, conversation.language), "query": query},
    )  # fmt: skip


@require_safe
@agents_only
async def passing(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponseBase:
    """GET /desk/c/<id>/passing: colleagues, teams, and duplicates to join with."""
    return await for_agent(
        request, _panel, request, conversation_id, "desk/tools/passing.html",
        lambda conversation: {
            "colleagues": [fit for fit in assignment.fits(conversation) if fit.agent_id != agent.id],
            "here": here(), "teams": list(Team.objects.all()),
            "duplicates": joining.candidates(conversation),
        },
    )  # fmt: skip


@require_safe
@agents_only
async def second_looks(request: HttpRequest, agent: Agent) -> HttpResponseBase:
    """GET /desk/second-looks: what waits for a second person."""
    return await for_agent(request, _second_looks, request, agent)


def _second_looks(request: HttpRequest, agent: Agent) -> HttpResponse:
    context = {"agent": agent, "looks": casework.waiting(), "verbs": casework.VERBS}
    return render(request, "desk/tools/second_looks.html", context)


@require_safe
@agents_only
async def translation(request: HttpRequest, agent: Agent, conversation_id: UUID, seq: int) -> HttpResponseBase:
    """GET /desk/c/<id>/translation/<line>: in the agent's own language; 404 where no model is configured."""
    return await for_agent(request, _translation, request, conversation_id, seq)


def _translation(request: HttpRequest, conversation_id: UUID, seq: int) -> HttpResponse:
    line = Message.objects.filter(conversation=conversation_id, seq=seq).first()
    if line is None or not settings.CHAT_MODEL:
        return render(request, "desk/not_found.html", status=404)
    from knowledge import translating

    language = get_language() or "es"
    context = {"text": translating.translated(line.text, language), "language": language}
    return render(request, "desk/tools/translation.html", context)
