"""The dashboard under /insights, and the same as CSV and JSON."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from bot.insights import charts, figures, words
from bot.insights.definitions import EPISODE, LISTS, Definition
from bot.insights.figures import Figure, Scope
from bot.insights.models import Alarm, Position
from bot.shop.clock import read_day, shop_day
from bot.supervisors import supervisors_only

PERIODS = {"7": _("Last 7 days"), "30": _("Last 30 days"), "90": _("Last 90 days"), "365": _("Last 12 months")}
USUAL = "30"
SHOWN_FIRST = ("first_contact", "quiet_week", "csat", "handoff")


@dataclass(frozen=True)
class Tile:
    """One figure as the page shows it. `trend` is good, bad or empty, against the period before."""

    definition: Definition
    value: str
    of: int
    before: str
    trend: str
    line: charts.Line | None
    points: list[tuple[date, str]]


def scope_of(request: HttpRequest) -> tuple[Scope, str]:
    """(what the address asks for, the period's key). `until` is yesterday: today is not over."""
    given, until = request.GET, shop_day() - timedelta(days=1)
    period = given.get("period", USUAL)
    since = read_day(given.get("since")) if period == "own" else None
    last = read_day(given.get("until")) if period == "own" else None
    if period == "own" and since and last and since <= last:
        until = last
    else:
        period = period if period in PERIODS else USUAL
        since = until - timedelta(days=int(period) - 1)
    known = figures.choices()
    chosen = {name: given.get(name, "") if given.get(name) in known[name] else "" for name in known}
    return Scope(since, until, **chosen), period


@require_safe
@supervisors_only
def dashboard(request: HttpRequest) -> HttpResponse:
    """GET /insights?period=7|30|90|365|own&since&until&channel&language&product"""
    scope, period = scope_of(request)
    language = translation.get_language() or "es"
    told = figures.figures(scope)
    known = figures.choices()
    context = {
        "scope": scope, "period": period, "periods": PERIODS, "query": _query(scope),
        "filters": [(name, title, [(key, words.label(name, key, language)) for key in known[name]], chosen)
                    for name, title, chosen in (("channel", _("Channel"), scope.channel),
                                                ("product", _("Product"), scope.product),
                                                ("language", _("Language"), scope.language))],
        "tiles": [tile(figure) for figure in told],
        "lists": [(what, *LISTS[what], bars(scope, what, language))
                  for what in ("reason", "article", "product", "channel")],
        "hours": list(zip(words.WEEKDAYS, charts.heat(figures.hours(scope)), strict=True)),
        "offers": [offer_row(offer) for offer in figures.offers(scope)],
        "hour_title": LISTS["hour"], "hour_numbers": range(24), "episode": EPISODE,
        "here": "figures", "position": Position.objects.first(), "alarms": Alarm.objects.filter(closed_at=None).count(),
    }  # fmt: skip
    return render(request, "insights/dashboard.html", context)


def tile(figure: Figure) -> Tile:
    definition = figure.definition
    return Tile(
        definition, words.shown(definition, figure.value), figure.of, words.shown(definition, figure.before),
        _trend(figure), charts.line(figure.points),
        [(day, words.shown(definition, value)) for day, value in figure.points],
    )  # fmt: skip


def _trend(figure: Figure) -> str:
    better = figure.definition.better
    if not better or figure.value is None or figure.before is None or figure.value == figure.before:
        return ""
    return "good" if (figure.value > figure.before) == (better == "up") else "bad"


def bars(scope: Scope, what: str, language: str) -> list[charts.Bar]:
    counted = figures.counts(scope, what)[: figures.MOST_LISTED]
    return charts.bars([(words.label(what, key, language), key, count) for key, count in counted])


def offer_row(offer: figures.Offer) -> dict[str, object]:
    """An offer as the page shows it; the gain in points of a hundred with its interval."""
    gain = offer.gain
    return {
        "offer": offer,
        "share": words.percent(offer.share), "share_anyway": words.percent(offer.share_anyway),
        "gain": [f"{100 * end:+.1f}" for end in gain] if gain else None,
        "sure": bool(gain and (gain[1] > 0 or gain[2] < 0)),
    }  # fmt: skip


def _query(scope: Scope) -> str:
    own = {"period": "own", "since": scope.since.isoformat(), "until": scope.until.isoformat()}
    return urlencode({**own, **scope.words()})


@require_safe
@supervisors_only
def as_json(request: HttpRequest) -> HttpResponse:
    """GET /insights.json, with the dashboard's parameters."""
    return JsonResponse(figures.as_json(scope_of(request)[0]))


@require_safe
@supervisors_only
def as_csv(request: HttpRequest) -> HttpResponse:
    """GET /insights.csv: one row a figure and step of its course, then one a counted thing."""
    scope, _period = scope_of(request)
    rows: list[tuple[object, ...]] = [("figure", "from", "to", "value", "counted_on", "value_before")]
    for figure in figures.figures(scope):
        rows.append((figure.definition.key, scope.since, scope.until, figure.value, figure.of, figure.before))
        rows += [(f"{figure.definition.key}_course", day, "", value, "", "") for day, value in figure.points]
    for what in figures.COUNTED:
        rows += [(f"{what}:{key}", scope.since, scope.until, n, "", "") for key, n in figures.counts(scope, what)]
    return csv_file(rows, f"insights-{scope.since}-{scope.until}.csv")


def csv_file(rows: list[tuple[object, ...]], name: str) -> HttpResponse:
    """Rows as a CSV file that spreadsheets read as UTF-8; a text that one would take for a formula is quoted."""
    text = StringIO()
    csv.writer(text).writerows([[harmless(cell) for cell in row] for row in rows])
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell else cell
