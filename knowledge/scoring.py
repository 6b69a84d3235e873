"""From what is near a question to ranked articles, and the signals that tell whether the first one answers.

Pure functions over numbers, shared by the retriever (which gets them from Chroma) and by the calibration. An article's
score is a weighted sum of absolute numbers, because rank fusion breaks across languages. The weights are fitted by
`manage.py calibrate_answers` so that the softmax over the articles gives the right one its due.
"""

from __future__ import annotations

import math
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# An article that many wordings point to beats one with a single lucky wording.
TOP = 8
COMPANY = 10

# Passages of three sorts are compared apart: other wordings of the question, the text, and single sentences of it.
WORDING, TEXT, SENTENCE = range(3)

FEATURES = (
    "wordings", "text", "sentence", "other_wordings", "other_text", "other_sentence", "words", "passage_words",
    "sentence_words", "mention", "product", "other_product", "no_product", "kin",
)  # fmt: skip
NEAR = 6
KIN = FEATURES.index("kin")
# What tells of the first article whether it answers, as it stands.
TELLING = tuple(map(FEATURES.index, ("passage_words", "sentence", "sentence_words")))
AGAINST = frozenset({"other_product", "no_product"})

SIGNALS = (
    "score", "chance", "margin", "lead", "known_words", "own_words", "passage_words", "sentence",
    "sentence_words", "kin_lead", "closer", "unlike_none",
)  # fmt: skip

type Three = tuple[float, float, float]
# An article's slug, and of passages of it the sort and the cosine to the question.
type Group = tuple[str, NDArray[np.int8], NDArray[np.float32]]


def sort_of(kind: str) -> int:
    return {"question": WORDING, "sentence": SENTENCE}.get(kind, TEXT)


@dataclass(frozen=True)
class Sizes:
    """How many passages of each sort an article has in the customer's language, and in others."""

    own: tuple[int, int, int] = (0, 0, 0)
    other: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True)
class Nearest:
    """The best cosines of each slug's passages by sort, highest first, and the lowest cosine of all passages."""

    best: Mapping[tuple[str, int], Sequence[float]]
    floor: float

    @classmethod
    def of(cls, groups: Iterable[Group]) -> Nearest:
        best: dict[tuple[str, int], list[float]] = {}
        floor = math.inf
        for slug, sorts, cosines in groups:
            floor = min(floor, float(cosines.min(initial=math.inf)))
            for sort in (WORDING, TEXT, SENTENCE):
                if (own := cosines[sorts == sort]).size:
                    best.setdefault((slug, sort), []).extend(np.sort(own)[-TOP:].tolist())
        return cls({key: sorted(values, reverse=True)[:TOP] for key, values in best.items()}, floor if best else 0.0)

    @property
    def slugs(self) -> set[str]:
        return {slug for slug, _sort in self.best}


@dataclass(frozen=True)
class Ranked:
    """One article (all its languages) against one question."""

    slug: str
    features: tuple[float, ...]
    score: float


def nearness(own: Nearest, other: Nearest, sizes: Mapping[str, Sizes], gaps: Three) -> dict[str, tuple[float, ...]]:
    """The first NEAR FEATURES of each slug in `sizes`.

    `own` and `other` are of passages in the customer's language and in others. A passage that is not among them (it is
    not indexed yet) counts as the worst of them. A version that does not exist is estimated from the other: passages
    of the question's own language lie nearer by `gaps`.
    """
    found: dict[str, tuple[float, ...]] = {}
    for slug, size in sizes.items():
        near = of_sorts(own, slug, size.own)
        far = of_sorts(other, slug, size.other)
        if not any(size.own):
            near = (far[0] + gaps[0], far[1] + gaps[1], far[2] + gaps[2])
        elif not any(size.other):
            far = (near[0] - gaps[0], near[1] - gaps[1], near[2] - gaps[2])
        found[slug] = (*near, *far)
    return found


def of_sorts(near: Nearest, slug: str, size: tuple[int, int, int]) -> Three:
    """How near an article's wordings are, its best text, and its best sentence (the text where it has none apart)."""
    best, floor = near.best, near.floor
    text = mean(best.get((slug, TEXT), ()), size[TEXT], 1, floor)
    sentence = mean(best.get((slug, SENTENCE), ()), size[SENTENCE], 1, floor) if size[SENTENCE] else text
    return mean(best.get((slug, WORDING), ()), size[WORDING], TOP, floor), text, sentence


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


def kinship(
    told: Mapping[str, float], near: Mapping[str, Sequence[float]], newer: Container[str], guess: Sequence[float]
) -> dict[str, float]:
    """How much known questions like this one belong to each article of `near` (its first FEATURES).

    Of articles that nothing was learnt of, and of those with a wording that is newer (`newer`), it is guessed from how
    near they are: `guess` holds the weights of those FEATURES, and last the intercept. Without `guess` it is 0.
    """
    found = {}
    for slug, values in near.items():
        kin = told.get(slug, 0.0)
        if guess and (slug not in told or slug in newer):
            guessed = sum(w * v for w, v in zip(guess[:-1], values, strict=True)) + guess[-1]
            kin = max(kin, min(1.0, guessed))
        found[slug] = kin
    return found


def signals(ranked: Sequence[Ranked], known_words: float, own_words: float, told: tuple[float, float]) -> list[float]:
    """The numbers behind SIGNALS, in that order, for the first of `ranked` (which must not be empty).

    `known_words` and `own_words`: how much of the question's weight is in words of any article, and of the first one;
    `told`: what known questions say of it (`Told.about`). NaN: unknown.
    """
    first = ranked[0].score
    none, closer = told
    rest = [article.score for article in ranked[1 : COMPANY + 1]]
    # A young help centre has few articles to compare with: the lead over them says little, but not nothing.
    rest = rest or [first - 1.0]
    return [
        first,
        1.0 / sum(math.exp(article.score - first) for article in ranked),
        first - rest[0],
        first - sum(rest) / len(rest),
        known_words,
        own_words,
        *(ranked[0].features[number] for number in TELLING),
        ranked[0].features[KIN] - max((article.features[KIN] for article in ranked[1:]), default=0.0),
        closer,
        -none,
    ]
