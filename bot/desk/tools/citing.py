"""Articles for an agent's answer: searched, quoted, and cited with the revision that is published now."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knowledge.models import ArticlePage

if TYPE_CHECKING:
    from knowledge.corpus import Article

# The retriever and its libraries take seconds to import: they are, when somebody first searches.
log = logging.getLogger(__name__)
SHOWN = 6


@dataclass(frozen=True)
class Source:
    """An article for an agent; `text` answers the words that were asked, `sure` is the chance that it is about them."""

    slug: str
    title: str
    text: str
    url: str
    revision: int
    language: str
    sure: float | None = None


def found(query: str, language: str, limit: int = SHOWN) -> list[Source]:
    """The published articles for a query, best first; by plain words where the index cannot be asked."""
    from knowledge.answers import best_text, confidence_of
    from knowledge.retriever import KnowledgeUnavailable, search

    words = query.replace("\x00", "").strip()[:500]
    if not words:
        return []
    try:
        result = search(words, language, limit=limit)
    except KnowledgeUnavailable as error:
        log.warning("an agent searched without the index: %s", error)
        return _by_words(words, language)[:limit]
    sure = confidence_of(result)
    return [
        _source(each.article, best_text(each, words), sure if place == 0 else None)
        for place, each in enumerate(result.candidates)
    ]


def _source(article: Article, text: str, sure: float | None = None) -> Source:
    return Source(article.slug, article.title, text, article.url, article.revision, article.language, sure)


def _by_words(words: str, language: str) -> list[Source]:
    from knowledge import corpus
    from knowledge.retriever import shop_day

    known = corpus.current().versions(language, shop_day())
    wanted = [word.casefold() for word in words.split() if len(word) > 3] or [words.casefold()]
    scored = [(sum(word in f"{a.title} {a.short_answer}".casefold() for word in wanted), a) for a in known.values()]
    scored = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return [_source(article, article.short_answer) for _score, article in scored]


def citations(slugs: Sequence[str], language: str) -> list[dict[str, Any]]:
    """The sources of a message, as they are published at this moment; what was withdrawn meanwhile is left out."""
    if not slugs or not ArticlePage.objects.exists():
        return []
    from knowledge import corpus
    from knowledge.retriever import shop_day

    shown = corpus.current().versions(language, shop_day())
    articles = [shown[slug] for slug in dict.fromkeys(slugs) if slug in shown][:5]
    return [{"slug": a.slug, "title": a.title, "url": a.url, "revision": a.revision} for a in articles]
