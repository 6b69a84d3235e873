"""Every address of the web process."""

from __future__ import annotations

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from bot import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("bot.conversations.urls")),
    path("", include("bot.desk.tools.urls")),
    path("", include("bot.desk.desks.urls")),
    path("", include("bot.desk.security.urls")),
    path("", include("bot.privacy.urls")),
    path("", include("bot.desk.urls")),
    path("metrics", metrics.page, name="metrics"),
    path("", include("bot.insights.urls")),
    path("", include("bot.outreach.urls")),
    path("", include("bot.shop.urls")),
    path("", include("knowledge.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
    path("cms/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
]
if settings.SANDBOX:
    urlpatterns += [
        path("", include("bot.sandbox.urls")),
        path("", RedirectView.as_view(url="/sandbox"), name="home"),
    ]
urlpatterns += i18n_patterns(path("", include(wagtail_urls)))
