"""The page for supervisors: what goes out today, what is held back and why, what is coming."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from bot.outreach import rules, sending
from bot.outreach.preview import figures, preview
from bot.shop.clock import shop_zone

SUPERVISE = "desk.supervise"


@require_safe
@never_cache
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """GET /outreach?day=2026-12-01: the plan of now, or of noon on another day."""
    _supervisors_only(request)
    day = _day(request.GET.get("day", ""))
    now = datetime.combine(day, time(12), shop_zone()) if day else timezone.now()
    with translation.override(translation.get_language_from_request(request)), _shop_time():
        context = {
            "preview": preview(now), "figures": figures(), "day": day, "today": timezone.localdate(),
            "on": settings.OUTREACH, "outreach": rules.current(), "said": request.GET.get("said", ""),
        }  # fmt: skip
        return render(request, "outreach/page.html", context)


@require_POST
@login_required
def send(request: HttpRequest) -> HttpResponse:
    """POST /outreach/send {person, key}: write one message now, if the plan still allows it."""
    _supervisors_only(request)
    written = sending.send_to(request.POST.get("person", "")[:80], only=request.POST.get("key", "")[:160] or "-")
    return redirect(f"/outreach?said={'sent' if written else 'not'}")


def _supervisors_only(request: HttpRequest) -> None:
    if not request.user.has_perm(SUPERVISE):
        raise PermissionDenied(_("This page is for supervisors."))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _shop_time() -> timezone.override:
    return timezone.override(ZoneInfo(settings.SHOP_TIME_ZONE))
