"""One question against the articles: what speaks for each of them, and how sure the first one is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge import lexical, products, scoring
from knowledge.corpus import Article, Corpus
from knowledge.metric import Told
from knowledge.scoring import Group, Nearest, Ranked, Three
from knowledge.sentences import runs

# Articles that no near passage points to, but many words: one published a moment ago is not in the index yet.
BY_WORDS = 20
# An article about more appliances than this (spare parts) is about none in particular.
FEW_PRODUCTS = 3


@dataclass(frozen=True)
class Asked:
    """A question: its words with appliances called "product", and the appliances that it, or the talk, is about
    (`products.NOT_OURS`: of others)."""

    text: str
    language: str
    day: date
    words: tuple[str, ...]
    products: frozenset[str]

    @classmethod
    def of(cls, question: str, language: str, day: date, about: Sequence[str] = ()) -> Asked:
        text, named = products.neutral(question, language)
        words = tuple(lexical.words(text, language))
        if products.not_ours(question):
            named = frozenset({products.NOT_OURS})
        return cls(text, language, day, words, named or frozenset(about) & products.current().skus)


@dataclass(frozen=True, eq=False)
class Near:
    """How near each passage of an article is to the question: its cosine, NaN where the index does not have it yet."""

    article: Article
    cosines: NDArray[np.float32]

    @property
    def group(self) -> Group:
        """As scoring takes it: the passages that the index has."""
        held = ~np.isnan(self.cosines)
        return self.article.slug, self.article.sorts[held], self.cosines[held]


@dataclass(frozen=True)
class Shared:
    """The words that a question has in common with the articles, by language: its stems, for each article its share of
    the question's weight, for each run of letters how much it weighs, and for each passage its BM25 share."""

    known: Corpus
    stems: dict[str, list[str]]
    articles: dict[str, NDArray[np.float32]]
    letters: dict[str, NDArray[np.float32]]
    passages: dict[str, NDArray[np.float32]]

    @classmethod
    def of(cls, known: Corpus, asked: Asked) -> Shared:
        shown = known.shown(asked.language, asked.day)
        stems = {code: known.words[code].meant(words_in(asked, code)) for code in shown}
        letters = runs(asked.text)
        return cls(
            known,
            stems,
            {code: np.where(mask, known.words[code].shares(stems[code]), 0.0) for code, mask in shown.items()},
            {code: known.words[code].sentences.weights(letters) for code in shown},
            {code: known.words[code].lexicon.scores(stems[code]) for code in shown},
        )

    def most(self) -> list[str]:
        """The slugs that share most words with the question."""
        found: list[tuple[float, str]] = []
        for language, shares in self.articles.items():
            best = np.argpartition(-shares, min(BY_WORDS, len(shares)) - 1)[:BY_WORDS]
            articles = self.known.words[language].articles
            found += [(-float(shares[number]), articles[number].slug) for number in best if shares[number] > 0]
        return [slug for _share, slug in sorted(found)[:BY_WORDS]]

    def with_article(self, article: Article) -> tuple[float, float, float]:
        """(the article's share, the BM25 share of its best passage, the share of its best sentence)."""
        words = self.known.words[article.language]
        number = words.numbers[article.page_id]
        own = self.passages[article.language][words.bounds[number] : words.bounds[number + 1]]
        return (
            float(self.articles[article.language][number]),
            float(own.max(initial=0.0)),
            words.sentences.best(number, self.letters[article.language]),
        )


@dataclass(frozen=True)
class Learnt:
    """What was learnt from the articles, for one question: what known questions say of it, which articles have wordings
    newer than that, and how kinship and missing languages are estimated."""

    told: Told
    newer: frozenset[str]
    guess: Sequence[float]
    gaps: Three


def features(
    known: Corpus, asked: Asked, own: Nearest, other: Nearest, shared: Shared, learnt: Learnt
) -> dict[str, tuple[float, ...]]:
    """The FEATURES of each article worth a look: those with passages near the question (`own`: in its language,
    `other`: in others) and those that share most words."""
    shown, sizes = known.versions(asked.language, asked.day), known.sizes(asked.language, asked.day)
    slugs = own.slugs | other.slugs | set(shared.most())
    near = scoring.nearness(own, other, {slug: sizes[slug] for slug in slugs if slug in shown}, learnt.gaps)
    kin = scoring.kinship(learnt.told.articles, near, learnt.newer, learnt.guess)
    return {
        slug: (
            *values,
            *shared.with_article(shown[slug]),
            *product_features(shown[slug], asked.products),
            kin[slug],
        )
        for slug, values in near.items()
    }


def words_in(asked: Asked, language: str) -> list[str]:
    return list(asked.words) if language == asked.language else lexical.words(asked.text, language)


def product_features(article: Article, named: frozenset[str]) -> tuple[float, float, float, float]:
    """mention, product, other_product, no_product: how the article's appliances go with those of the question."""
    mention = max((article.mentions.get(sku, 0.0) for sku in named), default=0.0)
    own = subjects(article)
    if not own:
        return mention, 0.0, 0.0, 0.0
    if not named:
        return mention, 0.0, 0.0, 1.0
    return mention, float(bool(own & named)), float(not own & named), 0.0


def subjects(article: Article) -> frozenset[str]:
    """The appliances that an article is about in particular."""
    return article.appliances if len(article.appliances) <= FEW_PRODUCTS else frozenset()


def of_others(article: Article, named: frozenset[str]) -> bool:
    """Whether an article is about appliances of which none is among those the question is about."""
    own = subjects(article)
    return bool(own and named and not own & named)


def signals(
    known: Corpus, asked: Asked, ranked: Sequence[Ranked], shared: Shared, told: tuple[float, float]
) -> tuple[float, ...]:
    """What the calibrator weighs. Words count in the language of the question, and say nothing of a foreign article.

    `told`: what known questions say of the first article (`Told.about`).
    """
    article = known.versions(asked.language, asked.day)[ranked[0].slug]
    if article.language != asked.language:
        return tuple(scoring.signals(ranked, math.nan, math.nan, told))
    lexicon, stems = known.words[asked.language].lexicon, shared.stems[asked.language]
    share, own = lexicon.share(stems, lexicon.frequency), lexicon.share(stems, article.times)
    return tuple(scoring.signals(ranked, share, own, told))
