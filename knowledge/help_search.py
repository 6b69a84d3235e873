"""The search box of the help centre: the same retriever as the bot, and plain words where that is not available."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError
from django.db.models import Q

from knowledge.models import ArticlePage

if TYPE_CHECKING:
    from knowledge.corpus import Article

logger = logging.getLogger(__name__)
RESULTS = 6
CHANNEL = "help"
# Fewer words are a search, not a question ("cafetera").
WORDS_OF_A_QUESTION = 3


def search_articles(question: str, language: str, *, counted: bool = False) -> list[dict[str, Any]]:
    """Up to six articles as {title, url, short_answer, language, sure}, best first.

    `sure`: the first one answers. `counted`: a customer asked; where nothing is sure it becomes a gap.
    """
    from knowledge.answers import confidence_of
    from knowledge.calibration import calibration
    from knowledge.index import KnowledgeUnavailable
    from knowledge.retriever import search

    try:
        found = search(question, language, limit=RESULTS)
    except KnowledgeUnavailable as error:
        logger.warning("help centre searched without the index: %s", error)
        return by_words(question, language)
    candidates = found.candidates
    sure = bool(candidates) and confidence_of(found) >= calibration().threshold
    if counted:
        keep(question, language, candidates[0].article if sure else None)
    return [
        {
            "title": c.article.title,
            "url": path(c.article.url),
            "short_answer": c.article.short_answer,
            "language": c.article.language,
            "sure": sure and position == 0,
        }
        for position, c in enumerate(candidates)
    ]


def keep(question: str, language: str, article: Article | None) -> None:
    """Counts a question of a reader of the help centre like one from the chat. A search never fails because of it."""
    from knowledge.gaps import record_answer, record_gap

    if len(question.split()) < WORDS_OF_A_QUESTION:
        return
    if article is not None:
        record_answer(question, language, CHANNEL, "", article.slug, article.revision)
        return
    try:
        record_gap(question, language, CHANNEL, "")
    except DatabaseError as error:
        logger.warning("a question of the help centre was not kept: %s", error)


def path(url: str) -> str:
    """The address without its host, so that a page's own host stays."""
    return "/" + url.split("://", 1)[-1].partition("/")[2]


def by_words(question: str, language: str) -> list[dict[str, Any]]:
    wanted = Q()
    for word in [word for word in question.split() if len(word) > 3] or [question]:
        wanted |= Q(title__icontains=word) | Q(questions__icontains=word) | Q(short_answer__icontains=word)
    pages = ArticlePage.objects.live().filter(wanted, locale__language_code=language)[:RESULTS]
    return [{"title": p.title, "url": p.get_url(), "short_answer": p.short_answer, "language": language} for p in pages]
