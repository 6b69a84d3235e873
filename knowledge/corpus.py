"""The published articles as this process knows them, refreshed when `IndexState.revision` moves.

Texts are quoted from here, never from the vector index: what an editor published is what the next customer reads, and
an index that is a moment behind can only miss a passage, not quote an old one.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings

from knowledge import lexical, passages
from knowledge.lexical import Lexicon
from knowledge.models import ArticlePage, IndexState
from knowledge.passages import Passage
from knowledge.product_words import product_words


@dataclass(frozen=True)
class Article:
    """One published article in one language."""

    page_id: int
    slug: str
    language: str
    title: str
    url: str
    revision: int
    short_answer: str
    topic: str
    products: frozenset[str]
    valid_from: date | None
    valid_until: date | None
    passages: tuple[Passage, ...] = field(repr=False)
    tokens: tuple[list[str], ...] = field(repr=False)
    vocabulary: frozenset[str] = field(repr=False)

    def valid(self, day: date) -> bool:
        """Whether the article holds on `day`, a day of the shop."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


@dataclass(frozen=True)
class Corpus:
    """All published articles at one revision of the index state."""

    revision: int
    articles: dict[int, Article]
    by_passage: dict[str, tuple[Article, Passage]] = field(repr=False)
    order: dict[str, list[tuple[Article, Passage]]] = field(repr=False)
    lexicons: dict[str, Lexicon] = field(repr=False)
    product_words: dict[str, dict[str, str]] = field(repr=False)

    @classmethod
    def build(cls, revision: int, articles: dict[int, Article]) -> Corpus:
        by_passage: dict[str, tuple[Article, Passage]] = {}
        order: dict[str, list[tuple[Article, Passage]]] = {}
        tokens: dict[str, list[list[str]]] = {}
        for article in articles.values():
            for passage, words in zip(article.passages, article.tokens, strict=True):
                by_passage[passage.id] = (article, passage)
                order.setdefault(article.language, []).append((article, passage))
                tokens.setdefault(article.language, []).append(words)
        lexicons = {language: Lexicon(texts) for language, texts in tokens.items()}
        names = {language: product_words(wordings(articles.values(), language)) for language in tokens}
        return cls(revision, articles, by_passage, order, lexicons, names)

    def products_named(self, language: str, stems: Sequence[str]) -> set[str]:
        """The SKUs whose names are among the stems of a question."""
        names = self.product_words.get(language, {})
        return {names[stem] for stem in stems if stem in names}

    def sizes(self, language: str, day: date) -> dict[str, tuple[int, int]]:
        """For each slug the number of passages of its valid versions in `language`, and in any other."""
        found: dict[str, tuple[int, int]] = {}
        for article in self.articles.values():
            if article.valid(day):
                here, there = found.get(article.slug, (0, 0))
                count = len(article.passages)
                own = article.language == language
                found[article.slug] = (here + count, there) if own else (here, there + count)
        return found

    def only_elsewhere(self, language: str, day: date) -> set[int]:
        """The articles of other languages that have no valid version in `language`."""
        here = {a.slug for a in self.articles.values() if a.language == language and a.valid(day)}
        return {a.page_id for a in self.articles.values() if a.slug not in here and a.valid(day)}


def wordings(articles: Iterable[Article], language: str) -> Iterator[tuple[frozenset[str], list[str]]]:
    """(products, stems) of each wording of each article in one language."""
    for article in articles:
        if article.language == language:
            for passage, stems in zip(article.passages, article.tokens, strict=True):
                if passage.kind == "question":
                    yield article.products, stems


_lock = threading.Lock()
_corpus: Corpus | None = None


def current() -> Corpus:
    """The corpus of now. One small query when nothing changed; otherwise the changed articles are read again."""
    global _corpus
    revision = IndexState.objects.filter(pk=1).values_list("revision", flat=True).first() or 0
    known = _corpus
    if known is None or known.revision != revision:
        with _lock:
            if _corpus is None or _corpus.revision != revision:
                _corpus = Corpus.build(revision, read_articles(_corpus.articles if _corpus else {}))
            known = _corpus
    return known


def forget() -> None:
    """Drops what this process knows; for tests, whose database changes under it."""
    global _corpus
    _corpus = None


def read_articles(known: dict[int, Article]) -> dict[int, Article]:
    articles: dict[int, Article] = {}
    for page in ArticlePage.objects.live().public().select_related("locale").order_by("pk"):
        before = known.get(page.pk)
        url = address(page)
        if before is None or (before.revision, before.url) != (page.revision, url):
            before = read_article(page, url)
        articles[page.pk] = before
    return articles


def read_article(page: ArticlePage, url: str) -> Article:
    language = page.locale.language_code
    parts = passages.split(page)
    tokens = tuple(lexical.words(part.searched, language) for part in parts)
    return Article(
        page_id=page.pk,
        slug=page.slug,
        language=language,
        title=page.title,
        url=url,
        revision=page.revision,
        short_answer=" ".join(page.short_answer.split()),
        topic=page.topic,
        products=frozenset(page.skus),
        valid_from=page.valid_from,
        valid_until=page.valid_until,
        passages=parts,
        tokens=tokens,
        vocabulary=frozenset(word for stems in tokens for word in stems),
    )


def address(page: ArticlePage) -> str:
    """The public address of a page, with the host that customers reach."""
    parts = page.get_url_parts()
    path = parts[2] if parts and parts[2] else f"/{page.locale.language_code}/{page.slug}/"
    return f"{settings.PUBLIC_BASE_URL.rstrip('/')}{path}"
