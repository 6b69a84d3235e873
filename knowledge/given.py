"""Vectors of a message that another process worked out already, so that they are not worked out twice.

The dialogue compares each message with its examples by the same two encoders. Encoding takes longer than the rest of a
search.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping

import numpy as np

from knowledge.encoder import BundledE5, base_encoder, cleaned
from knowledge.second import second_encoder

# As the dialogue calls them (bot/dialogue/components/encoder.py).
E5, USE = "multilingual-e5-small-q4", "use-multilingual-v3"


def take(text: str, vectors: Mapping[str, str]) -> None:
    """Keep the vectors of a message: for each encoder's name the base64 of its float32 numbers, lowest byte first."""
    if cleaned(text) != text:
        return
    encoder = base_encoder()
    if E5 in vectors and isinstance(encoder, BundledE5):
        encoder.remember(text, _numbers(vectors[E5]).tolist())
    if USE in vectors:
        second_encoder().remember(text, _numbers(vectors[USE]))


def _numbers(encoded: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.frombuffer(base64.b64decode(encoded), dtype="<f4")
