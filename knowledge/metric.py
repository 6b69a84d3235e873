"""What was learnt from the articles' wordings: how to compare vectors, and which article a question is known to be for.

- A linear map under which wordings of one article, in any language, lie close: the encoder's vectors are centred and
  divided by their spread within articles (whitening), so that language and tone count for less than the subject.
- Which article known questions like this one belong to, or whether to none, as those of `unanswerable.json`: "how many
  decibels" is near to a robot's guide, but nothing we tell is of that sort. A kernel ridge regression over the vectors
  of two encoders; a straight line between answered and unanswered questions tells them apart less well (AUROC 0.90
  instead of 0.95 on topics that were left out), and nearness to wordings alone finds 4 % fewer left-out ones.

`manage.py calibrate_answers` writes the file. One made with another encoder is ignored.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.second import NAME

FILE = Path(__file__).with_name("metric.npz")
# Added to each direction's spread, as a share of the mean one, so that rare directions are not blown up.
SHRINKAGE = 1.0
# The kernel of two questions is exp(-NARROW * (1 - cosine)); the ridge is per question of usual weight.
NARROW, RIDGE = 2.5, 0.1
# How much the second encoder counts beside the first, and how many directions of both are kept.
SECOND, DIRECTIONS = 0.65, 256


@dataclass(frozen=True)
class Map:
    """Vectors of the encoder, one per row, to unit vectors that are compared by cosine."""

    mean: NDArray[np.float32]
    matrix: NDArray[np.float32]

    def __call__(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        return unit(np.asarray((vectors - self.mean) @ self.matrix, dtype=np.float32))


@dataclass(frozen=True)
class Told:
    """What known questions say of a new one: about 1 for the article it belongs to and about 0 for others; `none`: for
    the sort that no article answers. `nearest`: the cosine of each article's nearest one, and of none's under ""."""

    articles: dict[str, float]
    none: float
    nearest: dict[str, float]

    @classmethod
    def nothing(cls) -> Told:
        return cls({}, math.nan, {})

    def about(self, slug: str) -> tuple[float, float]:
        """(`none`, how much nearer the article's nearest question is than any without an answer); NaN if unknown.

        The first looks at many questions from afar. One that asks nearly the same thing speaks louder than all of
        them, on either side, and that only the second tells.
        """
        return self.none, self.nearest.get(slug, math.nan) - self.nearest.get("", math.nan)


@dataclass(frozen=True)
class Telling:
    """Known questions (their directions, one per row), what each says of every article (by slug) and of none, and where
    in `slugs` its own article is (behind their end: none)."""

    middle: NDArray[np.float32]
    axes: NDArray[np.float32]
    rows: NDArray[np.float32]
    weights: NDArray[np.float32]
    slugs: tuple[str, ...]
    own: NDArray[np.int16]

    def __call__(self, mapped: NDArray[np.float32], second: NDArray[np.float32]) -> Told:
        """`mapped`: the question's vector under the map; `second`: by the second encoder."""
        row = directions(joined(mapped[None], second[None], self.middle), self.axes)[0]
        cosines = self.rows @ row
        said = np.exp(-NARROW * (1.0 - cosines)) @ self.weights
        nearest = np.full(len(self.slugs) + 1, -1.0, dtype=np.float32)
        np.maximum.at(nearest, self.own, cosines)
        articles = dict(zip(self.slugs, said[:-1].tolist(), strict=True))
        return Told(articles, float(said[-1]), dict(zip((*self.slugs, ""), nearest.tolist(), strict=True)))


@dataclass(frozen=True, eq=False)
class Metric:
    """The map, what known questions tell, and the wordings that both were learnt from."""

    encoder: str
    map: Map
    telling: Telling
    wordings: frozenset[bytes]
    checksum: str

    @lru_cache(maxsize=4_096)  # noqa: B019 (one or two of these live as long as the process)
    def known(self, wordings: frozenset[bytes]) -> float:
        """The share of these wordings (their `frozen.key`) that were there to learn from; of newer ones `telling`
        cannot speak."""
        return len(wordings & self.wordings) / len(wordings) if wordings else 1.0


def whitening(vectors: NDArray[np.float32], article: NDArray[np.int_]) -> Map:
    """The map from wordings (one per row) and the number of the article of each."""
    mean = vectors.mean(axis=0)
    spread = np.zeros((vectors.shape[1],) * 2)
    for number in np.unique(article):
        own = vectors[article == number].astype(np.float64)
        own -= own.mean(axis=0)
        spread += own.T @ own
    values, directions = np.linalg.eigh(spread / len(vectors))
    matrix = (directions / np.sqrt(values + SHRINKAGE * values.mean())) @ directions.T
    # Half precision is what the file keeps; what is calibrated must be what is used.
    return Map(mean.astype(np.float32), (matrix / np.abs(matrix).max()).astype(np.float16).astype(np.float32))


def telling(mapped: NDArray[np.float32], second: NDArray[np.float32], belongs: Sequence[str]) -> Telling:
    """Learns from questions, one per row, with the slug of the article that each belongs to, "" for none. Those with
    and those without an article weigh the same."""
    slugs = tuple(sorted({slug for slug in belongs if slug}))
    own = np.array([slugs.index(slug) if slug else len(slugs) for slug in belongs], dtype=np.int16)
    middle = second.mean(axis=0)
    both = joined(mapped, second, middle)
    _values, vectors = np.linalg.eigh(both.T.astype(np.float64) @ both)
    axes = vectors[:, -DIRECTIONS:].astype(np.float16).astype(np.float32)
    rows = directions(both, axes)
    wanted = np.eye(len(slugs) + 1, dtype=np.float32)[own]
    answered = own < len(slugs)
    with_one, without = int(answered.sum()), int((~answered).sum())
    share = np.where(answered, 0.5 / max(1, with_one), 0.5 / max(1, without)) * len(rows)
    kernel = np.exp(-NARROW * (1.0 - rows @ rows.T))
    kernel[np.diag_indices_from(kernel)] += (RIDGE / share).astype(np.float32)
    weights = np.linalg.solve(kernel, wanted).astype(np.float16).astype(np.float32)
    return Telling(middle, axes, rows, weights, slugs, own)


def joined(
    mapped: NDArray[np.float32], second: NDArray[np.float32], middle: NDArray[np.float32]
) -> NDArray[np.float32]:
    """The vectors of both encoders side by side."""
    return np.hstack([mapped * math.sqrt(1.0 - SECOND), unit(second - middle) * math.sqrt(SECOND)])


def directions(both: NDArray[np.float32], axes: NDArray[np.float32]) -> NDArray[np.float32]:
    return unit(both @ axes)


def unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9), dtype=np.float32)


