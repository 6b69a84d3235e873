"""The log of what was done to accounts, sessions and settings, and the page that shows it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from bot.desk.access import Agent, agents_only, for_agent
from bot.desk.labels import Words
from bot.desk.security.models import AuditLine

PAGE = 100
WHAT: Words = {
    "signed_in": pgettext_lazy("audit", "signed in"),
    "sign_in_failed": pgettext_lazy("audit", "sign-in failed"),
    "code_failed": pgettext_lazy("audit", "wrong second-factor code"),
    "signed_out": pgettext_lazy("audit", "signed out"),
    "session_ended": pgettext_lazy("audit", "ended a session"),
    "two_factor_on": pgettext_lazy("audit", "turned the second factor on"),
    "two_factor_off": pgettext_lazy("audit", "turned the second factor off"),
    "new_codes": pgettext_lazy("audit", "made new recovery codes"),
    "canned": pgettext_lazy("audit", "changed a canned reply"),
    "canned_removed": pgettext_lazy("audit", "removed a canned reply"),
    "skills": pgettext_lazy("audit", "changed what an agent is given"),
    "team": pgettext_lazy("audit", "changed a team"),
    "team_removed": pgettext_lazy("audit", "removed a team"),
    "exported": pgettext_lazy("audit", "exported what is kept of a customer"),
    "erased": pgettext_lazy("audit", "erased a customer"),
}


def note(actor: Any, what: str, *, about: str = "", name: str = "", place: str = "") -> None:
    """Add a line, in the caller's transaction. `actor` is an account, or None where only a name is known."""
    known = actor if getattr(actor, "pk", None) else None
    AuditLine.objects.create(
        actor=known, name=(name or (known.get_username() if known else ""))[:160], what=what, about=about[:200],
        place=place[:64],
    )  # fmt: skip


@require_safe
@agents_only
async def audit(request: HttpRequest, agent: Agent) -> HttpResponseBase:
    """GET /desk/audit?page=1: for supervisors."""
    return await for_agent(request, _audit, request, agent)


def _audit(request: HttpRequest, agent: Agent) -> HttpResponse:
    if not agent.supervisor:
        return render(request, "desk/no_role.html", status=403)
    pages = Paginator(AuditLine.objects.select_related("actor"), PAGE)
    context = {"agent": agent, "page": pages.get_page(request.GET.get("page")), "what": WHAT}
    return render(request, "desk/security/audit.html", context)
