"""The monthly pages under /insights/monthly, and each of their tables as CSV."""

from __future__ import annotations

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_safe

from bot.insights.circle import months
from bot.insights.figures import Scope
from bot.insights.models import Day
from bot.insights.pages import csv_file
from bot.shop.clock import read_day, shop_day
from bot.supervisors import supervisors_only

SHOWN = 25


def asked_month(request: HttpRequest) -> Scope:
    """The month in the address as `month=2026-10`; by default the last whole one."""
    asked = read_day(f"{request.GET.get('month', '')}-01")
    return months.month_of(asked or shop_day().replace(day=1) - timedelta(days=1))


def known_months() -> list[date]:
    """The first days of the months that have figures, newest first."""
    return sorted(Day.objects.dates("day", "month"), reverse=True)


@require_safe
@supervisors_only
def monthly(request: HttpRequest) -> HttpResponse:
    """GET /insights/monthly?month=2026-10"""
    scope = asked_month(request)
    tables = months.tables(scope, translation.get_language() or "es")
    context = {
        "here": "circle", "scope": scope, "months": known_months(),
        "tables": [(table, table.rows[:SHOWN], len(table.rows) - SHOWN) for table in tables],
    }  # fmt: skip
    return render(request, "insights/monthly.html", context)


@require_safe
@supervisors_only
def table_csv(request: HttpRequest, key: str) -> HttpResponse:
    """GET /insights/monthly/<product|sales|marketing|gaps|articles>.csv?month=2026-10"""
    scope = asked_month(request)
    found = {table.key: table for table in months.tables(scope, translation.get_language() or "es")}
    if key not in found:
        raise Http404(f"there is no table {key!r}; there are {', '.join(found)}")
    return csv_file([found[key].columns, *found[key].rows], f"{key}-{scope.since:%Y-%m}.csv")
