"""One question against the articles: what speaks for each of them, and how sure the first one is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nlargest

from knowledge import lexical, products, scoring
from knowledge.corpus import Article, Corpus
from knowledge.passages import Passage
from knowledge.scoring import Gaps, Ranked

# Articles that no near passage points to, but many words: one published a moment ago is not in the index yet.
BY_WORDS = 20
# An article about more appliances than this (spare parts) is about none in particular.
FEW_PRODUCTS = 3


@dataclass(frozen=True)
class Asked:
    """A question: its words with appliances called "product", and the appliances that it, or the talk, is about."""

    text: str
    language: str
    day: date
    words: tuple[str, ...]
    products: frozenset[str]

    @classmethod
    def of(cls, question: str, language: str, day: date, about: Sequence[str] = ()) -> Asked:
        text, named = products.neutral(question, language)
        words = tuple(lexical.words(text, language))
        return cls(text, language, day, words, named or frozenset(about) & products.current().skus)


@dataclass(frozen=True)
class Hit:
    """A passage near the question."""

    article: Article
    passage: Passage
    cosine: float

    @property
    def counted(self) -> tuple[str, bool, float]:
        return self.article.slug, self.passage.kind == "question", self.cosine


def features(known: Corpus, asked: Asked, hits: Sequence[Hit], gaps: Gaps) -> dict[str, tuple[float, ...]]:
    """The FEATURES of each article worth a look: those with passages in `hits`, and those that share most words."""
    shown = known.versions(asked.language, asked.day)
    shares = word_shares(known, asked, shown)
    counted = passage_words(known, asked, shown)
    slugs = {hit.article.slug for hit in hits} | set(most(shares))
    sizes = known.sizes(asked.language, asked.day)
    near = scoring.nearness(
        [hit.counted for hit in hits if hit.article.language == asked.language],
        [hit.counted for hit in hits if hit.article.language != asked.language],
        {slug: sizes[slug] for slug in slugs if slug in shown},
        gaps,
    )
    return {
        slug: (*values, shares.get(slug, 0.0), counted.get(slug, 0.0), *product_features(shown[slug], asked.products))
        for slug, values in near.items()
    }


def by_words(known: Corpus, asked: Asked) -> list[str]:
    """The slugs that share most words with the question."""
    return most(word_shares(known, asked, known.versions(asked.language, asked.day)))


def most(shares: dict[str, float]) -> list[str]:
    return nlargest(BY_WORDS, shares, key=shares.__getitem__)


def word_shares(known: Corpus, asked: Asked, shown: dict[str, Article]) -> dict[str, float]:
    """For each slug how much of the question's weight is in words that the article's passages use, and often."""
    found: dict[str, float] = {}
    for language in languages(known, asked, shown):
        postings, count = known.postings[language], known.counts[language]
        weights = {word: lexical.rarity(len(postings.get(word, ())), count) for word in words_in(asked, language)}
        total = sum(weights.values())
        for word, weight in weights.items():
            for slug, times in postings.get(word, {}).items():
                if slug in shown and shown[slug].language == language:
                    found[slug] = found.get(slug, 0.0) + weight / total * times / (times + 1)
    return found


def languages(known: Corpus, asked: Asked, shown: dict[str, Article]) -> list[str]:
    """The question's own language, and others in which alone some article exists."""
    needed = {article.language for article in shown.values()} | {asked.language}
    return [language for language in known.lexicons if language in needed]


def words_in(asked: Asked, language: str) -> list[str]:
    return list(asked.words) if language == asked.language else lexical.words(asked.text, language)


def passage_words(known: Corpus, asked: Asked, shown: dict[str, Article]) -> dict[str, float]:
    """For each slug the BM25 share of its best passage."""
    best: dict[str, float] = {}
    for language in languages(known, asked, shown):
        scores = known.lexicons[language].scores(words_in(asked, language))
        for position in scores.nonzero()[0]:
            article, _passage = known.order[language][position]
            if shown.get(article.slug) is article:
                best[article.slug] = max(best.get(article.slug, 0.0), float(scores[position]))
    return best


def product_features(article: Article, named: frozenset[str]) -> tuple[float, float, float, float]:
    """mention, product, other_product, no_product: how the article's appliances go with those of the question."""
    mention = max((article.mentions.get(sku, 0.0) for sku in named), default=0.0)
    own = article.appliances if len(article.appliances) <= FEW_PRODUCTS else frozenset()
    if not own:
        return mention, 0.0, 0.0, 0.0
    if not named:
        return mention, 0.0, 0.0, 1.0
    return mention, float(bool(own & named)), float(not own & named), 0.0


def signals(known: Corpus, asked: Asked, ranked: Sequence[Ranked], told: float) -> tuple[float, ...]:
    """What the calibrator weighs. Words count in the language of the question, and say nothing of a foreign article.

    `told`: how much the question is of the sort that articles answer, NaN if unknown.
    """
    article = known.versions(asked.language, asked.day)[ranked[0].slug]
    lexicon = known.lexicons.get(asked.language)
    words = list(asked.words)
    if lexicon is None or article.language != asked.language:
        return tuple(scoring.signals(ranked, math.nan, math.nan, len(words), told))
    share, own = lexicon.share(words, lexicon.frequency), lexicon.share(words, article.vocabulary)
    return tuple(scoring.signals(ranked, share, own, len(words), told))
