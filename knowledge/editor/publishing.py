"""Between a draft and the public: a draft that would lose answers is published only after a second look."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.actions.publish_page_revision import PublishPageRevisionAction
from wagtail.models import Revision

from knowledge import impact
from knowledge.editor.access import EditorsOnly, article_of
from knowledge.index import KnowledgeUnavailable
from knowledge.models import ArticlePage

logger = logging.getLogger(__name__)


def ask_before_publishing(request: HttpRequest, page: ArticlePage) -> HttpResponse | None:
    """Wagtail's `before_publish_page`: the draft is saved by now. Questions that would lose their answer are shown
    first; None: nothing is lost, go on. When articles cannot be searched, an editor is not kept from publishing."""
    if not isinstance(page, ArticlePage):
        return None
    if not lost(page):
        return None
    return redirect(reverse("knowledge_losses", args=[page.pk]))


def lost(page: ArticlePage) -> list[impact.Change]:
    try:
        return impact.losses(page)
    except KnowledgeUnavailable as error:
        logger.warning("published without its effect measured: %s", error)
        return []


class Losses(EditorsOnly, TemplateView):
    """What would be lost, and two ways on: publish anyway, or back to the draft."""

    template_name = "knowledge/editor/losses.html"
    page_title = gettext_lazy("Publish like this?")
    header_icon = "warning"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = article_of(self.request, kwargs["pk"])
        task = self.request.GET.get("task", "")
        return {
            **super().get_context_data(**kwargs),
            "article": page,
            "changes": lost(page),
            "revision": page.latest_revision_id,
            "task": task if task.isdigit() else "",
        }


@require_POST
def publish_anyway(request: HttpRequest, pk: int) -> HttpResponse:
    """Publishes exactly the revision whose losses were shown."""
    page = get_object_or_404(ArticlePage, pk=pk)
    if request.POST.get("task"):
        return approve_anyway(request, page)
    if not page.permissions_for_user(request.user).can_publish():
        raise PermissionDenied
    revision: Revision | None = page.revisions.filter(pk=request.POST.get("revision") or 0).first()
    if revision is None or page.latest_revision_id != revision.pk:
        messages.warning(request, _("The draft has changed since. Look at it again before you publish."))
        return redirect(reverse("wagtailadmin_pages:edit", args=[pk]))
    PublishPageRevisionAction(revision, user=request.user).execute()
    messages.success(request, _("“%(title)s” is published.") % {"title": revision.object_str})
    return redirect(reverse("wagtailadmin_pages:edit", args=[pk]))


def approve_anyway(request: HttpRequest, page: ArticlePage) -> HttpResponse:
    """The last step of the workflow, which publishes."""
    state = page.current_workflow_task_state
    task = state.task.specific if state is not None else None
    allowed = [name for name, _label, _modal in task.get_actions(page, request.user)] if task is not None else []
    if state is None or task is None or str(state.pk) != request.POST.get("task") or "approve" not in allowed:
        raise PermissionDenied
    task.on_action(state, request.user, "approve", comment="")
    messages.success(request, _("“%(title)s” is approved.") % {"title": page.draft_title})
    return redirect(reverse("wagtailadmin_pages:edit", args=[page.pk]))


def keep_edits(request: HttpRequest, page: ArticlePage) -> ArticlePage:
    """The draft with what the approver changed in the form just now; saved, because the answer leads elsewhere."""
    draft: ArticlePage = page.get_latest_revision_as_object()
    form = page.get_edit_handler().get_form_class()(
        request.POST, request.FILES, instance=draft, parent_page=page.get_parent(), for_user=request.user
    )
    if not form.is_valid() or not form.has_changed():
        return draft
    draft = form.save(commit=False)
    draft.save_revision(user=request.user, log_action=True)
    return draft


def ask_before_approving(request: HttpRequest, page: ArticlePage) -> HttpResponse | None:
    """Wagtail's `before_edit_page`: approving in the workflow publishes too, without the hook above."""
    approving = request.method == "POST" and request.POST.get("workflow-action-name") == "approve"
    if not approving or not isinstance(page, ArticlePage):
        return None
    state = page.current_workflow_task_state
    draft = keep_edits(request, page)
    if state is None or not lost(draft):
        return None
    return redirect(f"{reverse('knowledge_losses', args=[page.pk])}?task={state.pk}")
