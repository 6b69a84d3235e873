"""What editors see besides the pages: the questions that no article answered, most asked first."""

from __future__ import annotations

from typing import ClassVar

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from knowledge.models import Gap


class GapViewSet(SnippetViewSet):  # type: ignore[misc]  # Wagtail has no types
    """A list with filters; an editor changes the state only. The words are the customers'."""

    model = Gap
    icon = "help"
    menu_label = _("Unanswered questions")
    add_to_admin_menu = True
    list_display: ClassVar[list[str]] = ["question", "language", "channel", "count", "state", "last_asked_at"]
    list_filter: ClassVar[list[str]] = ["state", "language", "channel"]
    search_fields: ClassVar[list[str]] = ["question"]
    panels: ClassVar[list[FieldPanel]] = [
        FieldPanel("question", read_only=True),
        FieldPanel("language", read_only=True),
        FieldPanel("count", read_only=True),
        FieldPanel("state"),
    ]


register_snippet(GapViewSet)
