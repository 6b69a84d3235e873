"""The vectors of texts that will be compared again and again: customers' questions and the evaluation set.

They are kept in the database, so that every process can ask hundreds of known questions in seconds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from knowledge.encoder import BundledE5, EncoderError, base_encoder, base_name, cleaned
from knowledge.metric import metric
from knowledge.models import TextVector

CHUNK = 400
KEPT = timedelta(days=400)

type Matrix = NDArray[np.float32]


def key(text: str) -> str:
    return hashlib.sha256(f"{base_name()}\n{text}".encode()).hexdigest()


def vectors(texts: Sequence[str]) -> Matrix:
    """The encoder's own vectors of questions, one per row. Those that are new are encoded and kept."""
    if not texts:
        return np.zeros((0, 1), dtype=np.float32)
    wanted = [cleaned(text) for text in texts]
    keys = {text: key(text) for text in wanted}
    known = load(list(keys.values()))
    missing = [text for text, name in keys.items() if name not in known]
    if missing:
        encoder = base_encoder()
        for text in missing:
            known[keys[text]] = np.array(encoder.embed_query(text), dtype=np.float32)
        keep({keys[text]: known[keys[text]] for text in missing})
    return np.array([known[keys[text]] for text in wanted], dtype=np.float32)


def keep(found: dict[str, Matrix]) -> None:
    """Keep vectors by their keys; those that are kept already stay as they are."""
    rows = [TextVector(key=name, encoder=base_name(), vector=vector.tobytes()) for name, vector in found.items()]
    TextVector.objects.bulk_create(rows, ignore_conflicts=True)


def keep_at_hand(text: str) -> None:
    """Keep a question's vector where this process has it from answering: the worker need not encode it then."""
    try:
        encoder = base_encoder()
    except EncoderError:
        return
    if isinstance(encoder, BundledE5) and encoder.at_hand(text):
        keep({key(cleaned(text)): np.array(encoder.embed_query(text), dtype=np.float32)})


def load(keys: Sequence[str]) -> dict[str, Matrix]:
    found: dict[str, Matrix] = {}
    for begin in range(0, len(keys), CHUNK):
        rows = TextVector.objects.filter(key__in=keys[begin : begin + CHUNK]).values_list("key", "vector")
        found |= {name: np.frombuffer(vector, dtype=np.float32) for name, vector in rows}
    return found


def missing(texts: Sequence[str]) -> list[str]:
    """Those of the texts whose vectors would have to be encoded first."""
    keys = {text: key(cleaned(text)) for text in texts}
    known = load(list(keys.values()))
    return [text for text, name in keys.items() if name not in known]


def compared(texts: Sequence[str]) -> Matrix:
    """Unit vectors whose products are cosines, under the map that was learnt for this encoder, if any."""
    learnt = metric(base_name())
    found = vectors(texts)
    if learnt is not None and len(found):
        return learnt.map(found)
    return np.asarray(found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9), dtype=np.float32)


def warm(texts: Sequence[str]) -> None:
    """Makes the bundled encoder of this process answer for these questions without encoding them again."""
    encoder = base_encoder()
    if isinstance(encoder, BundledE5):
        for text, vector in zip(texts, vectors(texts), strict=True):
            encoder.remember(text, vector.tolist())


def forget_old() -> int:
    """Drops vectors of other encoders and very old ones (they are made again if asked for); returns how many."""
    gone, _rows = TextVector.objects.filter(created_at__lt=timezone.now() - KEPT).delete()
    others, _rows = TextVector.objects.exclude(encoder=base_name()).delete()
    return gone + others
