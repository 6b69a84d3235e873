"""Vectors of the articles that ship with this repository, so that a first run is ready in seconds instead of minutes.

`manage.py reindex --freeze` writes the file. A text that is not in it is simply encoded; a file made with another
encoder is ignored. Vectors are kept as 8-bit numbers with one scale each, which moves a cosine by less than 0.001.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_name("vectors.npz")


def key(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:16]


@lru_cache(maxsize=1)
def table(name: str) -> dict[bytes, list[float]]:
    """The frozen vectors of the encoder `name`; empty when the file is missing or of another encoder."""
    if not FILE.exists():
        return {}
    with np.load(FILE, allow_pickle=False) as data:
        if str(data["encoder"]) != name:
            return {}
        vectors = data["vectors"].astype(np.float32) * data["scales"][:, None]
        keys = data["keys"]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return {bytes(k): v.tolist() for k, v in zip(keys, vectors, strict=True)}


def freeze(name: str, texts: Iterable[str], vectors: list[list[float]]) -> None:
    """Writes the file anew, in the order of the keys so that an unchanged corpus gives an unchanged file."""
    rows = sorted(zip((key(text) for text in texts), vectors, strict=True))
    matrix = np.array([vector for _key, vector in rows], dtype=np.float32)
    scales = np.abs(matrix).max(axis=1) / 127
    np.savez_compressed(
        FILE,
        encoder=np.array(name),
        keys=np.array([list(k) for k, _vector in rows], dtype=np.uint8),
        vectors=np.round(matrix / scales[:, None]).astype(np.int8),
        scales=scales.astype(np.float32),
    )
    table.cache_clear()
