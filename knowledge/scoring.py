"""From what is near a question to ranked articles, and the signals that tell whether the first one answers.

Pure functions over numbers, shared by the retriever (which gets them from Chroma) and by the calibration. An article's
score is a weighted sum of absolute numbers, because rank fusion breaks across languages. The weights are fitted by
`manage.py calibrate_answers` so that the softmax over the articles gives the right one its due.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

# An article that many wordings point to beats one with a single lucky wording.
TOP = 8
COMPANY = 10

FEATURES = (
    "wordings", "body", "other_wordings", "other_body", "words", "passage_words", "mention", "product",
    "other_product", "no_product",
)  # fmt: skip
# The last two speak against an article.
AGAINST = frozenset({"other_product", "no_product"})

SIGNALS = ("score", "chance", "margin", "lead", "known_words", "own_words", "few_words", "told")


@dataclass(frozen=True)
class Sizes:
    """How many passages an article has: wordings and parts of the body, in the customer's language and in others."""

    wordings: int = 0
    body: int = 0
    other_wordings: int = 0
    other_body: int = 0


@dataclass(frozen=True)
class Gaps:
    """How much nearer passages of the question's own language lie; stands in where an article has one language."""

    wordings: float
    body: float


@dataclass(frozen=True)
class Ranked:
    """One article (all its languages) against one question."""

    slug: str
    features: tuple[float, ...]
    score: float


type Hits = Iterable[tuple[str, bool, float]]


def nearness(
    own: Hits, other: Hits, sizes: Mapping[str, Sizes], gaps: Gaps
) -> dict[str, tuple[float, float, float, float]]:
    """The first four FEATURES of each slug in `sizes`.

    `own` and `other` are (slug, whether it is a wording, cosine) of passages in the customer's language and in others.
    A passage that is not among them (it is not indexed yet) counts as the worst of them; a version that does not exist
    is estimated from the other.
    """
    here, here_floor = best_of(own)
    there, there_floor = best_of(other)
    found = {}
    for slug, size in sizes.items():
        near = (
            mean(here.get((slug, True), ()), size.wordings, TOP, here_floor),
            mean(here.get((slug, False), ()), size.body, 1, here_floor),
        )
        far = (
            mean(there.get((slug, True), ()), size.other_wordings, TOP, there_floor),
            mean(there.get((slug, False), ()), size.other_body, 1, there_floor),
        )
        if not size.wordings:
            near = (far[0] + gaps.wordings, far[1] + gaps.body)
        elif not size.other_wordings:
            far = (near[0] - gaps.wordings, near[1] - gaps.body)
        found[slug] = (*near, *far)
    return found


def best_of(hits: Hits) -> tuple[dict[tuple[str, bool], list[float]], float]:
    """The cosines of each slug's wordings and body, highest first, and the lowest cosine of all."""
    found: dict[tuple[str, bool], list[float]] = {}
    floor = 1.0
    for slug, wording, cosine in hits:
        found.setdefault((slug, wording), []).append(cosine)
        floor = min(floor, cosine)
    return {key: sorted(values, reverse=True) for key, values in found.items()}, floor if found else 0.0


def mean(values: Sequence[float], size: int, count: int, floor: float) -> float:
    """The mean of the best `count` of `size` values, of which those that are not known count as `floor`."""
    wanted = max(1, min(size, count))
    filled = [*values[:wanted], *[floor] * (wanted - len(values))]
    return sum(filled) / wanted


def rank(features: Mapping[str, tuple[float, ...]], weights: Sequence[float]) -> list[Ranked]:
    """Articles by score, best first. `weights` are of FEATURES."""
    ranked = [
        Ranked(slug, values, sum(w * v for w, v in zip(weights, values, strict=True)))
        for slug, values in features.items()
    ]
    return sorted(ranked, key=lambda article: (-article.score, article.slug))


def signals(ranked: Sequence[Ranked], known_words: float, own_words: float, words: int, told: float) -> list[float]:
    """The numbers behind SIGNALS, in that order, for the first of `ranked` (which must not be empty).

    `known_words` and `own_words`: how much of the question's weight is in words of any article, and of the first one;
    `words`: how many words the question has; `told`: how much it is of the sort that articles answer. NaN: unknown.
    """
    first = ranked[0].score
    rest = [article.score for article in ranked[1 : COMPANY + 1]]
    # A young help centre has few articles to compare with: the lead over them says little, but not nothing.
    rest = rest or [first - 1.0]
    chance = 1.0 / sum(math.exp(article.score - first) for article in ranked)
    return [
        first,
        chance,
        first - rest[0],
        first - sum(rest) / len(rest),
        known_words,
        own_words,
        1.0 / max(words, 1),
        told,
    ]
