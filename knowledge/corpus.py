"""The published articles as this process knows them, refreshed when `IndexState.revision` moves.

Texts are quoted from here, never from the vector index: what an editor published is what the next customer reads, and
an index that is a moment behind can only miss a passage, not quote an old one.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from knowledge import lexical, passages, products
from knowledge.frozen import key
from knowledge.lexical import Lexicon, rarity
from knowledge.models import ArticlePage, IndexState
from knowledge.passages import Passage
from knowledge.scoring import Sizes, sort_of
from knowledge.sentences import Sentenced, Sentences
from knowledge.spelling import Spelling


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
    times: dict[str, int] = field(repr=False)
    wordings: frozenset[bytes] = field(repr=False)
    appliances: frozenset[str]
    mentions: dict[str, float] = field(repr=False)
    pictured: bool
    # Of a draft, which no index holds: the vector of each passage, in their order.
    vectors: NDArray[np.float32] | None = field(default=None, repr=False, compare=False)

    @property
    def texts(self) -> list[list[str]]:
        """The stems of each passage that is no single sentence of another one."""
        pairs = zip(self.passages, self.tokens, strict=True)
        return [stems for passage, stems in pairs if passage.kind != "sentence"]

    @cached_property
    def sentences(self) -> Sentenced:
        """Each single sentence of the text, with what it is about."""
        parted = any(passage.kind == "sentence" for passage in self.passages)
        return Sentenced.of(
            [
                passage.searched
                for passage in self.passages
                if passage.kind != "question"
                and not (parted and passage.kind == "section" and passages.parted(passage.text))
            ]
        )

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The id of each passage."""
        return tuple(passage.id for passage in self.passages)

    @cached_property
    def sorts(self) -> NDArray[np.int8]:
        """The sort of each passage, as scoring compares them."""
        return np.array([sort_of(passage.kind) for passage in self.passages], dtype=np.int8)

    def valid(self, day: date) -> bool:
        """Whether the article holds on `day`, a day of the shop."""
        return (self.valid_from or day) <= day <= (self.valid_until or day)


@dataclass(frozen=True, eq=False)
class Words:
    """The words of all articles of one language: BM25 over their passages (single sentences are in a section already),
    and where each article's begin and end among them; their sentences; for each stem the numbers of the articles that
    have it, and in how many passages."""

    lexicon: Lexicon
    sentences: Sentences
    spelling: Spelling
    articles: tuple[Article, ...]
    numbers: dict[int, int]
    bounds: NDArray[np.int64]
    postings: dict[str, tuple[NDArray[np.int64], NDArray[np.float32]]]

    @classmethod
    def of(cls, articles: tuple[Article, ...]) -> Words:
        lists: dict[str, tuple[list[int], list[int]]] = {}
        for number, article in enumerate(articles):
            for stem, times in article.times.items():
                held = lists.setdefault(stem, ([], []))
                held[0].append(number)
                held[1].append(times)
        texts = [article.texts for article in articles]
        return cls(
            Lexicon([stems for own in texts for stems in own]),
            Sentences([article.sentences for article in articles]),
            Spelling(lists),
            articles,
            {article.page_id: number for number, article in enumerate(articles)},
            np.cumsum([0, *map(len, texts)]),
            {stem: (np.array(where), np.array(times, np.float32)) for stem, (where, times) in lists.items()},
        )

    def meant(self, stems: Iterable[str]) -> list[str]:
        """The stems, misspelt ones as those they were probably meant to be."""
        return [stem if stem in self.postings else self.spelling.meant(stem) for stem in stems]

    def shares(self, stems: list[str]) -> NDArray[np.float32]:
        """For each article how much of the question's weight is in stems that its passages use, and often."""
        found = np.zeros(len(self.articles), dtype=np.float32)
        none: tuple[list[int], list[float]] = ([], [])
        weights = {stem: rarity(len(self.postings.get(stem, none)[0]), len(self.articles)) for stem in set(stems)}
        total = sum(weights.values())
        for stem, weight in weights.items():
            if stem in self.postings:
                where, times = self.postings[stem]
                found[where] += weight / total * times / (times + 1)
        return found


