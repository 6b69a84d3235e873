"""Which articles may answer a question: meaning from Chroma, words from BM25, with validity, products and language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from knowledge import corpus, lexical, scoring
from knowledge.corpus import Article, Corpus
from knowledge.encoder import cleaned, encoder
from knowledge.index import KnowledgeUnavailable, nearest
from knowledge.passages import Passage

__all__ = ["ArticleRetriever", "Candidate", "Found", "KnowledgeUnavailable", "search", "shop_day"]

# Passages asked of Chroma per language: enough that the first articles come with several passages each.
HITS = 120


@dataclass(frozen=True)
class Candidate:
    """An article for a question: the version to show, how it scored, and how near its passages are that were hits."""

    article: Article
    score: float
    cosine: float
    lexical: float
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

    `products` are SKUs that the conversation is about; those the question names are found by themselves.
    Articles outside their validity on `today` (default: the shop's today) are left out. Raises KnowledgeUnavailable.
    """
    question = cleaned(question)
    if not question:
        return Found(())
    day = today or shop_day()
    known = corpus.current()
    vector = encoder().embed_query(question)
    own = hits(known, nearest(vector, HITS, {"language": language}), day)
    other = hits(known, nearest(vector, HITS, {"language": {"$ne": language}}), day)
    words = lexical.words(question, language)
    counted = word_hits(known, question, language, day)
    named = known.products_named(language, words)
    ranked = scoring.rank(
        scoring.best_of((article.slug, cosine) for article, _p, cosine in own),
        scoring.best_of((article.slug, cosine) for article, _p, cosine in other),
        scoring.best_of((article.slug, share) for article, _p, share in counted),
        known.sizes(language, day),
        product_weights(known, products, named),
    )
    if not ranked:
        return Found(())
    near = {passage.id: cosine for _a, passage, cosine in [*own, *other]}
    shares = {passage.id: value for _a, passage, value in counted}
    versions = shown_versions(known, language, day)
    candidates = tuple(
        candidate(versions[item.slug], item, near, shares) for item in ranked[:limit] if item.slug in versions
    )
    return Found(candidates, signals(known, language, words, ranked))


def signals(known: Corpus, language: str, words: list[str], ranked: Sequence[scoring.Ranked]) -> tuple[float, ...]:
    """What the calibrator weighs. Words count in the language of the question, and say nothing of a foreign article."""
    article = next((a for a in known.articles.values() if a.slug == ranked[0].slug and a.language == language), None)
    lexicon = known.lexicons.get(language)
    if lexicon is None or article is None:
        return tuple(scoring.signals(ranked, math.nan, math.nan, len(words)))
    share, own = lexicon.share(words, lexicon.frequency), lexicon.share(words, article.vocabulary)
    return tuple(scoring.signals(ranked, share, own, len(words)))


def candidate(article: Article, ranked: scoring.Ranked, near: dict[str, float], shares: dict[str, float]) -> Candidate:
    passages = tuple(
        (p, near[p.id] + scoring.LEXICAL_WEIGHT * shares.get(p.id, 0.0)) for p in article.passages if p.id in near
    )
    return Candidate(article, ranked.score, ranked.cosine, ranked.lexical, passages)


def hits(known: Corpus, found: dict[str, float], day: date) -> list[tuple[Article, Passage, float]]:
    """The hits that are passages of valid, published articles; the index may still hold others for a moment."""
    held = ((known.by_passage.get(identity), cosine) for identity, cosine in found.items())
    return [(pair[0], pair[1], cosine) for pair, cosine in held if pair is not None and pair[0].valid(day)]


def word_hits(known: Corpus, question: str, language: str, day: date) -> list[tuple[Article, Passage, float]]:
    """Passages that share words with the question: those in its language, and of articles that only exist elsewhere."""
    found: list[tuple[Article, Passage, float]] = []
    elsewhere = known.only_elsewhere(language, day)
    for code, lexicon in known.lexicons.items():
        if code != language and not elsewhere:
            continue
        scores = lexicon.scores(lexical.words(question, code))
        for position in scores.nonzero()[0]:
            article, passage = known.order[code][position]
            if article.valid(day) and (code == language or article.page_id in elsewhere):
                found.append((article, passage, float(scores[position])))
    return found


def product_weights(known: Corpus, given: Sequence[str], named: set[str]) -> dict[str, float]:
    """What the products of the conversation add to the score of their articles, and what other products' articles lose.

    A product that only the question names adds nothing: "can I return the blender" is no question for its manual.
    """
    skus = {*given, *named}
    if not skus:
        return {}
    weights: dict[str, float] = {}
    for article in known.articles.values():
        if article.products & set(given):
            weights[article.slug] = scoring.PRODUCT_BOOST
        elif article.products and not article.products & skus:
            weights[article.slug] = -scoring.OTHER_PRODUCT_PENALTY
    return weights


def shown_versions(known: Corpus, language: str, day: date) -> dict[str, Article]:
    """For each slug the version to show: the customer's language, else any other that is valid."""
    versions: dict[str, Article] = {}
    for article in known.articles.values():
        if article.valid(day) and (article.language == language or article.slug not in versions):
            versions[article.slug] = article
    return versions


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
