"""Articles and the help centre as Wagtail pages."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index as search_index

from knowledge import rendering

SHORT_ANSWER_LIMIT = 600
# A manual of many pages is several articles; whoever pastes one by mistake is told.
BODY_LIMIT = 60_000
WORDINGS_LIMIT = 10_000


class Topic(models.TextChoices):
    """What an article is about; the help centre lists its articles under these headings, in this order."""

    ORDERS = "orders", _("Orders")
    SHIPPING = "shipping", _("Shipping")
    RETURNS = "returns", _("Returns and refunds")
    WARRANTY = "warranty", _("Warranty and repairs")
    PAYMENT = "payment", _("Payment and invoices")
    CLUB = "club", _("Club and gift cards")
    PRODUCTS = "products", _("Using your product")
    STORES = "stores", _("Shops and contact")
    PRIVACY = "privacy", _("Privacy and rights")


class HomePage(Page):  # type: ignore[misc]  # Wagtail has no types
    """The root of one language's pages. It shows nothing itself and leads on to the help centre."""

    parent_page_types: ClassVar[list[str]] = ["wagtailcore.Page"]
    subpage_types: ClassVar[list[str]] = ["knowledge.HelpIndexPage"]

    class Meta:
        verbose_name = _("home")

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        help_index = HelpIndexPage.objects.child_of(self).live().first()
        return HttpResponseRedirect(help_index.get_url(request) if help_index else "/")


class HelpIndexPage(Page):  # type: ignore[misc]
    """The front page of the help centre in one language: articles by topic, and a search box."""

    parent_page_types: ClassVar[list[str]] = ["knowledge.HomePage"]
    subpage_types: ClassVar[list[str]] = ["knowledge.ArticlePage"]
    template = "knowledge/help_index.html"
    introduction = models.TextField(_("introduction"), blank=True)
    content_panels: ClassVar[list[Any]] = [*Page.content_panels, FieldPanel("introduction")]

    class Meta:
        verbose_name = _("help centre")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds `query` and `results` when a question was asked, and `topics` ([(label, articles)]) when none was."""
        from knowledge.help_search import search_articles

        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        query = request.GET.get("q", "").strip()[:200]
        context["query"] = query
        if query:
            # Crawlers follow any address; a question is counted as a customer's when our own form sent it.
            asked = request.headers.get("Sec-Fetch-Site") == "same-origin"
            context["results"] = search_articles(query, self.locale.language_code, counted=asked)
        else:
            articles = list(ArticlePage.valid_on(timezone.localdate()).child_of(self).live().order_by("title"))
            topics = [(t.label, [a for a in articles if a.topic == t.value]) for t in Topic]
            context["topics"] = [(label, found) for label, found in topics if found]
        context["translations"] = live_translations(self)
        context.update(chat())
        return context


class ArticlePage(Page):  # type: ignore[misc]
    """One question that customers have, answered. The title is the question; one slug names it in every language."""

    parent_page_types: ClassVar[list[str]] = ["knowledge.HelpIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "knowledge/article.html"

    questions = models.TextField(
        _("other wordings"),
        blank=True,
        max_length=WORDINGS_LIMIT,
        help_text=_("Other ways customers ask this, one per line. The more different, the better it is found."),
    )
    short_answer = models.TextField(
        _("short answer"),
        max_length=SHORT_ANSWER_LIMIT,
        help_text=_(
            "What the bot says in chat: complete sentences, plain text, the number or the step that matters first."
        ),
    )
    body = models.TextField(
        _("body"),
        blank=True,
        max_length=BODY_LIMIT,
        help_text=_(
            "Markdown: ## headings, 1. steps, tables with |. Each section should make sense alone, because the bot "
            "may quote it alone. Link to another article with its slug: [text](slug.md). Pictures: "
            "![what it shows](pictures/name.jpg). A film: its link alone on a line."
        ),
    )
    topic = models.CharField(_("topic"), max_length=20, choices=Topic.choices, default=Topic.PRODUCTS)
    products = models.CharField(
        _("products"), max_length=200, blank=True, help_text=_("SKUs, separated by commas. Empty: all products.")
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True, help_text=_("The last day included."))
    imported_checksum = models.CharField(max_length=64, blank=True, editable=False)

    content_panels: ClassVar[list[Any]] = [
        *Page.content_panels,
        FieldPanel("short_answer"),
        FieldPanel("questions"),
        FieldPanel("body", classname="knowledge-markdown"),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("topic"), FieldPanel("products")]),
                FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_until")]),
            ],
            heading=_("When and for what"),
        ),
    ]
    search_fields: ClassVar[list[Any]] = [
        *Page.search_fields,
        search_index.SearchField("questions"),
        search_index.SearchField("short_answer"),
        search_index.SearchField("body"),
    ]

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    @classmethod
    def valid_on(cls, day: date) -> Any:
        """The articles, live or not, whose validity includes `day` (a day of the shop)."""
        return cls.objects.filter(
            Q(valid_from=None) | Q(valid_from__lte=day), Q(valid_until=None) | Q(valid_until__gte=day)
        )

    @property
    def wordings(self) -> tuple[str, ...]:
        """The other wordings of the question, without empty lines."""
        return tuple(line.strip() for line in self.questions.splitlines() if line.strip())

    @property
    def skus(self) -> tuple[str, ...]:
        """The SKUs of the products that the article is about; none when it is about every product."""
        return tuple(sku.strip() for sku in self.products.split(",") if sku.strip())

    @property
    def revision(self) -> int:
        """The number of the published revision, as Wagtail knows it; 0 before the first publication."""
        return cast(int, self.live_revision_id or 0)

    @property
    def body_html(self) -> SafeString:
        """The body as sanitised HTML; its headings carry ids and its links lead to the other articles' pages."""
        from knowledge import pictures

        names = [pictures.name_of(target) for target in pictures.targets(self.body)]
        return rendering.render(self.body, pictures.renditions(names) if names else {})

    @property
    def structured_data(self) -> SafeString:
        """Question and answer as search engines read them (schema.org FAQPage), safe inside a script element."""
        data = {
            "@context": "https://schema.org",
            "@type": "FAQPage",
            "inLanguage": self.locale.language_code,
            "mainEntity": [
                {
                    "@type": "Question",
                    "name": self.title,
                    "acceptedAnswer": {"@type": "Answer", "text": self.short_answer, "url": self.full_url},
                }
            ],
        }
        text = json.dumps(data, ensure_ascii=False)
        for character, escaped in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026")):
            text = text.replace(character, escaped)
        return mark_safe(text)  # noqa: S308  nothing that ends a script is left

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The last day is before the first one.")})

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        context["translations"] = live_translations(self)
        context["related"] = (
            ArticlePage.valid_on(timezone.localdate())
            .sibling_of(self, inclusive=False)
            .live()
            .filter(topic=self.topic)
            .order_by("title")[:5]
        )
        context["thanks"] = request.GET.get("thanks", "")
        context.update(chat())
        context["expired"] = bool(self.valid_until and self.valid_until < timezone.localdate())
        return context


def chat() -> dict[str, str]:
    """The chat that a page carries, as the settings name it."""
    return {"chat_script": getattr(settings, "KNOWLEDGE_CHAT_SCRIPT", ""), "site_name": settings.WAGTAIL_SITE_NAME}


def live_translations(page: Page) -> list[Page]:
    """The published versions of `page` in other languages."""
    return list(page.get_translations().live().select_related("locale").specific())
