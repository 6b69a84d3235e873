"""The tools above an article's body, and how a chosen picture is written in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from wagtail.images import get_image_model

from knowledge.editor.access import may_write
from knowledge.models.pages import BODY_LIMIT, SHORT_ANSWER_LIMIT, WORDINGS_LIMIT


def texts() -> dict[str, Any]:
    """What the script needs: its words in the editor's language, addresses and limits."""
    return {
        "tools": _("Tools of the body"),
        "heading": _("Heading"), "heading_text": _("A question that this part answers"),
        "bold": _("Bold"), "bold_text": _("important"),
        "steps": _("Steps"), "step": _("What to do"),
        "list": _("List"), "item": _("One thing"),
        "table": _("Table"), "column": _("Column"),
        "link": _("Link"), "link_text": _("text"),
        "picture": reverse("knowledge_picture", args=[0]), "film": _("Film"), "film_text": _("What the film shows"),
        "picture_label": _("Picture"),
        "chooser": reverse("wagtailimages_chooser:choose"),
        "used": _("{used} of {limit} characters"),
        "over": _("{over} characters too many; at most {limit}."),
        "too_large": _(
            "The text is too large to be sent. Shorten it, or part it into several articles. It is still here."
        ),
        "limits": {"id_short_answer": SHORT_ANSWER_LIMIT, "id_questions": WORDINGS_LIMIT, "id_body": BODY_LIMIT},
        "most": settings.DATA_UPLOAD_MAX_MEMORY_SIZE // 4,
    }  # fmt: skip


@require_GET
def picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The Markdown of an image of the library."""
    if not may_write(request.user):
        raise PermissionDenied
    image = get_object_or_404(get_image_model(), pk=pk)
    shows = (image.description or image.title).replace("[", "(").replace("]", ")")
    return HttpResponse(f"![{shows}](pictures/{Path(image.file.name).name})", content_type="text/plain; charset=utf-8")
