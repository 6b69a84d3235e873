"""From similarities of passages to ranked articles, and the signals that tell whether the first one answers.

Pure functions over numbers, shared by the retriever (which gets them from Chroma) and by the calibration.

An article's score is an absolute sum, because rank fusion breaks across languages:
- its nearest passages in the customer's language: mostly the mean of the best eight, because an article that many
  wordings point to beats one with a single lucky wording (measured: 60 → 65 % of left-out wordings find their article);
- its nearest passages in other languages, since a translation is a second, independent set of wordings;
- BM25 as a share of the best that the question's words could reach.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

TOP, TRANSLATION_TOP = 8, 5
BEST_WEIGHT, MEAN_WEIGHT = 0.2, 0.8
TRANSLATION_WEIGHT = 0.5
LEXICAL_TOP, LEXICAL_BEST_WEIGHT = 3, 0.6
LEXICAL_WEIGHT = 0.15
# E5 ranks a passage of the question's own language this much higher than its translation (measured on the demo's
# wordings). It stands in where an article has only one language.
LANGUAGE_GAP = 0.03
USUAL_LEAD = 0.04
PRODUCT_BOOST, OTHER_PRODUCT_PENALTY = 0.01, 0.02

SIGNALS = (
    "score", "margin", "lead", "cosine", "translation", "lexical", "lexical_best", "lexical_agrees",
    "translation_agrees", "known_words", "own_words", "few_words",
)  # fmt: skip


@dataclass(frozen=True)
class Ranked:
    """One article (all its languages) against one question."""

    slug: str
    score: float
    cosine: float
    translation: float
    lexical: float


def best_of(pairs: Iterable[tuple[str, float]]) -> dict[str, list[float]]:
    """The best TOP values of each slug, highest first."""
    found: dict[str, list[float]] = {}
    for slug, value in pairs:
        found.setdefault(slug, []).append(value)
    return {slug: sorted(values, reverse=True)[:TOP] for slug, values in found.items()}


def mean(values: Sequence[float], count: int, floor: float) -> float:
    """The mean of the first `count` values; those that were not among the hits count as `floor`, the worst hit."""
    filled = [*values[:count], *[floor] * (count - len(values))]
    return sum(filled) / len(filled) if filled else floor


def rank(
    own: Mapping[str, list[float]],
    other: Mapping[str, list[float]],
    lexical: Mapping[str, list[float]],
    sizes: Mapping[str, tuple[int, int]],
    products: Mapping[str, float] | None = None,
) -> list[Ranked]:
    """Articles by score, best first.

    `own`, `other` and `lexical` hold the best values per slug (`best_of`): cosines in the customer's language, in other
    languages, and BM25 shares. `sizes` says how many passages each slug has (here, elsewhere): one that exists but is
    not among the hits counts as the worst hit; a version that does not exist is estimated from the other.
    `products` adds to the score of the slugs it names.
    """
    own_floor = min((values[-1] for values in own.values()), default=0.7)
    other_floor = min((values[-1] for values in other.values()), default=own_floor - LANGUAGE_GAP)
    ranked = []
    for slug in {*own, *other, *lexical}:
        here_size, there_size = sizes[slug]
        words = lexical.get(slug, [])
        here, there = own.get(slug, [own_floor]), other.get(slug, [other_floor])
        if here_size:
            near = evidence(here, here_size, own_floor)
        else:
            near = evidence(there, there_size, other_floor) + LANGUAGE_GAP
        far = mean(there, min(TRANSLATION_TOP, there_size), other_floor) if there_size else near - LANGUAGE_GAP
        counted = LEXICAL_BEST_WEIGHT * (words[0] if words else 0.0)
        counted += (1 - LEXICAL_BEST_WEIGHT) * mean(words, LEXICAL_TOP, 0.0)
        score = (near + TRANSLATION_WEIGHT * far) / (1 + TRANSLATION_WEIGHT) + LEXICAL_WEIGHT * counted
        score += (products or {}).get(slug, 0.0)
        cosine = here[0] if here_size else there[0] + LANGUAGE_GAP
        ranked.append(Ranked(slug, score, cosine, far, words[0] if words else 0.0))
    return sorted(ranked, key=lambda article: article.score, reverse=True)


def evidence(values: list[float], size: int, floor: float) -> float:
    """How near an article's passages are in one language: its best and its best few, of the `size` it has."""
    return BEST_WEIGHT * values[0] + MEAN_WEIGHT * mean(values, min(TOP, size), floor)


def signals(ranked: Sequence[Ranked], known_words: float, own_words: float, words: int) -> list[float]:
    """The numbers behind SIGNALS, in that order, for the first of `ranked` (which must not be empty).

    `known_words` and `own_words`: how much of the question's weight is in words of any article, and of the first one;
    `words`: how many words the question has.
    """
    first = ranked[0]
    rest = [article.score for article in ranked[1:11]]
    # A young help centre has few articles to compare with; the missing ones count as usual company would.
    rest += [first.score - USUAL_LEAD] * (10 - len(rest))
    lexical_best = max(article.lexical for article in ranked)
    return [
        first.score,
        first.score - rest[0],
        first.score - sum(rest) / len(rest),
        first.cosine,
        first.translation,
        first.lexical,
        lexical_best,
        float(first.lexical >= lexical_best > 0),
        float(first.translation >= max(article.translation for article in ranked)),
        known_words,
        own_words,
        1.0 / max(words, 1),
    ]
