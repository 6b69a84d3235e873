"""A draft's effect on answers: counted beside the preview, and side by side on a page."""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET
from django.views.generic import TemplateView

from knowledge import corpus, impact
from knowledge.articlefile import from_page
from knowledge.editor.access import EditorsOnly, article_of
from knowledge.gaps import QUESTION_LIMIT
from knowledge.index import KnowledgeUnavailable
from knowledge.models import ArticlePage

logger = logging.getLogger(__name__)
# One request works for about so long, so that the page shows progress.
SECONDS = 1.2
TRIALS = 6


@dataclass(frozen=True)
class Prepared:
    trial: impact.Trial
    questions: list[impact.Posed]


_prepared: OrderedDict[tuple[int, str, int], Prepared] = OrderedDict()
_lock = threading.Lock()


def prepared(page: ArticlePage) -> Prepared:
    """The trial of this very text, kept for the next request. Raises KnowledgeUnavailable."""
    key = (page.pk, from_page(page).checksum, corpus.current().revision)
    with _lock:
        if key not in _prepared:
            trial = impact.Trial(page)
            _prepared[key] = Prepared(trial, trial.nearest_first(impact.known_questions()))
            while len(_prepared) > TRIALS:
                _prepared.popitem(last=False)
        return _prepared[key]


class Impact(EditorsOnly, TemplateView):
    """The page: counts that grow, then every question that would be answered differently, old beside new."""

    template_name = "knowledge/editor/impact.html"
    page_title = gettext_lazy("Effect on answers")
    header_icon = "view"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = article_of(self.request, kwargs["pk"])
        return {**super().get_context_data(**kwargs), "article": page, "q": self.request.GET.get("q", "")}

    def get_page_subtitle(self) -> str:
        return str(ArticlePage.objects.filter(pk=self.kwargs["pk"]).values_list("draft_title", flat=True).first() or "")


@require_GET
def batch(request: HttpRequest, pk: int) -> JsonResponse:
    """Asks the questions from number `from` on for a second or so: {next, total, counts, html}, or {error}."""
    page = article_of(request, pk)
    given = request.GET.get("from", "")
    begin = int(given) if given.isdecimal() else 0
    found: list[impact.Change] = []
    try:
        ready = prepared(page)
        # The first request may have encoded many questions already; it answers some of them all the same.
        limit = time.monotonic() + SECONDS
        while begin + len(found) < len(ready.questions) and time.monotonic() < limit:
            start = begin + len(found)
            found += ready.trial.changes(ready.questions[start : start + 10])
    except KnowledgeUnavailable as error:
        logger.warning("the effect of a draft could not be measured: %s", error)
        return JsonResponse({"error": _("The articles cannot be searched now. Try again in a moment.")}, status=503)
    different = [change for change in found if change.kind != "same"]
    return JsonResponse(
        {
            "next": begin + len(found),
            "total": len(ready.questions),
            "likely": impact.LIKELY,
            "counts": impact.counted(found),
            "html": render_to_string("knowledge/editor/changes.html", {"changes": different}, request),
        }
    )


@require_GET
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """One question of the editor's own, answered by the published articles and by the draft."""
    page = article_of(request, pk)
    text = request.GET.get("q", "").strip()[:QUESTION_LIMIT]
    if not text:
        return HttpResponse("")
    try:
        trial = prepared(page).trial
        changes = list(trial.changes([impact.Posed(text, page.locale.language_code)]))
    except KnowledgeUnavailable:
        return HttpResponse(_("The articles cannot be searched now. Try again in a moment."), status=503)
    return render(request, "knowledge/editor/changes.html", {"changes": changes, "asked": True})
