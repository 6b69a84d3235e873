"""Misspelt words: the known stem that a stem was probably meant to be."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

# A shorter word is too near to too many others.
LEAST = 5
# How alike the two must be, 0 to 1: two letters swapped in a word of seven pass, "parking" and "packing" do not.
ALIKE = 0.86
LOOKED_AT = 8


class Spelling:
    """The stems of one language by their pairs of neighbouring letters. Immutable."""

    def __init__(self, stems: Iterable[str]) -> None:
        self.stems = [stem for stem in stems if len(stem) >= LEAST - 1 and stem.isalpha()]
        places: dict[str, list[int]] = {}
        for place, stem in enumerate(self.stems):
            for pair in pairs(stem):
                places.setdefault(pair, []).append(place)
        self.places: dict[str, NDArray[np.int64]] = {pair: np.array(where) for pair, where in places.items()}
        self.lengths = np.array([len(stem) for stem in self.stems], dtype=np.float32)

    def meant(self, stem: str) -> str:
        """The most alike known stem, or `stem` itself where none is alike enough."""
        if len(stem) < LEAST or not stem.isalpha() or not self.stems:
            return stem
        shared = np.zeros(len(self.stems), dtype=np.float32)
        for pair in pairs(stem):
            if pair in self.places:
                shared[self.places[pair]] += 1
        likeness = shared / (self.lengths + len(stem))
        best = np.argpartition(-likeness, min(LOOKED_AT, len(likeness)) - 1)[:LOOKED_AT]
        ratio, found = max(
            (SequenceMatcher(None, stem, self.stems[place]).ratio(), self.stems[place]) for place in best
        )
        return found if ratio >= ALIKE and found[0] == stem[0] else stem


def pairs(stem: str) -> set[str]:
    framed = f" {stem} "
    return {framed[place : place + 2] for place in range(len(framed) - 1)}
