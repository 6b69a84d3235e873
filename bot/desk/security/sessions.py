"""The browsers in which somebody has signed in: noted when it happens, listed, and ended from any of them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from bot.desk.security.audit import note
from bot.desk.security.models import StaffSession
from bot.limits import address_of

# What the second step leaves in the session of somebody who passed it.
PASSED = "second_step_passed"


@dataclass(frozen=True)
class SessionView:
    id: int
    browser: str
    place: str
    two_factor: bool
    began_at: datetime
    here: bool


def digest(key: str | None) -> str:
    return hashlib.sha256((key or "").encode()).hexdigest()


def place_of(request: HttpRequest | None) -> str:
    """The address that somebody signs in from; empty where no page was asked for."""
    return address_of(request)[:64] if request is not None else ""


def signed_in(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Receiver of `user_logged_in`."""
    if request is None or not hasattr(request, "session"):
        return
    if not request.session.session_key:
        request.session.save()
    passed = bool(request.session.get(PASSED))
    StaffSession.objects.update_or_create(
        digest=digest(request.session.session_key),
        defaults={"account": user, "browser": request.headers.get("user-agent", "")[:200], "place": place_of(request),
                  "two_factor": passed, "began_at": timezone.now(), "ended_at": None},
    )  # fmt: skip
    note(user, "signed_in", about="second factor" if passed else "", place=place_of(request))


def signed_out(sender: Any, request: HttpRequest | None, user: Any, **kwargs: Any) -> None:
    """Receiver of `user_logged_out`."""
    if user is None or request is None:
        return
    StaffSession.objects.filter(digest=digest(request.session.session_key)).update(ended_at=timezone.now())
    note(user, "signed_out", place=place_of(request))


def failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Receiver of `user_login_failed`."""
    note(None, "sign_in_failed", name=str(credentials.get("username", "")), place=place_of(request))


def open_sessions(request: HttpRequest) -> list[SessionView]:
    """Where the account is signed in now, this browser first."""
    mine = digest(request.session.session_key)
    found = StaffSession.objects.filter(account=request.user.pk, ended_at=None).order_by("-began_at")
    alive = {digest(key) for key in Session.objects.filter(expire_date__gt=timezone.now()).values_list("pk", flat=True)}
    views = [
        SessionView(each.pk, each.browser, each.place, each.two_factor, each.began_at, each.digest == mine)
        for each in found
        if each.digest in alive
    ]
    return sorted(views, key=lambda view: not view.here)


def end(request: HttpRequest, number: int) -> bool:
    """Sign one's own account out in another browser; whether there was one."""
    row = StaffSession.objects.filter(pk=number, account=request.user.pk, ended_at=None).first()
    if row is None:
        return False
    store = import_module(settings.SESSION_ENGINE).SessionStore
    for key in Session.objects.filter(expire_date__gt=timezone.now()).values_list("pk", flat=True):
        if digest(key) == row.digest:
            store(key).delete()
    StaffSession.objects.filter(pk=row.pk).update(ended_at=timezone.now())
    note(request.user, "session_ended", about=row.browser, place=place_of(request))
    return True
