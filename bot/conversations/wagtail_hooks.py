"""What Wagtail's admin shows of the channels."""

from __future__ import annotations

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from bot.conversations.web.embedding import Embedding


@hooks.register("register_admin_urls")  # type: ignore[untyped-decorator]  # Wagtail has no types
def addresses() -> list[URLPattern]:
    return [path("chat/", Embedding.as_view(), name="chat_on_your_site")]


@hooks.register("register_settings_menu_item")  # type: ignore[untyped-decorator]
def entry() -> MenuItem:
    return MenuItem(_("Chat on your site"), reverse("chat_on_your_site"), icon_name="code", order=50)
