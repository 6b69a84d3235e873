"""Articles and the help centre as Wagtail pages, and the three small tables beside them.

`IndexState` points at the search index in use, `PendingArticle` lists the articles whose index entry is behind, and
`Gap` keeps the questions that no article answered.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.models import Page
from wagtail.search import index as search_index

from knowledge import rendering

SHORT_ANSWER_LIMIT = 600


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
            context["results"] = search_articles(query, self.locale.language_code)
        else:
            articles = list(ArticlePage.valid_on(timezone.localdate()).child_of(self).live().order_by("title"))
            topics = [(t.label, [a for a in articles if a.topic == t.value]) for t in Topic]
            context["topics"] = [(label, found) for label, found in topics if found]
        context["translations"] = live_translations(self)
        return context


class ArticlePage(Page):  # type: ignore[misc]
    """One question that customers have, answered. The title is the question; one slug names it in every language."""

    parent_page_types: ClassVar[list[str]] = ["knowledge.HelpIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    template = "knowledge/article.html"

    questions = models.TextField(
        _("other wordings"),
        blank=True,
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
        help_text=_(
            "Markdown: ## headings, 1. steps, tables with |. Each section should make sense alone, because the bot "
            "may quote it alone. Link to another article with its slug: [text](slug.md)."
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
        return rendering.render(self.body)

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
        context["expired"] = bool(self.valid_until and self.valid_until < timezone.localdate())
        return context


def live_translations(page: Page) -> list[Page]:
    """The published versions of `page` in other languages."""
    return list(page.get_translations().live().select_related("locale").specific())


class IndexState(models.Model):
    """One row: which collection is searched, how it was made, and a number that rises with every change."""

    collection = models.CharField(max_length=80, blank=True)
    encoder = models.CharField(max_length=200, blank=True)
    splitter = models.CharField(max_length=20, blank=True)
    revision = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.collection or '-'} r{self.revision}"

    @classmethod
    def current(cls) -> IndexState:
        return cls.objects.get_or_create(pk=1)[0]

    @classmethod
    def bump(cls) -> None:
        """Tells every process that articles or their index changed."""
        cls.current()
        cls.objects.filter(pk=1).update(revision=F("revision") + 1)


class PendingArticle(models.Model):
    """An article whose entry in the index is behind. Each further change raises `generation`."""

    page_id = models.BigIntegerField(unique=True)
    generation = models.PositiveIntegerField(default=1)
    marked_at = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar[list[str]] = ["marked_at", "pk"]

    def __str__(self) -> str:
        return f"page {self.page_id} g{self.generation}"

    @classmethod
    def mark(cls, page_id: int) -> None:
        """Puts an article on the list; call it in the transaction that changes the article."""
        row, created = cls.objects.get_or_create(page_id=page_id)
        if not created:
            cls.objects.filter(pk=row.pk).update(generation=F("generation") + 1)


class Gap(models.Model):
    """A question that no article answered, kept for the editors. The text is masked: no address, phone or order."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DRAFTED = "drafted", _("Drafted")
        CLOSED = "closed", _("Closed")

    fingerprint = models.CharField(max_length=64, editable=False)
    question = models.TextField(_("question"))
    language = models.CharField(_("language"), max_length=10)
    channel = models.CharField(_("channel"), max_length=20, blank=True)
    conversation = models.CharField(_("conversation"), max_length=64, blank=True)
    count = models.PositiveIntegerField(_("times asked"), default=1)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    created_at = models.DateTimeField(_("first asked"), default=timezone.now)
    last_asked_at = models.DateTimeField(_("last asked"), default=timezone.now)

    class Meta:
        verbose_name = _("unanswered question")
        verbose_name_plural = _("unanswered questions")
        ordering: ClassVar[list[str]] = ["-count", "-last_asked_at"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["fingerprint", "language"], name="one_gap_per_question_and_language")
        ]

    def __str__(self) -> str:
        return self.question[:80]
