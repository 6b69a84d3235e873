"""Markdown files to Wagtail pages, and the tree of pages they need."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from wagtail.models import Locale, Page, Site

from knowledge import pictures
from knowledge.articlefile import ArticleFile, ArticleFileError, from_page, read
from knowledge.models import ArticlePage, HelpIndexPage, HomePage

HELP_SLUGS = {"es": "ayuda", "en": "help"}


@dataclass
class ImportReport:
    """What an import did, by slug as `language/slug`. `missing`: pictures that are in no `pictures/` folder."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    edited: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def import_articles(folder: Path, *, force: bool = False) -> ImportReport:
    """Imports `<folder>/<language>/<slug>.md` and publishes what is new or changed.

    An article that was edited in Wagtail since its import stays as it is (`edited`), unless `force`.
    A file that cannot be read is reported under `errors`; the other files are still imported.
    """
    report = ImportReport()
    articles: list[ArticleFile] = []
    languages = [code for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES]
    for path in sorted(path for code in languages for path in (folder / code).glob("*.md")):
        try:
            articles.append(read(path))
        except ArticleFileError as error:
            report.errors.append(str(error))
    with transaction.atomic():
        indexes = ensure_tree(languages)
        pages = {(p.locale.language_code, p.slug): p for p in ArticlePage.objects.select_related("locale")}
        keys = {slug: page.translation_key for (_code, slug), page in pages.items()}
        for article in articles:
            key = keys.setdefault(article.slug, uuid.uuid4())
            page = pages.get((article.language, article.slug))
            outcome = import_article(article, page, indexes[article.language], key, force)
            getattr(report, outcome).append(f"{article.language}/{article.slug}")
            if outcome != "edited":
                missing = pictures.take_in(article.body, folder)
                report.missing += [f"{article.language}/{article.slug}: {target}" for target in missing]
    return report


def import_article(
    article: ArticleFile, page: ArticlePage | None, parent: HelpIndexPage, key: uuid.UUID, force: bool
) -> str:
    """Brings one page up to its file. Returns the name of the report's list that it belongs to."""
    if page is None:
        page = ArticlePage(locale=parent.locale, translation_key=key, slug=article.slug, live=False)
        fill(page, article)
        parent.add_child(instance=page)
        page.save_revision().publish()
        return "created"
    newest = page.get_latest_revision_as_object()
    now = from_page(newest).checksum
    if now == article.checksum:
        return "unchanged"
    if now != page.imported_checksum and not force:
        return "edited"
    fill(newest, article)
    newest.save_revision().publish()
    return "updated"


def fill(page: ArticlePage, article: ArticleFile) -> None:
    page.title = page.draft_title = article.title
    page.questions = "\n".join(article.questions)
    page.short_answer = article.answer
    page.body = article.body
    page.topic = article.topic
    page.products = ", ".join(article.products)
    page.valid_from, page.valid_until = article.valid_from, article.valid_until
    page.imported_checksum = article.checksum


def ensure_tree(languages: list[str]) -> dict[str, HelpIndexPage]:
    """The help centre's front page of each language; locales, pages and site are made where they are missing."""
    indexes: dict[str, HelpIndexPage] = {}
    home_key, index_key = uuid.uuid4(), uuid.uuid4()
    for code in languages:
        locale, _created = Locale.objects.get_or_create(language_code=code)
        index = HelpIndexPage.objects.filter(locale=locale).first()
        if index is None:
            others = HelpIndexPage.objects.exclude(locale=locale).first()
            if others is not None:
                home_key, index_key = others.get_parent().translation_key, others.translation_key
            index = add_index(locale, home_key, index_key)
        indexes[code] = index
    point_site_at(HomePage.objects.get(pk=indexes[languages[0]].get_parent().pk))
    return indexes


def add_index(locale: Locale, home_key: uuid.UUID, index_key: uuid.UUID) -> HelpIndexPage:
    root = Page.get_first_root_node()
    with translation.override(locale.language_code):
        home = HomePage(
            title=gettext("Home"), slug=f"home-{locale.language_code}", locale=locale, translation_key=home_key
        )
        root.add_child(instance=home)
        home.save_revision().publish()
        index = HelpIndexPage(
            title=gettext("Help centre"),
            slug=HELP_SLUGS.get(locale.language_code, "help"),
            introduction=gettext("Ask in your own words, or look by topic."),
            locale=locale,
            translation_key=index_key,
        )
        home.add_child(instance=index)
        index.save_revision().publish()
    return index


def point_site_at(home: HomePage) -> None:
    """Makes `home` the default site's root, in place of the page that Wagtail's own migrations leave there."""
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is not None and site.root_page.specific_class is not Page:
        return
    address = urlsplit(settings.PUBLIC_BASE_URL)
    welcome = site.root_page if site is not None else None
    site = site or Site(is_default_site=True)
    site.hostname = address.hostname or "localhost"
    site.port = address.port or (443 if address.scheme == "https" else 80)
    site.site_name, site.root_page = settings.WAGTAIL_SITE_NAME, home
    site.save()
    if welcome is not None and not welcome.is_root() and not welcome.get_children().exists():
        welcome.delete()
