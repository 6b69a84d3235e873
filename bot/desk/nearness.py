"""How near words are in meaning: vectors of the embedded encoder, kept as bytes beside what they stand for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def vector(text: str) -> NDArray[np.float32]:
    """Of length one. Raises EncoderError."""
    # The encoder takes seconds to import: it is, when it is first asked.
    from knowledge.encoder import cleaned, encoder

    found = np.array(encoder().embed_query(cleaned(text) or "."), dtype=np.float32)
    return np.asarray(found / max(float(np.linalg.norm(found)), 1e-9), dtype=np.float32)


def cosines(kept: Sequence[bytes | memoryview[int]], text: str) -> NDArray[np.float32]:
    """How near the text is to each of the kept vectors, at least one, of the same encoder. Raises EncoderError."""
    matrix = np.stack([np.frombuffer(bytes(each), dtype=np.float32) for each in kept])
    return np.asarray(matrix @ vector(text), dtype=np.float32)
