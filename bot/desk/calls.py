"""Calling customers back from the desk: the list of call-backs, and what an agent does with one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bot.conversations.background import go_on
from bot.conversations.calls import tasks
from bot.conversations.models import CallBack, Conversation
from bot.desk.access import Agent, agents_only, for_agent
from bot.desk.labels import CALLS, word
from channels import registry

SHOWN = 200
ENDINGS = {"done": "done", "missed": "missed", "cancel": "cancelled"}


@dataclass(frozen=True)
class CallView:
    """`can_call`: Twilio is connected and nobody is on the line. `agent_phone` is what this agent used last."""

    id: UUID
    conversation: UUID
    customer: str
    phone: str
    due_at: datetime
    about: str
    state: str
    label: str
    problem: str
    seconds: int
    attempt: int
    overdue: bool
    closed: bool
    can_call: bool
    agent_phone: str


def connected() -> bool:
    """Whether agents can call from here."""
    try:
        registry.telephone()
    except registry.NotConfigured:
        return False
    return True


def views_of(calls: Any, agent: Agent) -> list[CallView]:
    """Call-backs as an agent sees them."""
    used = CallBack.objects.filter(agent=agent.id).exclude(agent_phone="").order_by("-created_at")
    phone, can = used.values_list("agent_phone", flat=True).first() or "", connected()
    return [_view(call, phone, can) for call in calls.select_related("conversation__identity__customer")[:SHOWN]]


def _view(call: CallBack, agent_phone: str, can: bool) -> CallView:
    busy = call.state in tasks.RANK
    return CallView(
        id=call.pk, conversation=call.conversation_id, customer=call.conversation.identity.customer.name,
        phone=call.phone, due_at=call.due_at, about=call.about, state=call.state, label=word(CALLS, call.state),
        problem=call.problem, seconds=call.seconds, attempt=call.attempt,
        overdue=not call.closed_at and call.due_at < timezone.now(), closed=call.closed_at is not None,
        can_call=can and not busy and call.closed_at is None, agent_phone=agent_phone,
    )  # fmt: skip


def of_conversation(conversation: Conversation, agent: Agent) -> list[CallView]:
    """The open call-back of a conversation and the last ones that are over, newest first."""
    return views_of(conversation.call_backs.order_by("-created_at"), agent)[:5]


@require_safe
@agents_only
async def calls(request: HttpRequest, agent: Agent) -> HttpResponseBase:
    """GET /desk/calls: every open call-back, the earliest first."""
    return await for_agent(request, _page, request, agent)


def _page(request: HttpRequest, agent: Agent) -> HttpResponse:
    waiting = views_of(CallBack.objects.filter(closed_at=None), agent)
    return render(request, "desk/calls.html", {"agent": agent, "calls": waiting, "connected": connected()})


@require_POST
@agents_only
async def act(request: HttpRequest, agent: Agent, call_id: UUID, verb: str) -> HttpResponseBase:
    """POST /desk/calls/<id>/start|done|missed|cancel"""
    answer, call = await for_agent(request, _act, request, agent, call_id, verb)
    if call is not None:
        go_on(tasks.connect(call))
    return answer


def _act(request: HttpRequest, agent: Agent, call_id: UUID, verb: str) -> tuple[HttpResponse, CallBack | None]:
    started: list[CallBack] = []

    def work() -> None:
        if verb == "start":
            if not connected():
                raise tasks.BadCall(_("No telephone is connected: set TWILIO_VOICE_FROM, or call with your own."))
            started.append(tasks.begin(call_id, agent.id, request.POST.get("agent_phone", "")[:40]))
        elif verb in ENDINGS:
            tasks.close(call_id, agent.owner, ENDINGS[verb], request.POST.get("note", "")[:2_000])
        else:
            raise CallBack.DoesNotExist

    return _tried(request, work), (started[0] if started else None)


def ask(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponse:
    """An agent notes that the customer wants to be called; the fields are phone, when (local time) and about."""
    when = parse_datetime(request.POST.get("when", ""))
    if when is not None and when.tzinfo is None:
        when = timezone.make_aware(when)
    phone, about = request.POST.get("phone", "")[:40], request.POST.get("about", "")
    return _tried(request, lambda: tasks.ask(conversation_id, phone, agent.owner, when, about))


def _tried(request: HttpRequest, work: Callable[[], Any]) -> HttpResponse:
    try:
        work()
    except (CallBack.DoesNotExist, Conversation.DoesNotExist):
        return render(request, "desk/problem.html", {"problem": _("This is not there any more.")}, status=404)
    except tasks.BadCall as error:
        return render(request, "desk/problem.html", {"problem": str(error)}, status=422)
    return HttpResponse(status=204)
