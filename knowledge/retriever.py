"""Which articles may answer a question: meaning from Chroma, words, products and language, and validity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
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
from knowledge.frozen import key
from knowledge.held import near
from knowledge.index import KnowledgeUnavailable, nearest
from knowledge.metric import Metric, Told, metric
from knowledge.passages import Passage
from knowledge.ranking import Asked, Hit, Learnt, Shared
from knowledge.second import second_encoder

__all__ = ["ArticleRetriever", "Candidate", "Found", "KnowledgeUnavailable", "search", "shop_day"]

# Passages asked of Chroma, of any language: what they belong to, and what shares most words, is looked at closely.
HITS = 150
# Which passage of an article meets the question best: its cosine, and by this much the words they share.
WORD_WEIGHT = 0.3


@dataclass(frozen=True)
class Candidate:
    """An article for a question: the version to show, how it scored, and how well each of its passages meets it."""

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
    shared = Shared.of(known, asked)
    hits = near(vector, worth_a_look(known, asked, nearest(vector, HITS), shared), known.revision)
    fitted = calibration()
    learnt = learnt_of(known, asked, vector, hits)
    own = [hit.counted for hit in hits if hit.article.language == language]
    other = [hit.counted for hit in hits if hit.article.language != language]
    ranked = scoring.rank(ranking.features(known, asked, own, other, shared, learnt), fitted.ranking)
    if not ranked:
        return Found(())
    shown = known.versions(language, asked.day)
    candidates = tuple(candidate(shown[item.slug], item, hits, shared) for item in ranked[:limit])
    told = told_about(learnt, ranked[0].slug, hits)
    return Found(candidates, ranking.signals(known, asked, ranked, shared, told))


def worth_a_look(known: Corpus, asked: Asked, passages: list[str], shared: Shared) -> list[Article]:
    """The valid articles, in all their languages, that these passages belong to or that share most words.

    The index may still hold passages for a moment that are of no published article any more.
    """
    held = (known.by_passage.get(identity) for identity in passages)
    slugs = {pair[0].slug for pair in held if pair is not None} | set(shared.most())
    slugs |= {article.slug for article in known.articles.values() if article.vectors is not None}
    return [article for slug in sorted(slugs) for article in known.by_slug[slug] if article.valid(asked.day)]


def learnt_of(known: Corpus, asked: Asked, vector: list[float], hits: Sequence[Hit]) -> Learnt:
    """What was learnt about this question; nothing where the encoder is another one than it was learnt with.

    Of an article that was worded anew since, what was learnt no longer speaks: it may be about something else now.
    """
    fitted, learnt = calibration(), metric(base_name())
    if learnt is None:
        return Learnt(Told.nothing(), frozenset(), fitted.kin_guess, fitted.gaps)
    told = learnt.telling(np.array(vector, dtype=np.float32), second_encoder().question(asked.text))
    shown = known.versions(asked.language, asked.day)
    still = {slug: value for slug, value in told.articles.items() if slug in shown and speaks_of(learnt, shown[slug])}
    told = replace(told, articles=still)
    articles = {hit.article.page_id: hit.article for hit in hits}.values()
    newer = frozenset(article.slug for article in articles if not learnt.knows(article.wordings))
    return Learnt(told, newer, fitted.kin_guess, fitted.gaps)


def speaks_of(learnt: Metric, article: Article) -> bool:
    """Whether at least half of an article's wordings are those that were learnt from."""
    return 2 * len(article.wordings & learnt.wordings) >= len(article.wordings)


def told_about(learnt: Learnt, slug: str, found: Sequence[Hit]) -> tuple[float, float]:
    """`Told.about`; unknown where the article's nearest wording is newer than what this was learnt from, because an
    editor has just widened what articles answer."""
    unknown = math.nan, math.nan
    if slug not in learnt.told.articles:
        return unknown
    if slug in learnt.newer:
        wordings = [hit for hit in found if hit.article.slug == slug and hit.passage.kind == "question"]
        nearest_one = max(wordings, key=lambda hit: hit.cosine)
        known = metric(base_name())
        if known is None or not known.knows(frozenset([key(nearest_one.passage.searched)])):
            return unknown
    return learnt.told.about(slug)


def candidate(article: Article, ranked: scoring.Ranked, hits: Sequence[Hit], shared: Shared) -> Candidate:
    cosines = {hit.passage.id: hit.cosine for hit in hits if hit.article is article}
    lexicon, words = shared.known.words[article.language].lexicon, shared.stems[article.language]
    met = tuple(
        (passage, cosines[passage.id] + WORD_WEIGHT * lexicon.share(words, set(stems)))
        for passage, stems in zip(article.passages, article.tokens, strict=True)
        if passage.id in cosines
    )
    return Candidate(article, ranked.score, met)


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
