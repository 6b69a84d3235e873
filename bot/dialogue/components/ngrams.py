"""Character n-grams of a text, weighted by how rare they are: what a sentence embedding blurs.

Embeddings bring paraphrases and languages together, and typos, product names and codes are lost in them; pieces of
words keep those. Plain numpy, so that serving needs no scikit-learn, and no pickle in the model.
"""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bot.dialogue.components.encoder import clean

SHORTEST, LONGEST = 2, 5
LONGEST_PHRASE = 3
LEAST_TEXTS = 2
"""An n-gram of one training text alone is not kept: half of them, and they say nothing about other texts."""

_WORD = re.compile(r"\w+|[^\w\s]", re.UNICODE)


def folded(text: str) -> str:
    """Lower case without accents."""
    plain = unicodedata.normalize("NFKD", clean(text).lower())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def pieces(text: str) -> Counter[int]:
    """How often each n-gram occurs inside the words of `text`, word ends marked, by the CRC of its letters.

    Case and accents do not count: people leave them out.
    """
    found: Counter[int] = Counter()
    for word in _WORD.findall(folded(text)):
        padded = f" {word} ".encode()
        for size in range(SHORTEST, LONGEST + 1):
            if len(padded) <= size:
                found[zlib.crc32(padded)] += 1
                break
            found.update(zlib.crc32(padded[at : at + size]) for at in range(len(padded) - size + 1))
    return found


def phrases(text: str) -> Counter[int]:
    """How often each run of one to LONGEST_PHRASE words or signs occurs in `text`, by its CRC."""
    words = _WORD.findall(folded(text))
    runs = [words[at : at + size] for size in range(1, LONGEST_PHRASE + 1) for at in range(len(words) - size + 1)]
    return Counter(zlib.crc32(" ".join(run).encode()) for run in runs)


class Ngrams:
    """The n-grams of a training set: `keys` in order, and the inverse document frequency of each."""

    def __init__(self, keys: np.ndarray, rarity: np.ndarray, of: Callable[[str], Counter[int]] = pieces) -> None:
        self.keys = keys
        self.rarity = rarity
        self._of = of

    @classmethod
    def of(cls, texts: Sequence[str], of: Callable[[str], Counter[int]] = pieces) -> Ngrams:
        """Those that occur in at least LEAST_TEXTS of `texts`; `of` counts those of one text."""
        seen: Counter[int] = Counter()
        for text in texts:
            seen.update(set(of(text)))
        kept = sorted(key for key, count in seen.items() if count >= LEAST_TEXTS)
        rarity = [math.log((1 + len(texts)) / (1 + seen[key])) + 1 for key in kept]
        return cls(np.array(kept, dtype=np.uint32), np.array(rarity, dtype=np.float32), of)

    def vector(self, text: str) -> tuple[np.ndarray, np.ndarray]:
        """Columns and weights of `text`, of length 1; both empty when none of its n-grams is known."""
        counts = self._of(text)
        wanted = np.fromiter(counts, dtype=np.uint32, count=len(counts))
        times = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        columns = np.searchsorted(self.keys, wanted)
        columns[columns == len(self.keys)] = 0
        known = self.keys[columns] == wanted if len(self.keys) else np.zeros(len(wanted), dtype=bool)
        columns = columns[known]
        weights = (1 + np.log(times[known])) * self.rarity[columns]
        return columns, weights / max(float(np.linalg.norm(weights)), 1e-9)


def matrix(texts: Sequence[str], ngrams: Ngrams, weight: float) -> Any:
    """A scipy CSR matrix with the vector of each text as a row, times `weight`; for training."""
    from scipy.sparse import csr_matrix

    vectors = [ngrams.vector(text) for text in texts]
    ends = np.cumsum([0, *(len(columns) for columns, _weights in vectors)])
    columns = np.concatenate([columns for columns, _weights in vectors])
    weights = np.concatenate([weights for _columns, weights in vectors]) * weight
    return csr_matrix((weights.astype(np.float32), columns, ends), shape=(len(texts), len(ngrams.keys)))
