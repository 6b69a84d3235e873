"""Gaps in Wagtail's admin: what customers asked without an answer, and one click from there to a draft."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView

from knowledge.editor.access import EditorsOnly, may_write
from knowledge.gap_drafts import draft_from
from knowledge.models import Gap, QuestionDay
from knowledge.retriever import shop_day

PER_PAGE = 20
TREND_DAYS = 28
EXAMPLES = 6


@dataclass(frozen=True)
class Shown:
    """A gap with what an editor wants to know of it. `trend`: times asked without an answer per day, oldest first."""

    gap: Gap
    wordings: list[str]
    more: int
    channels: list[tuple[str, int]]
    trend: list[int]
    lately: int

    @property
    def bars(self) -> list[tuple[float, float, float]]:
        """(x, y, height) of each day in a plot of 112 × 24."""
        top = max([1, *self.trend])
        heights = [round(22 * count / top, 1) for count in self.trend]
        return [(4.0 * i, 23 - height, height + 1) for i, height in enumerate(heights)]


class Gaps(EditorsOnly, TemplateView):
    """The list, most asked first; `state` and `language` in the address filter it."""

    template_name = "knowledge/editor/gaps.html"
    page_title = gettext_lazy("Unanswered questions")
    header_icon = "help"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        state = self.request.GET.get("state", Gap.State.OPEN)
        state = state if state in (*Gap.State.values, "all") else Gap.State.OPEN
        language = self.request.GET.get("language", "")
        found = Gap.objects.select_related("page")
        counts = Counter(found.values_list("state", flat=True))
        if state != "all":
            found = found.filter(state=state)
        if language:
            found = found.filter(language=language)
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("p"))
        states = [(value, label, counts[value]) for value, label in Gap.State.choices]
        return {
            **context,
            "page": page,
            "shown": shown(page, shop_day()),
            "state": state,
            "language": language,
            "states": [*states, ("all", _("All"), sum(counts.values()))],
            "trend_days": TREND_DAYS,
        }


def shown(gaps: Page[Gap], today: date) -> list[Shown]:
    """The gaps of one page of the list with their wordings, channels and trend, in three queries."""
    since = today - timedelta(days=TREND_DAYS - 1)
    days = QuestionDay.objects.filter(question__gap__in=[gap.pk for gap in gaps])
    channels: dict[int, Counter[str]] = {}
    trends: dict[int, list[int]] = {}
    for gap, channel, day, asked, answered in days.values_list(
        "question__gap", "channel", "day", Sum("count"), Sum("answered")
    ):
        channels.setdefault(gap, Counter())[channel] += asked - answered
        if since <= day <= today:
            trends.setdefault(gap, [0] * TREND_DAYS)[(day - since).days] += asked - answered
    found = []
    for gap in gaps:
        texts = list(gap.questions.order_by("-count", "-last_asked_at").values_list("text", flat=True)[: EXAMPLES + 20])
        others = [text for text in texts if text != gap.question]
        trend = trends.get(gap.pk, [0] * TREND_DAYS)
        named = [(name, count) for name, count in channels.get(gap.pk, Counter()).most_common() if name and count > 0]
        found.append(Shown(gap, others[:EXAMPLES], max(0, len(others) - EXAMPLES), named, trend, sum(trend)))
    return found


@require_POST
def draft(request: HttpRequest, pk: int) -> HttpResponse:
    """Makes the draft article of a gap, or finds the one made before, and goes there."""
    if not may_write(request.user):
        raise PermissionDenied
    gap = get_object_or_404(Gap, pk=pk)
    page = draft_from(gap, request.user)  # type: ignore[arg-type]  # may_write let no anonymous account pass
    messages.success(
        request, _("The draft holds the customers' wordings. Write the answer, see its effect, and publish it.")
    )
    return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))


@require_POST
def set_state(request: HttpRequest, pk: int) -> HttpResponse:
    """An editor closes a gap that no article should answer, or opens it again."""
    if not may_write(request.user):
        raise PermissionDenied
    gap = get_object_or_404(Gap, pk=pk)
    wanted = request.POST.get("state")
    if wanted in (Gap.State.OPEN, Gap.State.CLOSED):
        Gap.objects.filter(pk=gap.pk).update(state=wanted, closed_by="")
    return redirect(reverse("knowledge_gaps"))
