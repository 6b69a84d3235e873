"""The desk's pages and the fragments that htmx fetches."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from bot.conversations import events, signals
from bot.conversations.models import Conversation
from bot.desk import actions, calls, inbox, thread
from bot.desk.access import Agent, agents_only, for_agent
from bot.desk.filters import Filters, choices
from bot.desk.floor import presence
from bot.desk.offered import offered
from bot.desk.package import package
from bot.desk.tools.state import tools

MOST_NAMED = 50


@require_safe
@agents_only
async def desk(request: HttpRequest, agent: Agent) -> HttpResponseBase:
    """GET /desk?tab=queue|mine|all|resolved&q=words"""
    return await for_agent(request, _page, request, agent, None)


@require_safe
@agents_only
async def inbox_list(request: HttpRequest, agent: Agent) -> HttpResponseBase:
    """GET /desk/list: the list alone, with the counts of the tabs."""
    return await for_agent(request, _list, request, agent)


@require_safe
@agents_only
async def conversation(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponseBase:
    """GET /desk/c/<id>: the conversation and its package; the whole page unless htmx asks."""
    return await for_agent(request, _conversation, request, agent, conversation_id)


@require_safe
@agents_only
async def news(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponseBase:
    """GET /desk/c/<id>/news?after=SEQ&changed=SEQ,SEQ: new lines, changed lines, and who has it now.

    With `lines=1` nothing but the lines: they are what an agent waits for, the rest may come a moment later.
    """
    return await for_agent(request, _news, request, agent, conversation_id)


@require_safe
@agents_only
async def earlier(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponseBase:
    """GET /desk/c/<id>/earlier?before=SEQ"""
    return await for_agent(request, _earlier, request, conversation_id)


@require_POST
@agents_only
async def typing(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponseBase:
    """POST /desk/c/<id>/typing: the customer's page shows that the agent who has the conversation is writing."""
    return await for_agent(request, _typing, agent, conversation_id)


def find(conversation_id: UUID) -> Conversation | None:
    return Conversation.objects.select_related("identity__customer").filter(pk=conversation_id).first()


def not_found(request: HttpRequest) -> HttpResponse:
    return render(request, "desk/not_found.html", status=404)


def _page(request: HttpRequest, agent: Agent, shown: Conversation | None) -> HttpResponse:
    context = {
        "agent": agent,
        "inbox": _inbox(request, agent),
        "filters": choices(),
        "away": presence.is_away(agent.id),
        "last_event": events.newest(),
    }
    if shown:
        context |= _about(agent, shown)
    return render(request, "desk/page.html", context)


def _inbox(request: HttpRequest, agent: Agent) -> inbox.Inbox:
    wanted = _number(request.GET.get("limit"), inbox.PAGE)
    limit = max(inbox.PAGE, min(wanted, 10 * inbox.PAGE))
    return inbox.read(agent, request.GET.get("tab", "queue"), Filters.of(request.GET.dict()), limit)


def _list(request: HttpRequest, agent: Agent) -> HttpResponse:
    return render(request, "desk/list.html", {"agent": agent, "inbox": _inbox(request, agent)})


def _conversation(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponse:
    shown = find(conversation_id)
    if shown is None:
        return not_found(request)
    inbox.mark_seen(agent, shown, shown.last_seq)
    if request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request"):
        return render(request, "desk/conversation.html", {"agent": agent, **_about(agent, shown)})
    return _page(request, agent, shown)


def _about(agent: Agent, shown: Conversation) -> dict[str, Any]:
    lines = thread.lines(shown)
    return {
        **_state(agent, shown),
        "lines": lines,
        "last_seq": shown.last_seq,
        "more_before": thread.earliest(shown, lines),
    }


def _state(agent: Agent, shown: Conversation) -> dict[str, Any]:
    return {
        "conversation": shown,
        "who": inbox.who(shown),
        "holder": actions.name_of(shown.agent_id),
        "mine": shown.owner == agent.owner,
        "can": actions.allowed(agent, shown),
        "text_limit": actions.TEXT_LIMIT,
        "templates": offered(agent, shown),
        **tools(agent, shown),
        "calls": calls.of_conversation(shown, agent),
        "package": package(shown),
    }


def _news(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponse:
    shown = find(conversation_id)
    if shown is None:
        return not_found(request)
    after = _number(request.GET.get("after"), shown.last_seq)
    changed = [_number(part, 0) for part in request.GET.get("changed", "").split(",")[:MOST_NAMED]]
    if request.GET.get("seen"):
        inbox.mark_seen(agent, shown, shown.last_seq)
    context = {
        "conversation": shown,
        "can": actions.allowed(agent, shown),
        "lines": thread.lines(shown, after),
        "changed": thread.named(shown, [seq for seq in changed if seq <= after]),
    }
    if not request.GET.get("lines"):
        context |= {"agent": agent, **_state(agent, shown), "whole": True}
    return render(request, "desk/news.html", context)


def _typing(agent: Agent, conversation_id: UUID) -> HttpResponse:
    shown = find(conversation_id)
    if shown and shown.channel == "web" and shown.agent_id == agent.id:
        signals.agent_typing(shown.pk, agent.id)
    return HttpResponse(status=204)


def _earlier(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    shown = find(conversation_id)
    if shown is None:
        return not_found(request)
    lines = thread.before(shown, _number(request.GET.get("before"), 0))
    more = thread.earliest(shown, lines)
    return render(request, "desk/earlier.html", {"conversation": shown, "lines": lines, "more_before": more})


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 9 else default
