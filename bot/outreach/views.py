"""The page for supervisors: what goes out today, what is held back and why, what is coming."""

from __future__ import annotations

from datetime import datetime, time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from bot.outreach import rules, sending
from bot.outreach.preview import figures, preview
from bot.shop.clock import read_day, shop_zone
from bot.supervisors import supervisors_only


@require_safe
@supervisors_only
def page(request: HttpRequest) -> HttpResponse:
    """GET /outreach?day=2026-12-01: the plan of now, or of noon on another day."""
    day = read_day(request.GET.get("day"))
    context = {
        "preview": preview(datetime.combine(day, time(12), shop_zone()) if day else timezone.now()),
        "figures": figures(), "day": day, "today": timezone.localdate(), "on": settings.OUTREACH,
        "outreach": rules.current(), "said": request.GET.get("said", ""),
    }  # fmt: skip
    return render(request, "outreach/page.html", context)


@require_POST
@supervisors_only
def send(request: HttpRequest) -> HttpResponse:
    """POST /outreach/send {person, key}: write one message now, if the plan still allows it."""
    written = sending.send_to(request.POST.get("person", "")[:80], only=request.POST.get("key", "")[:160] or "-")
    return redirect(f"/outreach?said={'sent' if written else 'not'}")
