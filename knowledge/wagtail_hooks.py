"""What of ours is in Wagtail's admin: entries in the menu, their pages, and a look before publishing."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import URLPattern, reverse
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.staticfiles import versioned_static

# Every command imports this module; what searches articles is heavy and waits until it is needed.


class EditorsMenuItem(MenuItem):  # type: ignore[misc]  # Wagtail has no types
    def is_shown(self, request: HttpRequest) -> bool:
        from knowledge.editor.access import may_write

        return may_write(request.user)


def addresses() -> list[URLPattern]:
    from knowledge.editor.urls import urlpatterns

    return urlpatterns


def gaps_entry() -> MenuItem:
    return EditorsMenuItem(_("Unanswered questions"), reverse("knowledge_gaps"), icon_name="help", order=150)


def health_entry() -> MenuItem:
    return EditorsMenuItem(
        _("Health of the articles"), reverse("knowledge_health"), icon_name="clipboard-list", order=160
    )


def ask_before_publishing(request: HttpRequest, page: Any) -> HttpResponse | None:
    from knowledge.editor import publishing

    return publishing.ask_before_publishing(request, page)


def ask_before_approving(request: HttpRequest, page: Any) -> HttpResponse | None:
    from knowledge.editor import publishing

    return publishing.ask_before_approving(request, page)


def tell_remarks(request: HttpRequest, page: Any) -> None:
    """After a save that the editor asked for; Wagtail's own saves in between stay silent."""
    if page.specific_class.__name__ != "ArticlePage" or request.headers.get("accept", "").startswith(
        "application/json"
    ):
        return
    from django.contrib import messages

    from knowledge.remarks import remarks

    # Publishing calls this twice.
    if getattr(request, "_remarks_told", False):
        return
    request._remarks_told = True  # type: ignore[attr-defined]
    for remark in remarks(page):
        messages.warning(request, remark)


def editor_script() -> SafeString:
    from knowledge.editor.toolbar import texts

    return format_html(
        '{}<script src="{}"></script><script src="{}"></script><script src="{}" defer></script>',
        json_script(texts(), "knowledge-texts"),
        versioned_static("wagtailimages/js/image-chooser-modal.js"),
        static("knowledge/editor/impact.js"),
        static("knowledge/editor/markdown.js"),
    )


def editor_style() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("knowledge/editor/editor.css"))


hooks.register("register_admin_urls", addresses)
hooks.register("register_admin_menu_item", gaps_entry)
hooks.register("register_admin_menu_item", health_entry)
hooks.register("before_publish_page", ask_before_publishing)
hooks.register("before_edit_page", ask_before_approving)
hooks.register("after_edit_page", tell_remarks)
hooks.register("after_create_page", tell_remarks)
hooks.register("after_publish_page", tell_remarks)
hooks.register("insert_editor_js", editor_script)
hooks.register("insert_global_admin_css", editor_style)
