"""From what is near a question to ranked articles, and the signals that tell whether the first one answers.

Pure functions over numbers, shared by the retriever (which gets them from Chroma) and by the calibration. An article's
score is a weighted sum of absolute numbers, because rank fusion breaks across languages. The weights are fitted by
`manage.py calibrate_answers` so that the softmax over the articles gives the right one its due.
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

# An article that many wordings point to beats one with a single lucky wording.
TOP = 8
COMPANY = 10

# Passages of three sorts are compared apart: other wordings of the question, the text, and single sentences of it.
WORDING, TEXT, SENTENCE = range(3)

FEATURES = (
    "wordings", "text", "sentence", "other_wordings", "other_text", "other_sentence", "words", "passage_words",
    "mention", "product", "other_product", "no_product", "kin",
)  # fmt: skip
NEAR = 6
PASSAGE_WORDS, KIN = FEATURES.index("passage_words"), FEATURES.index("kin")
AGAINST = frozenset({"other_product", "no_product"})

SIGNALS = (
    "score", "chance", "margin", "lead", "known_words", "own_words", "passage_words", "kin_lead", "closer",
    "unlike_none",
)  # fmt: skip

type Three = tuple[float, float, float]
# (slug, sort of passage, cosine) of passages near the question.
type Hits = Sequence[tuple[str, int, float]]


def sort_of(kind: str) -> int:
    return {"question": WORDING, "sentence": SENTENCE}.get(kind, TEXT)


@dataclass(frozen=True)
class Sizes:
    """How many passages of each sort an article has in the customer's language, and in others."""

    own: tuple[int, int, int] = (0, 0, 0)
    other: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True)
class Ranked:
    """One article (all its languages) against one question."""

    slug: str
    features: tuple[float, ...]
    score: float


def nearness(own: Hits, other: Hits, sizes: Mapping[str, Sizes], gaps: Three) -> dict[str, tuple[float, ...]]:
    """The first NEAR FEATURES of each slug in `sizes`.

    `own` and `other` are passages in the customer's language and in others. A passage that is not among them (it is
    not indexed yet) counts as the worst of them. A version that does not exist is estimated from the other: passages
    of the question's own language lie nearer by `gaps`.
    """
    here, here_floor = best_of(own)
    there, there_floor = best_of(other)
    found: dict[str, tuple[float, ...]] = {}
    for slug, size in sizes.items():
        near = of_sorts(here, slug, size.own, here_floor)
        far = of_sorts(there, slug, size.other, there_floor)
        if not any(size.own):
            near = (far[0] + gaps[0], far[1] + gaps[1], far[2] + gaps[2])
        elif not any(size.other):
            far = (near[0] - gaps[0], near[1] - gaps[1], near[2] - gaps[2])
        found[slug] = (*near, *far)
    return found


def of_sorts(
    best: Mapping[tuple[str, int], Sequence[float]], slug: str, size: tuple[int, int, int], floor: float
) -> Three:
    """How near an article's wordings are, its best text, and its best sentence (the text where it has none apart)."""
    text = mean(best.get((slug, TEXT), ()), size[TEXT], 1, floor)
    sentence = mean(best.get((slug, SENTENCE), ()), size[SENTENCE], 1, floor) if size[SENTENCE] else text
    return mean(best.get((slug, WORDING), ()), size[WORDING], TOP, floor), text, sentence


def best_of(hits: Hits) -> tuple[dict[tuple[str, int], list[float]], float]:
    """The cosines of each slug's passages by sort, highest first, and the lowest cosine of all."""
    found: dict[tuple[str, int], list[float]] = {}
    floor = 1.0
    for slug, sort, cosine in hits:
        found.setdefault((slug, sort), []).append(cosine)
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
        ranked[0].features[PASSAGE_WORDS],
        ranked[0].features[KIN] - max((article.features[KIN] for article in ranked[1:]), default=0.0),
        closer,
        -none,
    ]