@dataclass(frozen=True, eq=False)
class Corpus:
    """All published articles at one revision of the index state, and their words by language."""

    revision: int
    articles: dict[int, Article]
    by_passage: dict[str, tuple[Article, Passage]] = field(repr=False)
    by_slug: dict[str, list[Article]] = field(repr=False)
    words: dict[str, Words] = field(repr=False)

    @classmethod
    def build(cls, revision: int, articles: dict[int, Article]) -> Corpus:
        by_slug: dict[str, list[Article]] = {}
        by_language: dict[str, list[Article]] = {}
        for article in articles.values():
            by_slug.setdefault(article.slug, []).append(article)
            by_language.setdefault(article.language, []).append(article)
        return cls(
            revision,
            articles,
            {passage.id: (article, passage) for article in articles.values() for passage in article.passages},
            by_slug,
            {language: Words.of(tuple(own)) for language, own in by_language.items()},
        )

    @lru_cache(maxsize=8)  # noqa: B019 (an old corpus lives on only until eight later questions)
    def sizes(self, language: str, day: date) -> dict[str, Sizes]:
        """For each slug the number of passages of its valid versions, in `language` and in any other."""
        found: dict[str, Sizes] = {}
        for article in self.articles.values():
            if article.valid(day):
                before = found.get(article.slug, Sizes())
                counts = Counter(sort_of(passage.kind) for passage in article.passages)
                here, there = (before.own, before.other) if article.language == language else (before.other, before.own)
                more = (here[0] + counts[0], here[1] + counts[1], here[2] + counts[2])
                own = article.language == language
                found[article.slug] = Sizes(more, there) if own else Sizes(there, more)
        return found

    @lru_cache(maxsize=8)  # noqa: B019
    def versions(self, language: str, day: date) -> dict[str, Article]:
        """For each slug the version to show on `day`: the customer's language, else any other that is valid."""
        versions: dict[str, Article] = {}
        for article in self.articles.values():
            if article.valid(day) and (article.language == language or article.slug not in versions):
                versions[article.slug] = article
        return versions

    @lru_cache(maxsize=8)  # noqa: B019
    def shown(self, language: str, day: date) -> dict[str, NDArray[np.bool_]]:
        """For `language`, and for others in which alone some article exists, which articles are the ones to show."""
        versions = self.versions(language, day)
        masks = {
            code: np.array([versions.get(article.slug) is article for article in words.articles], dtype=bool)
            for code, words in self.words.items()
        }
        return {code: mask for code, mask in masks.items() if code == language or mask.any()}


_lock = threading.Lock()
_corpus: Corpus | None = None
_instead: ContextVar[Corpus | None] = ContextVar("corpus_instead", default=None)
_steady: ContextVar[Corpus | None] = ContextVar("corpus_steady", default=None)


def current() -> Corpus:
    """The corpus of now. One small query when nothing changed; otherwise the changed articles are read again."""
    global _corpus
    if (other := _instead.get() or _steady.get()) is not None:
        return other
    revision = IndexState.current().revision
    known = _corpus
    if known is None or known.revision != revision:
        with _lock:
            if _corpus is None or _corpus.revision != revision:
                _corpus = Corpus.build(revision, read_articles(_corpus.articles if _corpus else {}))
            known = _corpus
    return known


@contextmanager
def steady() -> Iterator[None]:
    """Within this the articles and the state of their index are those of one moment, read once."""
    if _steady.get() is not None:
        yield
        return
    with IndexState.read_once():
        token = _steady.set(current())
        try:
            yield
        finally:
            _steady.reset(token)


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
        times=dict(Counter(stem for stems in tokens for stem in set(stems))),
        wordings=frozenset(key(part.searched) for part in parts if part.kind == "question"),
        appliances=frozenset(page.skus) & products.current().skus,
        mentions=mentions(parts),
        pictured="](pictures/" in page.body,
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
