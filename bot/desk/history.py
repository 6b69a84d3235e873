"""The page with everything that a customer and the shop said to each other, on every channel."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bot.desk import one_customer, thread
from bot.desk.access import Agent, agents_only, for_agent
from bot.desk.inbox import who
from bot.desk.views import find, not_found


@require_safe
@agents_only
async def history(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponseBase:
    """GET /desk/c/<id>/history?page=1: the newest lines; later pages hold earlier ones."""
    return await for_agent(request, _history, request, conversation_id)


def _history(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    conversation = find(conversation_id)
    if conversation is None:
        return not_found(request)
    asked = request.GET.get("page", "1")
    page = max(1, int(asked)) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1
    told = one_customer.history(conversation.identity.customer, page)
    context = {
        "conversation": conversation,
        "who": who(conversation),
        "lines": [(line.conversation_id, thread.line_of(line)) for line in told.messages],
        "count": told.count,
        "page": page,
        "next_page": page + 1 if told.more else 0,
        "previous_page": page - 1,
    }
    return render(request, "desk/history.html", context)
