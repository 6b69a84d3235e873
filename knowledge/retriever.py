"""Which articles may answer a question: meaning from Chroma, words, products and language, and validity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from knowledge import corpus, ranking, scoring
from knowledge.calibration import calibration
from knowledge.corpus import Article, Corpus
from knowledge.encoder import base_name, cleaned, encoder
from knowledge.held import near
from knowledge.index import KnowledgeUnavailable, nearest
from knowledge.metric import metric
from knowledge.passages import Passage
from knowledge.ranking import Asked, Hit

__all__ = ["ArticleRetriever", "Candidate", "Found", "KnowledgeUnavailable", "search", "shop_day"]

# Passages asked of Chroma, of any language: what they belong to, and what shares most words, is looked at closely.
HITS = 150


@dataclass(frozen=True)
class Candidate:
    """An article for a question: the version to show, how it scored, and how near its passages are that were hits."""

    article: Article
    score: float
    passages: tuple[tuple[Passage, float], ...] = ()


@dataclass(frozen=True)
class Found:
    """Candidates, best first, and the signals of the first one for the calibrator (empty without candidates)."""

    candidates: tuple[Candidate, ...]
    signals: tuple[float, ...] = ()


def shop_day() -> date:
    """Today where the shop is."""
    return datetime.now(ZoneInfo(getattr(settings, "SHOP_TIME_ZONE", "Europe/Madrid"))).date()


def search(
    question: str, language: str, *, products: Sequence[str] = (), today: date | None = None, limit: int = 5
) -> Found:
    """The articles nearest to a question in `language` ("es", "en"), in that language where they exist in it.

    `products` are SKUs that the conversation is about; those the question names come before them.
    Articles outside their validity on `today` (default: the shop's today) are left out. Raises KnowledgeUnavailable.
    """
    question = cleaned(question)
    if not question:
        return Found(())
    known = corpus.current()
    asked = Asked.of(question, language, today or shop_day(), products)
    vector = encoder().embed_query(asked.text)
    hits = near(vector, worth_a_look(known, asked, nearest(vector, HITS)), known.revision)
    fitted = calibration()
    ranked = scoring.rank(ranking.features(known, asked, hits, fitted.language_gaps), fitted.ranking)
    if not ranked:
        return Found(())
    shown = known.versions(language, asked.day)
    candidates = tuple(candidate(shown[item.slug], item, hits) for item in ranked[:limit])
    told = sort_of_question(vector, ranked[0].slug, hits)
    return Found(candidates, ranking.signals(known, asked, ranked, told))


def worth_a_look(known: Corpus, asked: Asked, passages: list[str]) -> list[Article]:
    """The valid articles, in all their languages, that these passages belong to or that share most words.

    The index may still hold passages for a moment that are of no published article any more.
    """
    held = (known.by_passage.get(identity) for identity in passages)
    slugs = {pair[0].slug for pair in held if pair is not None} | set(ranking.by_words(known, asked))
    slugs |= {article.slug for article in known.articles.values() if article.vectors is not None}
    return [article for article in known.articles.values() if article.slug in slugs and article.valid(asked.day)]


def candidate(article: Article, ranked: scoring.Ranked, hits: Sequence[Hit]) -> Candidate:
    own = tuple((hit.passage, hit.cosine) for hit in hits if hit.article is article)
    return Candidate(article, ranked.score, own)


def sort_of_question(vector: list[float], slug: str, found: Sequence[Hit]) -> float:
    """How much the question is of the sort that articles answer; NaN where the article's nearest wording is newer than
    what this was learnt from, because an editor has just widened what articles answer."""
    learnt = metric(base_name())
    wordings = [hit for hit in found if hit.article.slug == slug and hit.passage.kind == "question"]
    nearest_one = max(wordings, key=lambda hit: hit.cosine, default=None)
    if learnt is None or nearest_one is None or not learnt.knows(nearest_one.passage.searched):
        return math.nan
    return learnt.tells(np.array(vector, dtype=np.float32))


class ArticleRetriever(BaseRetriever):
    """The same search as a LangChain retriever: one Document per article, short answer as content."""

    language: str = "es"
    products: tuple[str, ...] = ()
    k: int = 5

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        found = search(query, self.language, products=self.products, limit=self.k)
        return [self.document(candidate) for candidate in found.candidates]

    @staticmethod
    def document(candidate: Candidate) -> Document:
        article = candidate.article
        metadata: dict[str, Any] = {
            "slug": article.slug,
            "title": article.title,
            "url": article.url,
            "revision": article.revision,
            "language": article.language,
            "score": candidate.score,
        }
        return Document(page_content=article.short_answer, metadata=metadata)
