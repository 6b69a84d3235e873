"""BM25 over stemmed words without accents, as a share of the best score that a question's words could reach."""

from __future__ import annotations

import logging
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Container, Iterable, Sequence
from functools import lru_cache

import bm25s
import numpy as np
import snowballstemmer
from numpy.typing import NDArray

# bm25s switches its own logger to DEBUG when it is imported.
logging.getLogger("bm25s").setLevel(logging.WARNING)
ALGORITHMS = {"es": "spanish", "en": "english"}
WORD = re.compile(r"[^\W_]+")
QUESTION_LIMIT = 2_000


def folded(text: str) -> str:
    """Lower case without accents; ñ stays a letter of its own, because "ano" is not "año"."""
    text = text.lower().replace("ñ", "\0")
    text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return text.replace("\0", "ñ")


@lru_cache(maxsize=4)
def stemmer(language: str) -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer(ALGORITHMS.get(language, "spanish"))


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    # Snowball's Spanish rules look at accents, so the stem is folded, not the word.
    return folded(str(stemmer(language).stemWord(folded(word))))


def words(text: str, language: str) -> list[str]:
    """The stems of a text, in order."""
    return [stem(word, language) for word in WORD.findall(text.lower())]


def rarity(seen: int, size: int) -> float:
    """The inverse document frequency of a term that is in `seen` of `size` texts."""
    return math.log(1 + (size - seen + 0.5) / (seen + 0.5))


class Lexicon:
    """BM25 over the texts of one language. Immutable: a change of the articles makes a new one."""

    def __init__(self, tokens: Sequence[list[str]]) -> None:
        self.size = len(tokens)
        self.frequency: Counter[str] = Counter(term for text in tokens for term in set(text))
        self.index: bm25s.BM25 | None = None
        if self.frequency:
            self.index = bm25s.BM25(method="lucene", k1=1.2, b=0.6)
            self.index.index(list(tokens), show_progress=False)

    def idf(self, term: str) -> float:
        return rarity(self.frequency.get(term, 0), self.size)

    def scores(self, question: list[str]) -> NDArray[np.float32]:
        """For each text its BM25 score divided by the sum of the question's idf: 0 without shared words, 1 at most."""
        terms = list(dict.fromkeys(question))
        known = [term for term in terms if term in self.frequency]
        if self.index is None or not known:
            return np.zeros(self.size, dtype=np.float32)
        ideal = sum(self.idf(term) for term in terms)
        return np.asarray(self.index.get_scores(known) / ideal, dtype=np.float32)

    def share(self, question: list[str], vocabulary: Container[str]) -> float:
        """How much of the question's weight is in words of `vocabulary` (0 to 1)."""
        return self.shares(question, [vocabulary])[0]

    def shares(self, question: list[str], vocabularies: Iterable[Container[str]]) -> list[float]:
        """`share` of each of many vocabularies."""
        weights = {term: self.idf(term) for term in dict.fromkeys(question)}
        ideal = sum(weights.values()) or 1.0
        return [sum(weight for term, weight in weights.items() if term in each) / ideal for each in vocabularies]
