"""Who is asking. Everything at the desk needs a signed-in agent; programmes bring a token instead."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from bot.conversations.database import on_database
from bot.conversations.models import agent_owner
from bot.desk.models import ApiToken
from bot.desk.roles import ANSWER, SUPERVISE

SHOP_TIME = ZoneInfo(settings.SHOP_TIME_ZONE)


@dataclass(frozen=True)
class Agent:
    """A person who may answer customers."""

    id: int
    name: str
    supervisor: bool = False

    @property
    def owner(self) -> str:
        return agent_owner(self.id)


class NoRole(Exception):
    """Somebody is signed in, but nobody gave them a place at the desk: add them to the group `agents`."""


def display_name(account: Any) -> str:
    return str(account.get_full_name() or account.get_username())


def agents() -> list[Any]:
    """Every active account that may answer customers."""
    app, _dot, codename = ANSWER.partition(".")
    may = Permission.objects.filter(content_type__app_label=app, codename=codename)
    allowed = Q(groups__permissions__in=may) | Q(user_permissions__in=may) | Q(is_superuser=True)
    found = get_user_model().objects.filter(allowed, is_active=True).distinct()
    return list(found.order_by("first_name", "username"))


def agent_of(account: Any) -> Agent | None:
    """The agent behind an account; None for nobody, raises `NoRole` for an account without the permission."""
    if not account.is_authenticated or not account.is_active:
        return None
    if not account.has_perm(ANSWER):
        raise NoRole(account.get_username())
    return Agent(account.pk, display_name(account), account.has_perm(SUPERVISE))


def signed_in(request: HttpRequest) -> Agent | None:
    """The agent of the browser's session."""
    return agent_of(request.user)


def bearer(key: str) -> Agent | None:
    """The agent that a token speaks for; None for an unknown or revoked one."""
    token = ApiToken.objects.select_related("agent").filter(digest=ApiToken.hashed(key), revoked_at=None).first()
    if token is None:
        return None
    ApiToken.objects.filter(pk=token.pk).update(used_at=timezone.now())
    return agent_of(token.agent)


def still_allowed(agent_id: int) -> bool:
    """Whether a page that was opened earlier may go on listening."""
    account = get_user_model().objects.filter(pk=agent_id, is_active=True).first()
    return account is not None and account.has_perm(ANSWER)


View = Callable[..., Coroutine[Any, Any, HttpResponseBase]]


def agents_only(view: View) -> View:
    """Give the view the agent who asks; others are sent to the sign-in page or told that they have no role."""

    @wraps(view)
    async def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            agent = await on_database(signed_in, request)
        except NoRole:
            return await for_agent(request, render, request, "desk/no_role.html", status=403)
        if agent is None:
            return _sign_in(request)
        response = await view(request, agent, **kwargs)
        # What customers wrote is not to lie about in a shared browser's cache.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request") or request.path.endswith("/events"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = f"{reverse('login')}?next={reverse('desk')}"
        return response
    return redirect_to_login(request.get_full_path())


async def for_agent[**P, R](request: HttpRequest, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `function` on a database thread in the language of the request and the shop's time zone."""

    def call() -> R:
        with translation.override(translation.get_language_from_request(request)), timezone.override(SHOP_TIME):
            return function(*args, **kwargs)

    return await on_database(call)
