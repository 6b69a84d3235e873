"""The search box of the help centre: the same retriever as the bot, and plain words where that is not available."""

from __future__ import annotations

import logging
from typing import Any

from django.db.models import Q

from knowledge.models import ArticlePage

logger = logging.getLogger(__name__)
RESULTS = 6


def search_articles(question: str, language: str) -> list[dict[str, Any]]:
    """Up to six articles as {title, url, short_answer, language}, best first."""
    from knowledge.index import KnowledgeUnavailable
    from knowledge.retriever import search

    try:
        candidates = search(question, language, limit=RESULTS).candidates
    except KnowledgeUnavailable as error:
        logger.warning("help centre searched without the index: %s", error)
        return by_words(question, language)
    return [
        {
            "title": c.article.title,
            "url": path(c.article.url),
            "short_answer": c.article.short_answer,
            "language": c.article.language,
        }
        for c in candidates
    ]


def path(url: str) -> str:
    """The address without its host, so that a page's own host stays."""
    return "/" + url.split("://", 1)[-1].partition("/")[2]


def by_words(question: str, language: str) -> list[dict[str, Any]]:
    wanted = Q()
    for word in [word for word in question.split() if len(word) > 3] or [question]:
        wanted |= Q(title__icontains=word) | Q(questions__icontains=word) | Q(short_answer__icontains=word)
    pages = ArticlePage.objects.live().filter(wanted, locale__language_code=language)[:RESULTS]
    return [{"title": p.title, "url": p.get_url(), "short_answer": p.short_answer, "language": language} for p in pages]
