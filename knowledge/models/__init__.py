"""The tables: articles as pages, the state of the search index, and what customers asked."""

from __future__ import annotations

from knowledge.models.pages import (
    SHORT_ANSWER_LIMIT,
    ArticlePage,
    HelpIndexPage,
    HomePage,
    Topic,
    live_translations,
)
from knowledge.models.questions import Feedback, Gap, Question, QuestionDay, TextVector
from knowledge.models.search_index import IndexState, PendingArticle

__all__ = [
    "SHORT_ANSWER_LIMIT",
    "ArticlePage",
    "Feedback",
    "Gap",
    "HelpIndexPage",
    "HomePage",
    "IndexState",
    "PendingArticle",
    "Question",
    "QuestionDay",
    "TextVector",
    "Topic",
    "live_translations",
]
