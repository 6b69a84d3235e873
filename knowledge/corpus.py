"""The published articles as this process knows them, refreshed when `IndexState.revision` moves.

Texts are quoted from here, never from the vector index: what an editor published is what the next customer reads, and
an index that is a moment behind can only miss a passage, not quote an old one.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from knowledge import lexical, passages, products
from knowledge.lexical import Lexicon
from knowledge.models import ArticlePage, IndexState
from knowledge.passages import Passage
from knowledge.scoring import Sizes


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
    appliances: frozenset[str]
    mentions: dict[str, float] = field(repr=False)
    # Of a draft, which no index holds: the vector of each passage, in their order.
    vectors: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)

    def valid(self, day: date) -> bool:
        """Whether the article holds on `day`, a day of the shop."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


@dataclass(frozen=True, eq=False)
class Corpus:
    """All published articles at one revision of the index state. By language: `postings` says of each stem in how many
    passages of which slug it is, `counts` how many articles there are."""

    revision: int
    articles: dict[int, Article]
    by_passage: dict[str, tuple[Article, Passage]] = field(repr=False)
    order: dict[str, list[tuple[Article, Passage]]] = field(repr=False)
    lexicons: dict[str, Lexicon] = field(repr=False)
    postings: dict[str, dict[str, dict[str, int]]] = field(repr=False)
    counts: Counter[str] = field(repr=False)

    @classmethod
    def build(cls, revision: int, articles: dict[int, Article]) -> Corpus:
        by_passage: dict[str, tuple[Article, Passage]] = {}
        order: dict[str, list[tuple[Article, Passage]]] = {}
        tokens: dict[str, list[list[str]]] = {}
        postings: dict[str, dict[str, dict[str, int]]] = {}
        for article in articles.values():
            held = postings.setdefault(article.language, {})
            for passage, words in zip(article.passages, article.tokens, strict=True):
                by_passage[passage.id] = (article, passage)
                order.setdefault(article.language, []).append((article, passage))
                tokens.setdefault(article.language, []).append(words)
                for word in set(words):
                    times = held.setdefault(word, {})
                    times[article.slug] = times.get(article.slug, 0) + 1
        lexicons = {language: Lexicon(texts) for language, texts in tokens.items()}
        counts = Counter(article.language for article in articles.values())
        return cls(revision, articles, by_passage, order, lexicons, postings, counts)

    @lru_cache(maxsize=8)  # noqa: B019 (an old corpus lives on only until eight later questions)
    def sizes(self, language: str, day: date) -> dict[str, Sizes]:
        """For each slug the number of passages of its valid versions, in `language` and in any other."""
        found: dict[str, list[int]] = {}
        for article in self.articles.values():
            if article.valid(day):
                wordings = sum(passage.kind == "question" for passage in article.passages)
                size = found.setdefault(article.slug, [0, 0, 0, 0])
                first = 0 if article.language == language else 2
                size[first] += wordings
                size[first + 1] += len(article.passages) - wordings
        return {slug: Sizes(*size) for slug, size in found.items()}

    @lru_cache(maxsize=8)  # noqa: B019
    def versions(self, language: str, day: date) -> dict[str, Article]:
        """For each slug the version to show on `day`: the customer's language, else any other that is valid."""
        versions: dict[str, Article] = {}
        for article in self.articles.values():
            if article.valid(day) and (article.language == language or article.slug not in versions):
                versions[article.slug] = article
        return versions


_lock = threading.Lock()
_corpus: Corpus | None = None
_instead: ContextVar[Corpus | None] = ContextVar("corpus_instead", default=None)


def current() -> Corpus:
    """The corpus of now. One small query when nothing changed; otherwise the changed articles are read again."""
    global _corpus
    if (other := _instead.get()) is not None:
        return other
    revision = IndexState.objects.filter(pk=1).values_list("revision", flat=True).first() or 0
    known = _corpus
    if known is None or known.revision != revision:
        with _lock:
            if _corpus is None or _corpus.revision != revision:
                _corpus = Corpus.build(revision, read_articles(_corpus.articles if _corpus else {}))
            known = _corpus
    return known


@contextmanager
def instead(other: Corpus) -> Iterator[None]:
    """Within this, questions are answered from `other`, such as a corpus with a draft in an article's place."""
    token = _instead.set(other)
    try:
        yield
    finally:
        _instead.reset(token)


def replaced() -> bool:
    """Whether `instead` is at work."""
    return _instead.get() is not None


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
        appliances=frozenset(page.skus) & products.current().skus,
        mentions=mentions(parts),
    )


def mentions(parts: tuple[Passage, ...]) -> dict[str, float]:
    """For each appliance the share of the article's own text (not of its wordings) that names it."""
    body = [part for part in parts if part.kind != "question"]
    named = Counter(sku for part in body for sku in part.named)
    return {sku: times / len(body) for sku, times in named.items()}


def address(page: ArticlePage) -> str:
    """The public address of a page, with the host that customers reach."""
    parts = page.get_url_parts()
    path = parts[2] if parts and parts[2] else f"/{page.locale.language_code}/{page.slug}/"
    return f"{settings.PUBLIC_BASE_URL.rstrip('/')}{path}"
