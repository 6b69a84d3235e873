"""One linear reading of a text: embeddings and character n-grams in, the chance of each intent out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bot.dialogue.components import softmax
from bot.dialogue.components.encoder import shared_encoder, unit
from bot.dialogue.components.ngrams import Ngrams, matrix


def embedded(encoders: dict[str, float], middle: np.ndarray, texts: list[str]) -> np.ndarray:
    """The vectors of `texts` under each encoder, side by side, each of the length given for it and seen from the middle
    of all training texts.

    e5 keeps every text within a narrow cone; what tells them apart is small beside the middle they share.
    """
    blocks, at = [], 0
    for name, length in encoders.items():
        vectors = shared_encoder(name).encode(texts)
        blocks.append(unit(vectors - middle[at : at + vectors.shape[1]]) * np.float32(length))
        at += vectors.shape[1]
    return np.hstack(blocks)


@dataclass(frozen=True)
class Head:
    """`encoders`: the length of each one's vectors, `characters` that of the n-grams' vector; `middle`: the mean of the
    training texts' vectors; `weights`: a row per intent, first the encoders' columns in their order, then the
    n-grams'."""

    encoders: dict[str, float]
    middle: np.ndarray
    characters: float
    ngrams: Ngrams
    weights: np.ndarray
    bias: np.ndarray

    @classmethod
    def trained(
        cls, encoders: dict[str, float], characters: float, texts: list[str], targets: np.ndarray, C: float
    ) -> Head:
        """Fitted on `texts` whose intents have the numbers `targets`. Raises EncoderError for an unknown encoder."""
        ngrams = Ngrams.of(texts if characters else [])
        middle = np.concatenate([shared_encoder(name).encode(texts).mean(axis=0) for name in encoders])
        dense = embedded(encoders, middle, texts)
        weights, bias = softmax.fit(dense, matrix(texts, ngrams, characters), targets, int(targets.max()) + 1, C)
        return cls(encoders, middle, characters, ngrams, weights, bias)

    def chances(self, text: str) -> np.ndarray:
        """The chance of each intent; they sum to 1."""
        dense = embedded(self.encoders, self.middle, [text])[0]
        columns, values = self.ngrams.vector(text)
        logits = self.weights[:, : len(dense)] @ dense + self.bias
        logits += self.weights[:, len(dense) + columns] @ (values * self.characters)
        return softmax.shares(logits)

    def arrays(self) -> dict[str, np.ndarray]:
        """What `of_arrays` needs."""
        return {
            "encoders": np.array(list(self.encoders)),
            "lengths": np.array(list(self.encoders.values())),
            "middle": self.middle,
            "characters": np.array(self.characters),
            "ngrams": self.ngrams.keys,
            "rarity": self.ngrams.rarity,
            "weights": self.weights,
            "bias": self.bias,
        }

    @classmethod
    def of_arrays(cls, stored: Any) -> Head:
        """The head that `arrays` told about."""
        encoders = dict(zip(stored["encoders"].tolist(), stored["lengths"].tolist(), strict=True))
        ngrams = Ngrams(stored["ngrams"], stored["rarity"])
        characters = float(stored["characters"])
        return cls(encoders, stored["middle"], characters, ngrams, stored["weights"], stored["bias"])
