"""How much of a question stands in one sentence of an article, by runs of letters.

Words that a long text says here and there add up to little; the sentence that answers says most of them at once. Runs
of three and four letters count a word in part where only its stem, or most of its letters, is the same: a stemmer
leaves "excepciones" and "excepto" apart, "constitución" is "constitution" in the other language, and a slip of a key
spoils a few runs only. Those that go over the end of a word tell which words stand side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.lexical import WORD, folded

SHORTEST, LONGEST = 3, 4
# A run is kept as a number of so many bits. Of 15,000 runs one in seventy shares its number with another.
BITS = 20
BASE, MIX = np.uint32(16_777_619), np.uint32(2_654_435_761)

type Runs = NDArray[np.int32]


def runs(text: str) -> Runs:
    """The numbers of the runs of letters of a text, each once."""
    letters = np.frombuffer(f" {' '.join(WORD.findall(folded(text)))} ".encode("utf-32-le"), dtype=np.uint32)
    code, found = letters, []
    for length in range(2, LONGEST + 1):
        code = code[:-1] * BASE + letters[length - 1 :]
        if length >= SHORTEST:
            found.append(code)
    return np.unique(np.concatenate(found) * MIX >> np.uint32(32 - BITS)).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Sentenced:
    """The sentences of one text: the runs of each, one after the other, and where each sentence begins."""

    runs: Runs
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Sentenced:
        parts = [part for part in map(runs, texts) if part.size]
        starts = np.cumsum([0, *map(len, parts)])[:-1]
        return cls(np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32), starts)


class Sentences:
    """The sentences of the articles of one language, and how rare each run is among them. Immutable."""

    def __init__(self, articles: Sequence[Sentenced]) -> None:
        self.articles = articles
        own = [np.unique(article.runs) for article in articles]
        known, times = np.unique(np.concatenate([*own, np.zeros(0, dtype=np.int32)]), return_counts=True)
        # Behind the last number stands one that no run has, so that whatever is looked up has a place.
        self.known, self.times = np.append(known, 1 << BITS), np.append(times, 0)

    def weights(self, asked: Runs) -> NDArray[np.float32]:
        """For each number how much of the question's weight its run has; 0 where the question has no such run."""
        place = np.searchsorted(self.known, asked)
        times = np.where(self.known[place] == asked, self.times[place], 0)
        rare = np.log1p((len(self.articles) - times + 0.5) / (times + 0.5))
        found = np.zeros(1 << BITS, dtype=np.float32)
        found[asked] = rare / rare.sum()
        return found

    def best(self, number: int, weights: NDArray[np.float32]) -> float:
        """The share of the question's weight that the best sentence of an article has (0 to 1)."""
        article = self.articles[number]
        if not article.starts.size:
            return 0.0
        return float(np.add.reduceat(weights[article.runs], article.starts).max())
