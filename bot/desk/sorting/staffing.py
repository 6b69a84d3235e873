"""The page on which supervisors say who is in which team, and what each agent can do; agents read it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from bot.desk.access import Agent, agents, agents_only, display_name, for_agent
from bot.desk.refusals import Refused
from bot.desk.security import audit
from bot.desk.sorting.kinds import LANGUAGES, TOPICS
from bot.desk.sorting.models import Skills
from bot.desk.tools.models import Team

LONGEST_NAME = 60
MOST = range(1, 100)


@dataclass(frozen=True)
class AgentRow:
    """An agent with what they are given; without languages or topics they are given all of them."""

    id: int
    name: str
    skills: Skills
    teams: tuple[str, ...]

    @property
    def languages(self) -> str:
        return _named(LANGUAGES, self.skills.languages)

    @property
    def topics(self) -> str:
        return _named(TOPICS, self.skills.topics)


def _named(words: Any, codes: Collection[str]) -> str:
    return ", ".join(str(words[code]) for code in words if code in codes)


@require_http_methods(["GET", "POST"])
@agents_only
async def staffing(request: HttpRequest, agent: Agent) -> HttpResponseBase:
    """GET, POST /desk/teams: the page; a POST does what `do` names: agent, team or remove."""
    return await for_agent(request, _staffing, request, agent)


def _staffing(request: HttpRequest, agent: Agent) -> HttpResponse:
    if request.method == "GET":
        return _page(request, agent)
    if not agent.supervisor:
        return _page(request, agent, problem=_("Only supervisors change teams and skills."), status=403)
    do = {"agent": _keep_skills, "team": _keep_team, "remove": _remove_team}.get(request.POST.get("do", ""))
    try:
        if do is None:
            raise Refused(_("That is nothing that can be done here."))
        do(request)
    except Refused as refusal:
        return _page(request, agent, problem=str(refusal), status=422)
    return HttpResponseRedirect(reverse("desk-teams"))


def _keep_skills(request: HttpRequest) -> None:
    said = request.POST
    account = _agents_named(said, "id")
    if len(account) != 1:
        raise Refused(_("Choose an agent of this shop."))
    most = said.get("most", "")
    if not (most.isascii() and most.isdecimal() and len(most) < 4 and int(most) in MOST):
        raise Refused(_("Write how many conversations at once: a number from 1 to 99."))
    chosen = {
        "languages": [code for code in LANGUAGES if code in said.getlist("languages")],
        "topics": [code for code in TOPICS if code in said.getlist("topics")],
    }
    Skills.objects.update_or_create(
        agent=account[0], defaults={**chosen, "most": int(most), "takes": bool(said.get("takes"))}
    )
    audit.note(request.user, "skills", about=account[0].get_username())


def _keep_team(request: HttpRequest) -> None:
    said = request.POST
    name = " ".join(said.get("name", "").replace("\x00", "").split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise Refused(_("A team needs a name of up to 60 characters."))
    team = _team(said) if said.get("id") else Team()
    if Team.objects.filter(name__iexact=name).exclude(pk=team.pk).exists():
        raise Refused(_("There is another team with this name."))
    team.name = name
    team.save()
    team.members.set(_agents_named(said, "members"))
    audit.note(request.user, "team", about=name)


def _remove_team(request: HttpRequest) -> None:
    team = _team(request.POST)
    audit.note(request.user, "team_removed", about=team.name)
    team.delete()


def _team(said: QueryDict) -> Team:
    number = said.get("id", "")
    team = Team.objects.filter(pk=int(number)).first() if _is_number(number) else None
    if team is None:
        raise Refused(_("This team is not there any more."))
    return team


def _agents_named(said: QueryDict, name: str) -> list[Any]:
    """The agents whose numbers stand under this name; of anybody else there is nothing to keep."""
    wanted = {int(number) for number in said.getlist(name) if _is_number(number)}
    return [account for account in agents() if account.pk in wanted]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _page(request: HttpRequest, agent: Agent, *, problem: str = "", status: int = 200) -> HttpResponse:
    teams = list(Team.objects.prefetch_related("members"))
    known = {each.agent_id: each for each in Skills.objects.all()}
    rows = [
        AgentRow(
            account.pk, display_name(account), known.get(account.pk) or Skills(agent=account),
            tuple(team.name for team in teams if account in team.members.all()),
        )
        for account in agents()
    ]  # fmt: skip
    context = {
        "agent": agent, "rows": rows, "teams": teams, "problem": problem,
        "languages": LANGUAGES.items(), "topics": TOPICS.items(), "most": MOST,
    }  # fmt: skip
    return render(request, "desk/sorting/staffing.html", context, status=status)
