"""Vectors of the texts that are compared, kept in a file between runs: encoding them takes most of the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from knowledge.bench import Vectors
from knowledge.corpus import Corpus
from knowledge.encoder import base_encoder, cleaned
from knowledge.frozen import key
from knowledge.second import second_encoder

type Vector = NDArray[np.float32]
type Encode = Callable[[Sequence[str]], Sequence[Sequence[float]] | NDArray[np.float32]]


class Kept:
    """The vectors that `encode` gives, each text encoded once and for all."""

    def __init__(self, file: Path, encode: Encode) -> None:
        self.file, self.encode = file, encode
        self.known: dict[bytes, Vector] = {}
        if file.is_file():
            with np.load(file, allow_pickle=False) as data:
                self.known = {bytes(k): v for k, v in zip(data["keys"], data["vectors"], strict=True)}

    def need(self, texts: Iterable[str], what: str) -> None:
        """Encodes the texts that are new, with a progress bar, and writes the file."""
        missing = sorted({text for text in texts if key(text) not in self.known})
        for text in tqdm(missing, desc=what, disable=not missing):
            self.known[key(text)] = np.asarray(self.encode([text])[0], dtype=np.float32)
        if missing:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            keys = np.array([list(k) for k in self.known], dtype=np.uint8)
            np.savez(self.file, keys=keys, vectors=np.stack(list(self.known.values())))

    def __getitem__(self, text: str) -> Vector:
        return self.known[key(text)]


class Store:
    """All vectors of a run, in `folder`."""

    def __init__(self, folder: Path, minilm: Encode | None) -> None:
        self.passages = Kept(folder / "passages.npz", lambda texts: base_encoder().embed_documents(list(texts)))
        self.queries = Kept(folder / "queries.npz", lambda texts: [base_encoder().embed_query(texts[0])])
        self.seconds = Kept(folder / "second.npz", lambda texts: second_encoder()(texts))
        self.minilm = Kept(folder / "minilm.npz", minilm) if minilm else None

    def of(self, corpus: Corpus, questions: Sequence[str], *, told: bool) -> Known:
        """The vectors of one corpus and its questions; `told`: those of the second encoder too."""
        texts = [cleaned(passage.searched) for _article, passage in corpus.by_passage.values()]
        asked = [cleaned(question) for question in questions]
        self.passages.need(texts, "passages")
        self.queries.need(asked, "questions")
        if told:
            self.seconds.need(asked, "second opinion")
        if self.minilm is not None:
            self.minilm.need([*texts, *asked], "MiniLM")
        return Known(corpus, self)


class Known(Vectors):
    """What the calibration's bench reads its vectors from."""

    def __init__(self, corpus: Corpus, store: Store) -> None:
        self.store = store
        self.passages = {
            identity: store.passages[cleaned(passage.searched)]
            for identity, (_article, passage) in corpus.by_passage.items()
        }

    def query(self, text: str) -> Vector:
        return self.store.queries[cleaned(text)]

    def second(self, text: str) -> Vector:
        return self.store.seconds[cleaned(text)]
