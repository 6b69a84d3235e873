"""The radar's pages: open alarms, one alarm with its evidence, and the buyers as a file."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from bot.insights import charts, prediction, words
from bot.insights.models import Alarm
from bot.insights.pages import csv_file
from bot.insights.radar import drafts, watching
from bot.shop.models import OrderItem
from bot.supervisors import supervisors_only

SHOWN, MOST = 30, 1_000


@require_safe
@supervisors_only
def radar(request: HttpRequest) -> HttpResponse:
    """GET /insights/radar"""
    alarms = [(alarm, *named(alarm), watching.told(alarm)) for alarm in Alarm.objects.order_by("-raised_at")[:100]]
    context = {
        "here": "radar", "alarms": sum(alarm.closed_at is None for alarm, *_rest in alarms),
        "open": [one for one in alarms if one[0].closed_at is None],
        "closed": [one for one in alarms if one[0].closed_at is not None],
    }  # fmt: skip
    return render(request, "insights/radar.html", context)


def named(alarm: Alarm) -> tuple[str, str]:
    """(product, problem) in the reader's words."""
    language = translation.get_language() or "es"
    return words.product(alarm.product, language), words.label("problem", alarm.problem, language)


@require_safe
@supervisors_only
def one(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """GET /insights/radar/<id>"""
    return _shown(request, get_object_or_404(Alarm, pk=alarm_id))


def _shown(request: HttpRequest, alarm: Alarm, problem: str = "", status: int = 200) -> HttpResponse:
    product, fault = named(alarm)
    owners = watching.owners(alarm)
    weeks = watching.by_week(alarm)
    context = {
        "here": "radar", "alarm": alarm, "product": product, "fault": fault, "evidence": watching.told(alarm),
        "bars": charts.bars([(date_format(week, "SHORT_DATE_FORMAT"), "", count) for week, count in weeks]),
        "episodes": watching.episodes_of(alarm)[:SHOWN], "contacts": watching.episodes_of(alarm).count(),
        "said": drafts.wordings(alarm), "owners": owners[:SHOWN], "owner_count": len(owners),
        "silent": sum(not owner.wrote for owner in owners), "problem": problem,
        "may_edit": request.user.has_perm("wagtailadmin.access_admin"),
    }  # fmt: skip
    return render(request, "insights/alarm.html", context, status=status)


@require_safe
@supervisors_only
def likely(request: HttpRequest) -> HttpResponse:
    """GET /insights/radar/likely: the units most likely to become a problem, and how good that guess has been."""
    context = {"here": "radar", "rows": likely_rows(SHOWN), "measured": prediction.measure()}
    return render(request, "insights/likely.html", context)


def likely_rows(limit: int) -> list[tuple[OrderItem, str, float]]:
    """(order line, product in words, chance in percent), the likeliest first."""
    found = prediction.likely(limit=limit)
    items = OrderItem.objects.select_related("order__customer").in_bulk([one.item for one in found])
    language = translation.get_language() or "es"
    return [
        (items[one.item], words.product(items[one.item].sku, language), 100 * one.chance)
        for one in found
        if one.item in items
    ]


@require_safe
@supervisors_only
def likely_csv(request: HttpRequest) -> HttpResponse:
    """GET /insights/radar/likely.csv"""
    rows: list[tuple[object, ...]] = [("order", "customer", "sku", "lot", "chance")]
    rows += [
        (item.order.number, item.order.customer.reference, item.sku, item.lot, round(percent / 100, 4))
        for item, _product, percent in likely_rows(MOST)
    ]
    return csv_file(rows, "likely.csv")


@require_POST
@supervisors_only
def draft(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """POST /insights/radar/<id>/draft: the draft of an article; nothing is published."""
    alarm = get_object_or_404(Alarm, pk=alarm_id)
    try:
        if isinstance(request.user, AbstractBaseUser):
            drafts.draft(alarm, request.user)
    except drafts.NoHelpCentre:
        return _shown(request, alarm, _("There is no help centre yet to put an article into."), status=409)
    return redirect("insights-alarm", alarm_id=alarm.pk)


@require_POST
@supervisors_only
def close(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """POST /insights/radar/<id>/close"""
    Alarm.objects.filter(pk=alarm_id, closed_at=None).update(
        closed_at=timezone.now(), closed_by=request.user.get_username()
    )
    return redirect("insights-radar")


@require_safe
@supervisors_only
def owners_csv(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """GET /insights/radar/<id>/owners.csv: whom to write to; who has written already is marked."""
    alarm = get_object_or_404(Alarm, pk=alarm_id)
    rows: list[tuple[object, ...]] = [("order", "customer", "language", "delivered", "lot", "wrote")]
    rows += [
        (owner.order, owner.reference, owner.language, owner.delivered, owner.lot, int(owner.wrote))
        for owner in watching.owners(alarm)
    ]
    return csv_file(rows, f"radar-{alarm.product}-{alarm.lot or 'all'}-{alarm.problem}.csv")
