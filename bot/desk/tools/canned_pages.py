"""The page on which supervisors write canned replies; agents read it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bot.desk.access import Agent, agents_only, for_agent
from bot.desk.security import audit
from bot.desk.tools.canned import VARIABLES, BadText, check
from bot.desk.tools.models import Canned

FIELDS = {"title": 120, "shortcut": 40, "es": 20_000, "en": 20_000}


@require_http_methods(["GET", "POST"])
@agents_only
async def replies(request: HttpRequest, agent: Agent) -> HttpResponseBase:
    """GET, POST /desk/replies: the list; a POST adds one, or changes or removes the one that `id` names."""
    return await for_agent(request, _replies, request, agent)


def _replies(request: HttpRequest, agent: Agent) -> HttpResponse:
    if request.method == "GET":
        return _page(request, agent)
    if not agent.supervisor:
        return _page(request, agent, problem=_("Only supervisors change canned replies."), status=403)
    said = {name: request.POST.get(name, "")[:longest].replace("\x00", "").strip() for name, longest in FIELDS.items()}
    number = request.POST.get("id", "")
    known = Canned.objects.filter(pk=int(number)).first() if number.isascii() and number.isdecimal() else None
    if "remove" in request.POST:
        if known:
            audit.note(request.user, "canned_removed", about=known.shortcut)
            known.delete()
        return HttpResponseRedirect(reverse("desk-replies"))
    said["shortcut"] = said["shortcut"].lstrip("/").lower()
    try:
        check(said["title"], said["shortcut"], said)
        _keep(agent, known, said)
        audit.note(request.user, "canned", about=said["shortcut"])
    except BadText as error:
        return _page(request, agent, problem=str(error), said={**said, "id": number}, status=422)
    return HttpResponseRedirect(reverse("desk-replies"))


def _keep(agent: Agent, known: Canned | None, said: dict[str, str]) -> None:
    canned = known or Canned()
    for name, value in said.items():
        setattr(canned, name, value)
    canned.changed_at, canned.changed_by_id = timezone.now(), agent.id
    try:
        with transaction.atomic():
            canned.save()
    except IntegrityError:
        raise BadText(_("There is another reply with this shortcut.")) from None


def _page(
    request: HttpRequest, agent: Agent, *, problem: str = "", said: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "agent": agent, "replies": Canned.objects.select_related("changed_by"), "variables": VARIABLES.items(),
        "problem": problem, "said": said or {}, "languages": settings.LANGUAGES,
    }  # fmt: skip
    return render(request, "desk/tools/replies.html", context, status=status)
