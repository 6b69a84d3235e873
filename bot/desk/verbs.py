"""What the buttons do. An answer of 204 means done; anything else says in words what stood in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bot.conversations.background import go_on
from bot.conversations.models import Conversation, Delivery
from bot.conversations.outbox import deliver
from bot.desk import actions, calls, continuing
from bot.desk.access import Agent, agents_only, for_agent
from bot.desk.sorting import sort
from bot.desk.tools import canned, casework, deeds
from bot.desk.views import not_found

Fields = dict[str, str]
VERBS: dict[str, Callable[[Agent, UUID, Fields], Any]] = {
    "take": lambda agent, pk, said: actions.take(agent, pk),
    "take_over": lambda agent, pk, said: actions.take(agent, pk, over=True),
    "reply": lambda agent, pk, said: _write(agent, pk, said),
    "note": lambda agent, pk, said: _write(agent, pk, said, note=True),
    "return": lambda agent, pk, said: deeds.give_back(agent, pk, said["note"]),
    "template": lambda agent, pk, said: actions.write_template(agent, pk, said["template"], _variables(said)),
    "release": lambda agent, pk, said: deeds.release(agent, pk),
    "resolve": lambda agent, pk, said: deeds.resolve(agent, pk, said["note"], said["outcome"]),
    "transfer": lambda agent, pk, said: deeds.transfer(agent, pk, said["to"], said["note"]),
    "snooze": lambda agent, pk, said: deeds.snooze(agent, pk, said["at"] or said["until"], said["note"]),
    "join": lambda agent, pk, said: deeds.join(agent, pk, said["into"]),
    "case": lambda agent, pk, said: casework.act(agent, pk, said["case"], said["do"], said),
    "confirm": lambda agent, pk, said: casework.second(agent, pk, said["look"], confirm=True),
    "decline": lambda agent, pk, said: casework.second(agent, pk, said["look"], confirm=False),
    "sort": lambda agent, pk, said: sort.correct(agent, pk, said["aspect"], said["value"]),
    "undo": lambda agent, pk, said: deeds.undo(agent, pk),
    "continue": lambda agent, pk, said: continuing.continue_on(agent, pk, said["channel"]),
    "undo_move": lambda agent, pk, said: continuing.undo_move(agent, pk),
    "apart": lambda agent, pk, said: continuing.take_apart(agent, pk, said["merge"]),
}
FIELDS = {
    "text": 0, "note": 0, "key": 64, "template": 64, "channel": 20, "merge": 12, "outcome": 12, "to": 20, "at": 32,
    "until": 32, "into": 36, "files": 600, "articles": 600, "canned": 200,
    "case": 24, "do": 10, "look": 10, "clause": 64, "amount": 20,
    "aspect": 10, "value": 24,
}  # fmt: skip
# A template's variables come as fields of their own.
VARIABLE = "v-"


@require_POST
@agents_only
async def act(request: HttpRequest, agent: Agent, conversation_id: UUID, verb: str) -> HttpResponseBase:
    """POST /desk/c/<id>/<verb>"""
    response = await for_agent(request, _act, request, agent, conversation_id, verb)
    if response.status_code == 204:
        go_on(deliver(conversation_id))
    return response


@require_POST
@agents_only
async def send_again(request: HttpRequest, agent: Agent, conversation_id: UUID, delivery_id: int) -> HttpResponseBase:
    """POST /desk/c/<id>/again/<delivery>"""
    response = await for_agent(
        request, _tried, request,
        lambda: actions.send_again(agent, conversation_id, delivery_id, sure=bool(request.POST.get("sure"))),
    )  # fmt: skip
    if response.status_code == 204:
        go_on(deliver(conversation_id))
    return response


@require_POST
@agents_only
async def call_back(request: HttpRequest, agent: Agent, conversation_id: UUID) -> HttpResponseBase:
    """POST /desk/c/<id>/call-back"""
    response = await for_agent(request, calls.ask, request, agent, conversation_id)
    if response.status_code == 204:
        go_on(deliver(conversation_id))
    return response


def _act(request: HttpRequest, agent: Agent, conversation_id: UUID, verb: str) -> HttpResponse:
    if verb not in VERBS:
        return not_found(request)
    said = {name: _field(request, name, longest) for name, longest in FIELDS.items()}
    said |= {name: str(value)[:1_000] for name, value in request.POST.items() if name.startswith(VARIABLE)}
    return _tried(request, lambda: VERBS[verb](agent, conversation_id, said))


def _write(agent: Agent, conversation_id: UUID, said: Fields, *, note: bool = False) -> None:
    along = actions.With(_several(said["files"]), _several(said["articles"]))
    actions.write(agent, conversation_id, said["text"], note=note, key=said["key"], along=along)
    canned.count(said["canned"])


def _several(said: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in said.split(",") if part.strip())


def _variables(said: Fields) -> Fields:
    """Those of the chosen template, `v-<template>-<name>`."""
    start = f"{VARIABLE}{said['template']}-"
    return {name.removeprefix(start): value for name, value in said.items() if name.startswith(start)}


def _field(request: HttpRequest, name: str, longest: int) -> str:
    value = request.POST.get(name, "")
    return value[:longest] if longest else value


def _tried(request: HttpRequest, work: Callable[[], Any]) -> HttpResponse:
    try:
        work()
    except (Conversation.DoesNotExist, Delivery.DoesNotExist):
        return _problem(request, 404, _("This is not there any more."))
    except actions.Taken as taken:
        return _problem(request, 409, _("%(text)s Nothing was sent; your text is kept.") % {"text": taken})
    except actions.Refused as refused:
        return _problem(request, 422, str(refused))
    return HttpResponse(status=204)


def _problem(request: HttpRequest, status: int, text: str) -> HttpResponse:
    return render(request, "desk/problem.html", {"problem": text}, status=status)
