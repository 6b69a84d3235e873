"""The pages of the second step and of one's own account. Everybody who works here has them, agents and editors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from bot.desk.security import second_step, sessions
from bot.desk.security.audit import note


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """GET, POST /login/code: the second step, or setting it up where it is required and missing."""
    found = second_step.waiting(request)
    if found is None:
        return redirect("login")
    account, kept = found
    if not second_step.has(account):
        return _first_device(request, account, kept)
    problem = ""
    if request.method == "POST":
        if second_step.check(request, account, request.POST.get("code", "")):
            second_step.enter(request, account, kept["backend"])
            return HttpResponseRedirect(kept["next"])
        problem = _wrong()
    context = {"problem": problem, "setting_up": False}
    return render(request, "registration/code.html", context, status=422 if problem else 200)


def _first_device(request: HttpRequest, account: Any, kept: dict[str, Any]) -> HttpResponse:
    problem = ""
    if request.method == "POST":
        if codes := second_step.confirm(request, account, request.POST.get("code", "")):
            second_step.enter(request, account, kept["backend"])
            return render(request, "registration/recovery.html", {"codes": codes, "next": kept["next"]})
        problem = _("That is not the code of this key. Check the telephone's clock and type the next one.")
    context = {**_setting_up(account), "problem": problem, "setting_up": True}
    return render(request, "registration/code.html", context, status=422 if problem else 200)


def _setting_up(account: Any) -> dict[str, Any]:
    device = second_step.new_device(account)
    return {"picture": second_step.picture(device), "secret": second_step.secret(device)}


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """GET, POST /account: one's own second factor and sessions. `do` is on, off, codes or end."""
    do = request.POST.get("do", "") if request.method == "POST" else ""
    if do == "end":
        number = request.POST.get("session", "")
        sessions.end(request, int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0)
        return redirect("account")
    return _changed(request, do) if do else _page(request)


@sensitive_post_parameters("code")
def _changed(request: HttpRequest, do: str) -> HttpResponse:
    """Turn it on with the new key's code; off, and for new recovery codes, with a code of the present one."""
    typed = request.POST.get("code", "")
    if do == "on" and not second_step.has(request.user):
        codes = second_step.confirm(request, request.user, typed)
        return _told(request, codes) if codes else _page(request, _wrong())
    if do not in ("off", "codes") or not second_step.has(request.user):
        return _page(request)
    if not second_step.check(request, request.user, typed):
        return _page(request, _wrong())
    if do == "codes":
        note(request.user, "new_codes", place=sessions.place_of(request))
        return _told(request, second_step.recovery_codes(request.user))
    if second_step.required(request.user):
        return _page(request, _("Your shop asks for a second factor, so it cannot be turned off."))
    second_step.remove(request, request.user)
    return redirect("account")


def _wrong() -> str:
    return _("That code is not right, or there were too many tries. Wait a moment and type the next one.")


def _told(request: HttpRequest, codes: list[str]) -> HttpResponse:
    return render(request, "registration/recovery.html", {"codes": codes, "next": "/account"})


def _page(request: HttpRequest, problem: str = "") -> HttpResponse:
    on = second_step.has(request.user)
    context = {
        "problem": problem, "on": on, "sessions": sessions.open_sessions(request),
        "required": second_step.required(request.user), "codes_left": second_step.codes_left(request.user),
        "sandbox": settings.SANDBOX, **({} if on else _setting_up(request.user)),
    }  # fmt: skip
    return render(request, "registration/account.html", context, status=422 if problem else 200)
