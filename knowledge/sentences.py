"""How much of a question stands in one sentence of an article.

Words that a long text says here and there add up to little; the sentence that answers says most of them at once. Words
that begin alike count in part: a stemmer leaves "excepciones" and "excepto" apart, and "constitución" is "constitution"
in the other language.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.lexical import rarity

# Words that share so many first letters are mostly of one family; such a one counts as this part of the word itself.
BEGINNING, ALIKE = 5, 0.6


class Sentences:
    """The sentences of the articles of one language, each as its stems. Immutable."""

    def __init__(self, articles: Sequence[Sequence[Collection[str]]]) -> None:
        # An article without a sentence has an empty one, so that each has a place.
        texts = [sentence for own in articles for sentence in (own or [()])]
        self.size = len(texts)
        self.starts = np.cumsum([0, *(max(1, len(own)) for own in articles)])[:-1]
        self.stems = places(set(text) for text in texts)
        self.beginnings = places({stem[:BEGINNING] for stem in text if long(stem)} for text in texts)

    def best(self, question: Sequence[str]) -> NDArray[np.float32]:
        """For each article the share of the question's weight that its best sentence has (0 to 1)."""
        found = np.zeros(self.size, dtype=np.float32)
        total = 0.0
        for stem in dict.fromkeys(question):
            where = self.stems.get(stem)
            weight = rarity(0 if where is None else len(where), self.size)
            total += weight
            alike = self.beginnings.get(stem[:BEGINNING]) if long(stem) else None
            if alike is not None:
                found[alike] += ALIKE * weight
            if where is not None:
                found[where] += weight if alike is None else (1 - ALIKE) * weight
        if not len(self.starts) or not total:
            return np.zeros(len(self.starts), dtype=np.float32)
        return np.asarray(np.maximum.reduceat(found, self.starts) / total, dtype=np.float32)


def long(stem: str) -> bool:
    return len(stem) >= BEGINNING and stem.isalpha()


def places(texts: Iterable[set[str]]) -> dict[str, NDArray[np.int32]]:
    """For each string the numbers of the texts that have it."""
    lists: dict[str, list[int]] = {}
    for number, strings in enumerate(texts):
        for string in strings:
            lists.setdefault(string, []).append(number)
    return {string: np.array(where, dtype=np.int32) for string, where in lists.items()}
