"""The health of the articles in Wagtail's admin."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from knowledge import health
from knowledge.editor.access import EditorsOnly

LABELS = {
    "expired": _("Expired"),
    "contradiction": _("Languages disagree"),
    "link": _("Broken link"),
    "missing": _("Language missing"),
    "unhelpful": _("Often unhelpful"),
    "duplicate": _("Near-duplicate"),
    "expiring": _("Expires soon"),
    "unused": _("Never used"),
}


class Health(EditorsOnly, TemplateView):
    """One list; `kind` in the address shows one sort of finding, `external` also asks addresses out in the world."""

    template_name = "knowledge/editor/health.html"
    page_title = _("Health of the articles")
    header_icon = "clipboard-list"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        external = "external" in self.request.GET
        found = health.findings(external=external)
        counts = Counter(finding.kind for finding in found)
        kind = self.request.GET.get("kind", "")
        return {
            **super().get_context_data(**kwargs),
            "findings": [(f, LABELS[f.kind]) for f in found if kind in ("", f.kind)],
            "kinds": [(key, label, counts[key]) for key, label in LABELS.items() if counts[key]],
            "kind": kind,
            "total": len(found),
            "external": external,
        }
