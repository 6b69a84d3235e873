"""Which articles may answer a question: meaning from Chroma, words, products and language, and validity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
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
from knowledge.ranking import Asked, Learnt, Near, Shared
from knowledge.scoring import WORDING, Nearest
from knowledge.second import second_encoder

__all__ = ["ArticleRetriever", "Candidate", "Found", "KnowledgeUnavailable", "search", "shop_day"]

# Passages asked of Chroma, of any language: what they belong to, and what shares most words, is looked at closely.
HITS = 150
# Which passage of an article meets the question best: its cosine, and by this much the words they share.
WORD_WEIGHT = 0.3


@dataclass(frozen=True)
class Candidate:
    """An article for a question: the version to show, how it scored, and what it has in common with the question."""

    article: Article
    score: float
    near: Near | None = field(repr=False, compare=False)
    shared: Shared = field(repr=False, compare=False)

    @cached_property
    def passages(self) -> tuple[tuple[Passage, float], ...]:
        """Each passage that the index has, with how well it meets the question."""
        if self.near is None:
            return ()
        lexicon = self.shared.known.words[self.article.language].lexicon
        held = zip(self.article.passages, self.near.cosines.tolist(), self.article.tokens, strict=True)
        kept = [(passage, cosine, stems) for passage, cosine, stems in held if not math.isnan(cosine)]
        shares = lexicon.shares(self.shared.stems[self.article.language], [stems for *_found, stems in kept])
        return tuple(
            (passage, cosine + WORD_WEIGHT * share)
            for (passage, cosine, _stems), share in zip(kept, shares, strict=True)
        )


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

    `products` are SKUs that the conversation is about; those the question names come before them. Articles that are
    about other appliances only are left out.
    Articles outside their validity on `today` (default: the shop's today) are left out. Raises KnowledgeUnavailable.
    """
    return search_each([question], language, products=products, today=today, limit=limit)[0]


def search_each(
    questions: Sequence[str],
    language: str,
    *,
    products: Sequence[str] = (),
    today: date | None = None,
    limit: int = 5,
) -> list[Found]:
    """`search` for each of several questions, with one call of Chroma."""
    day, known = today or shop_day(), corpus.current()
    asked = [Asked.of(text, language, day, products) if (text := cleaned(each)) else None for each in questions]
    vectors = [encoder().embed_query(one.text) for one in asked if one]
    places = iter(zip(vectors, nearest(vectors, HITS), strict=True))
    return [found(known, one, *next(places), limit) if one else Found(()) for one in asked]


def found(known: Corpus, asked: Asked, vector: list[float], passages: list[str], limit: int) -> Found:
    """Ranks what is worth a look. `passages`: the ids of those nearest to the question's `vector`."""
    shared = Shared.of(known, asked)
    nears = near(vector, worth_a_look(known, asked, passages, shared), known.revision)
    learnt = learnt_of(known, asked, vector, nears)
    own = Nearest.of(each.group for each in nears if each.article.language == asked.language)
    other = Nearest.of(each.group for each in nears if each.article.language != asked.language)
    features = ranking.features(known, asked, own, other, shared, learnt)
    shown = known.versions(asked.language, asked.day)
    features = {slug: each for slug, each in features.items() if not ranking.of_others(shown[slug], asked.products)}
    ranked = scoring.rank(features, calibration().ranking)
    if not ranked:
        return Found(())
    by_page = {each.article.page_id: each for each in nears}
    best = [(shown[item.slug], item.score) for item in ranked[:limit]]
    candidates = tuple(Candidate(article, score, by_page.get(article.page_id), shared) for article, score in best)
    told = told_about(learnt, ranked[0].slug, nears)
    return Found(candidates, ranking.signals(known, asked, ranked, shared, told))


def worth_a_look(known: Corpus, asked: Asked, passages: list[str], shared: Shared) -> list[Article]:
    """The valid articles, in all their languages, that these passages belong to or that share most words.

    The index may still hold passages for a moment that are of no published article any more.
    """
    held = (known.by_passage.get(identity) for identity in passages)
    slugs = {pair[0].slug for pair in held if pair is not None} | set(shared.most())
    slugs |= {article.slug for article in known.articles.values() if article.vectors is not None}
    return [article for slug in sorted(slugs) for article in known.by_slug[slug] if article.valid(asked.day)]


def learnt_of(known: Corpus, asked: Asked, vector: list[float], nears: Sequence[Near]) -> Learnt:
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
    newer = frozenset(each.article.slug for each in nears if learnt.known(each.article.wordings) < 1.0)
    return Learnt(told, newer, fitted.kin_guess, fitted.gaps)


def speaks_of(learnt: Metric, article: Article) -> bool:
    """Whether at least half of an article's wordings are those that were learnt from."""
    return learnt.known(article.wordings) >= 0.5


def told_about(learnt: Learnt, slug: str, nears: Sequence[Near]) -> tuple[float, float]:
    """`Told.about`; unknown where the article's nearest wording is newer than what this was learnt from, because an
    editor has just widened what articles answer."""
    unknown = math.nan, math.nan
    if slug not in learnt.told.articles:
        return unknown
    if slug in learnt.newer:
        known = metric(base_name())
        if known is None or key(nearest_wording(slug, nears).searched) not in known.wordings:
            return unknown
    return learnt.told.about(slug)


def nearest_wording(slug: str, nears: Sequence[Near]) -> Passage:
    """The wording of an article, in any language, that is nearest to the question."""
    wordings = [
        (float(each.cosines[place]), each.article.passages[place])
        for each in nears
        if each.article.slug == slug
        for place in np.flatnonzero((each.article.sorts == WORDING) & ~np.isnan(each.cosines))
    ]
    return max(wordings, key=lambda pair: pair[0])[1]


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
