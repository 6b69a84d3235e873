"""Who may see these pages: whoever may write articles."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from knowledge.models import ArticlePage, HelpIndexPage


def may_write(account: Any) -> bool:
    return any(index.permissions_for_user(account).can_add_subpage() for index in HelpIndexPage.objects.all())


def article_of(request: HttpRequest, pk: int) -> ArticlePage:
    """The newest draft of an article that this account may edit. Raises PermissionDenied, Http404."""
    page = get_object_or_404(ArticlePage, pk=pk)
    if not page.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    draft: ArticlePage = page.get_latest_revision_as_object()
    return draft


class EditorsOnly(WagtailAdminTemplateMixin):  # type: ignore[misc]  # Wagtail has no types
    """A page of Wagtail's admin for those who write articles."""

    request: HttpRequest
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_write(request.user):
            raise PermissionDenied
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]
