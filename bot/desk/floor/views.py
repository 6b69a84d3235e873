"""The supervisor's view, and whether an agent takes conversations."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from bot.desk.access import Agent, agents_only, for_agent
from bot.desk.floor import presence
from bot.desk.floor.load import load


@require_safe
@agents_only
async def floor(request: HttpRequest, agent: Agent) -> HttpResponseBase:
    """GET /desk/floor: the live load; only its table where htmx asks."""
    return await for_agent(request, _floor, request, agent)


@require_POST
@agents_only
async def away(request: HttpRequest, agent: Agent) -> HttpResponseBase:
    """POST /desk/away: the agent takes nothing new (away=1), or does again."""
    await for_agent(request, presence.set_away, agent.id, bool(request.POST.get("away")))
    return HttpResponse(status=204) if request.headers.get("HX-Request") else redirect("desk")


def _floor(request: HttpRequest, agent: Agent) -> HttpResponse:
    if not agent.supervisor:
        return render(request, "floor/not_yours.html", status=403)
    page = "floor/table.html" if request.headers.get("HX-Request") else "floor/page.html"
    return render(request, page, {"agent": agent, "load": load()})
