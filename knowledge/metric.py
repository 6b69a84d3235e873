"""What was learnt from the articles' wordings about vectors: how to compare them, and which ask for something we tell.

- A linear map under which wordings of one article, in any language, lie close: the encoder's vectors are centred and
  divided by their spread within articles (whitening), so that language and tone count for less than the subject.
- A line between questions that articles answer and those of `unanswerable.json`: "how many decibels" is near to a
  robot's guide, but nothing we tell is of that sort.

`manage.py calibrate_answers` writes the file. One made with another encoder is ignored.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.frozen import key

FILE = Path(__file__).with_name("metric.npz")
# Added to each direction's spread, as a share of the mean one, so that rare directions are not blown up.
SHRINKAGE = 1.0


@dataclass(frozen=True)
class Map:
    """Vectors of the encoder, one per row, to unit vectors that are compared by cosine."""

    mean: NDArray[np.float32]
    matrix: NDArray[np.float32]

    def __call__(self, vectors: NDArray[np.float32]) -> NDArray[np.float32]:
        moved = (vectors - self.mean) @ self.matrix
        length = np.linalg.norm(moved, axis=-1, keepdims=True)
        return np.asarray(moved / np.maximum(length, 1e-9), dtype=np.float32)


@dataclass(frozen=True)
class Metric:
    """The map, the line (weights, then the intercept), and the wordings that the line was drawn with."""

    encoder: str
    map: Map
    line: NDArray[np.float32]
    wordings: frozenset[bytes]
    checksum: str

    def tells(self, vector: NDArray[np.float32]) -> float:
        """How much a (mapped) question is of the sort that articles answer: log-odds."""
        return float(vector @ self.line[:-1] + self.line[-1])

    def knows(self, wording: str) -> bool:
        """Whether the line was drawn with this wording; of a newer one it cannot speak."""
        return key(wording) in self.wordings


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


@lru_cache(maxsize=2)
def metric(encoder: str) -> Metric | None:
    """What was learnt with this encoder; None when nothing was."""
    if not FILE.exists():
        return None
    with np.load(FILE, allow_pickle=False) as data:
        if str(data["encoder"]) != encoder:
            return None
        matrix = data["matrix"].astype(np.float32)
        wordings = frozenset(bytes(row) for row in data["wordings"])
        learnt = Map(data["mean"], matrix)
        checksum = hashlib.sha256(learnt.mean.tobytes() + matrix.tobytes()).hexdigest()[:8]
        return Metric(encoder, learnt, data["line"], wordings, checksum)


def save(encoder: str, learnt: Map, line: NDArray[np.float64], wordings: set[bytes]) -> None:
    np.savez_compressed(
        FILE,
        encoder=np.array(encoder),
        mean=learnt.mean,
        matrix=learnt.matrix.astype(np.float16),
        line=line.astype(np.float32),
        wordings=np.array([list(k) for k in sorted(wordings)], dtype=np.uint8),
    )
    metric.cache_clear()