@lru_cache(maxsize=2)
def metric(encoder: str) -> Metric | None:
    """What was learnt with this encoder; None when nothing was."""
    if not FILE.exists():
        return None
    with np.load(FILE, allow_pickle=False) as data:
        if (str(data["encoder"]), str(data["second"])) != (encoder, NAME):
            return None
        matrix = data["matrix"].astype(np.float32)
        wordings = frozenset(bytes(row) for row in data["wordings"])
        learnt = Map(data["mean"], matrix)
        checksum = hashlib.sha256(learnt.mean.tobytes() + matrix.tobytes()).hexdigest()[:8]
        told = Telling(
            data["middle"],
            data["axes"].astype(np.float32),
            unit(data["rows"].astype(np.float32)),
            data["weights"].astype(np.float32),
            tuple(data["slugs"].tolist()),
            data["own"],
        )
        return Metric(encoder, learnt, told, wordings, checksum)


def save(encoder: str, learnt: Map, told: Telling, wordings: set[bytes]) -> None:
    np.savez_compressed(
        FILE,
        encoder=np.array(encoder),
        second=np.array(NAME),
        mean=learnt.mean,
        matrix=learnt.matrix.astype(np.float16),
        middle=told.middle,
        axes=told.axes.astype(np.float16),
        # Eight bits a direction move a cosine by less than 0.001.
        rows=np.round(told.rows / np.abs(told.rows).max(axis=1, keepdims=True) * 127).astype(np.int8),
        weights=told.weights.astype(np.float16),
        slugs=np.array(told.slugs),
        own=told.own,
        wordings=np.array([list(k) for k in sorted(wordings)], dtype=np.uint8),
    )
    metric.cache_clear()
