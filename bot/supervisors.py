"""Pages for supervisors and administrators alone. The permission is the desk's; it is known by its name here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone, translation

SUPERVISE = "desk.supervise"

View = Callable[..., HttpResponseBase]


def supervisors_only(view: View) -> View:
    """Answer in the language of the request and the shop's time; strangers sign in, others learn why not."""

    @wraps(view)
    def guarded(request: HttpRequest, **kwargs: str) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        language = translation.get_language_from_request(request)
        with translation.override(language), timezone.override(ZoneInfo(settings.SHOP_TIME_ZONE)):
            if not request.user.has_perm(SUPERVISE):
                return render(request, "staff/not_supervisor.html", status=403)
            response = view(request, **kwargs)
            if isinstance(response, HttpResponse) and hasattr(response, "render"):
                response.render()
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return guarded
