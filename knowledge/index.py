"""The vector index in Chroma: what is in it, how it follows the articles, and how it is built anew.

`PendingArticle` is the durable list of what is behind. Publishing writes to it in its own transaction, and a worker
calls `index_pending()`. While Chroma is down the list simply grows; customers meanwhile get `KnowledgeUnavailable`.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import chromadb
import httpx
import numpy as np
from chromadb.api import ClientAPI
from chromadb.config import Settings as ChromaSettings
from chromadb.errors import ChromaError, NotFoundError
from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone
from langchain_chroma import Chroma

from knowledge import passages
from knowledge.encoder import encoder, encoder_name
from knowledge.models import ArticlePage, IndexState, PendingArticle
from knowledge.passages import SPLITTER_VERSION

logger = logging.getLogger(__name__)
CLAIM = timedelta(minutes=2)
CLAIM_ALL = timedelta(minutes=15)
TIMEOUT = 5.0
# Passages asked of Chroma by id in one request.
AT_ONCE = 2_000
BATCH = 25
# Cosine, and enough candidates in the graph search that the first hundred are the right hundred.
CONFIGURATION: Any = {"hnsw": {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 24}}


class KnowledgeUnavailable(RuntimeError):
    """Articles cannot be searched now. Callers fail towards a person; the message is for the log."""


class IndexMismatch(KnowledgeUnavailable):
    """The index was made with another encoder or splitter."""


UNREACHABLE = (KnowledgeUnavailable, ChromaError, httpx.HTTPError, ValueError, OSError)


@lru_cache(maxsize=2)
def connect(url: str) -> ClientAPI:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    client = chromadb.HttpClient(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or (443 if secure else 8000),
        ssl=secure,
        settings=ChromaSettings(anonymized_telemetry=False),
    )
    # Chroma's client waits for ever by default; a customer does not.
    session = getattr(getattr(client, "_server", None), "_session", None)
    if isinstance(session, httpx.Client):
        session.timeout = httpx.Timeout(TIMEOUT)
    return client


def chroma() -> ClientAPI:
    """The client of this process. Raises KnowledgeUnavailable."""
    try:
        return connect(settings.CHROMA_URL)
    except UNREACHABLE as error:
        raise KnowledgeUnavailable(f"Chroma does not answer at CHROMA_URL ({settings.CHROMA_URL}): {error}") from error


_stores: dict[tuple[str, str], Chroma] = {}
_stores_lock = threading.Lock()


def open_store(name: str) -> Chroma:
    """The collection `name` of the configured server, one handle per process."""
    key = (settings.CHROMA_URL, name)
    with _stores_lock:
        if key not in _stores:
            _stores.clear()
            _stores[key] = Chroma(
                name, embedding_function=encoder(), client=chroma(), create_collection_if_not_exists=False
            )
        return _stores[key]


def create_store() -> Chroma:
    name = f"passages-{uuid.uuid4().hex[:12]}"
    made_by = {"encoder": encoder_name(), "splitter": SPLITTER_VERSION}
    return Chroma(
        name,
        embedding_function=encoder(),
        client=chroma(),
        collection_metadata=made_by,
        collection_configuration=CONFIGURATION,
    )


def active_store() -> Chroma:
    """The store in use. Raises KnowledgeUnavailable: Chroma down, no index yet, or made by another encoder."""
    state = IndexState.current()
    if not state.collection:
        raise KnowledgeUnavailable("There is no index yet. Run `manage.py reindex`, or start the worker.")
    made_by, wanted = (state.encoder, state.splitter), (encoder_name(), SPLITTER_VERSION)
    if made_by != wanted:
        raise IndexMismatch(
            f"The index was made with encoder and splitter {made_by}, this process uses {wanted}. "
            "Run `manage.py reindex`: it builds the new index beside the old one and then swaps them."
        )
    try:
        return open_store(state.collection)
    except NotFoundError as error:
        mark_all()
        raise KnowledgeUnavailable(
            f"Chroma has lost the collection {state.collection}; the worker builds it again."
        ) from error
    except UNREACHABLE as error:
        raise KnowledgeUnavailable(f"Chroma does not answer at CHROMA_URL ({settings.CHROMA_URL}): {error}") from error


_asked_before: ContextVar[dict[bytes, list[str]] | None] = ContextVar("asked_before", default=None)


@contextmanager
def asked_before(found: dict[bytes, list[str]]) -> Iterator[None]:
    """Within this, what is nearest is looked up in `found` first, by the vector's `vector_key`."""
    token = _asked_before.set(found)
    try:
        yield
    finally:
        _asked_before.reset(token)


def vector_key(vector: Sequence[float]) -> bytes:
    return np.asarray(vector, dtype=np.float32).tobytes()


def nearest(vectors: Sequence[list[float]], count: int) -> list[list[str]]:
    """For each vector the ids of the `count` passages nearest to it, nearest first, in one call. Raises
    KnowledgeUnavailable."""
    known = _asked_before.get() or {}
    keys = [vector_key(vector) for vector in vectors]
    unknown = [vector for vector, key in zip(vectors, keys, strict=True) if key not in known]
    found = known | nearest_of_many(unknown, count) if unknown else known
    return [found[key] for key in keys]


def nearest_of_many(vectors: Sequence[list[float]], count: int) -> dict[bytes, list[str]]:
    """What is nearest to each of many vectors, in few calls, by `vector_key`. Raises KnowledgeUnavailable."""
    found: dict[bytes, list[str]] = {}
    collection = active_store()._collection
    for begin in range(0, len(vectors), BATCH):
        batch: Any = list(vectors[begin : begin + BATCH])
        with explained():
            hits = collection.query(query_embeddings=batch, n_results=count, include=[])
        found |= {vector_key(vector): ids for vector, ids in zip(batch, hits["ids"], strict=True)}
    return found


def stored_vectors(page_ids: Iterable[int]) -> tuple[str, dict[int, dict[str, Sequence[float]]]]:
    """(the collection's name, for each page the vector of each passage id). Raises KnowledgeUnavailable."""
    store = active_store()
    found: dict[int, dict[str, Sequence[float]]] = {page: {} for page in page_ids}
    if found:
        with explained():
            where: Any = {"page": {"$in": list(found)}}
            held = store.get(where=where, include=["embeddings", "metadatas"])
        for identity, data, vector in zip(held["ids"], held["metadatas"], held["embeddings"], strict=True):
            found[int(data["page"])][identity] = vector
    return store._collection_name, found


def vectors_of(passages: Sequence[str]) -> tuple[str, dict[str, Sequence[float]]]:
    """(the collection's name, the vector of each of these passage ids that it holds). Raises KnowledgeUnavailable."""
    store = active_store()
    found: dict[str, Sequence[float]] = {}
    with explained():
        for start in range(0, len(passages), AT_ONCE):
            held = store.get(ids=list(passages[start : start + AT_ONCE]), include=["embeddings"])
            found.update(zip(held["ids"], held["embeddings"], strict=True))
    return store._collection_name, found


@contextmanager
def explained() -> Iterator[None]:
    """Chroma's errors on a query as KnowledgeUnavailable; a lost collection is put on the list to be built again."""
    try:
        yield
    except NotFoundError as error:
        forget_stores()
        mark_all()
        raise KnowledgeUnavailable("Chroma has lost the collection; the worker builds it again.") from error
    except UNREACHABLE as error:
        raise KnowledgeUnavailable(f"Chroma failed on a query: {error}") from error


def forget_stores() -> None:
    with _stores_lock:
        _stores.clear()
    connect.cache_clear()


def mark_all() -> None:
    """Puts every published article on the list of what is to be indexed."""
    IndexState.objects.filter(pk=1).update(collection="")
    for page_id in ArticlePage.objects.live().values_list("pk", flat=True):
        PendingArticle.mark(page_id)


def index_pending(limit: int = 500) -> int:
    """Indexes the articles on the list and returns how many. Safe on any number of workers.

    Returns 0 at once when nothing waits. When Chroma is down the articles stay on the list, with the error noted.
    Where there is no index yet, or Chroma lost it, the whole index is built before anybody is answered from it.
    """
    done = 0
    for row in PendingArticle.objects.all()[:limit]:
        whole = not IndexState.current().collection
        if not claim(row, CLAIM_ALL if whole else CLAIM):
            if whole:
                break
            continue
        try:
            if whole:
                reindex()
            else:
                index_article(active_store(), row.page_id)
                IndexState.bump()
        except Exception as error:
            PendingArticle.objects.filter(pk=row.pk).update(claimed_until=None, last_error=str(error)[:300])
            logger.warning("article %s stays to be indexed: %s", row.page_id, error)
            forget_stores()
            if isinstance(error, UNREACHABLE):
                break
            continue
        finished, _rows = PendingArticle.objects.filter(pk=row.pk, generation=row.generation).delete()
        if not finished:
            # It changed while it was being indexed; the next call takes it again.
            PendingArticle.objects.filter(pk=row.pk).update(claimed_until=None)
        done += 1
    return done


def claim(row: PendingArticle, lease: timedelta) -> bool:
    """Takes the row for this worker until the lease ends, and reads the generation that it is about to index."""
    now = timezone.now()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    taken = PendingArticle.objects.filter(free, pk=row.pk).update(claimed_until=now + lease, attempts=F("attempts") + 1)
    if taken:
        row.refresh_from_db()
    return bool(taken)


def index_article(store: Chroma, page_id: int) -> int:
    """Makes the store hold exactly the passages of the published page; returns how many were encoded."""
    page = ArticlePage.objects.live().public().filter(pk=page_id).select_related("locale").first()
    wanted = {passage.id: passage for passage in passages.split(page)} if page else {}
    held = store.get(where={"page": page_id}, include=["metadatas"])
    stored = dict(zip(held["ids"], held["metadatas"], strict=True))
    if gone := [identity for identity in stored if identity not in wanted]:
        store.delete(ids=gone)
    if page is None:
        return 0
    new = [passages.as_document(passage, page) for identity, passage in wanted.items() if identity not in stored]
    if new:
        store.add_documents(new, ids=[str(document.id) for document in new])
    moved = {
        identity: fresh
        for identity, passage in wanted.items()
        if identity in stored and stored[identity] != (fresh := passages.metadata(passage, page))
    }
    if moved:
        collection = chroma().get_collection(store._collection_name)
        collection.update(ids=list(moved), metadatas=list(moved.values()))
    return len(new)


def reindex() -> tuple[int, int]:
    """Builds a new index beside the one in use, swaps, and drops the old one. Returns (articles, passages).

    Customers are answered from the old index until the swap. An article published meanwhile is picked up by a second
    look after the swap, which encodes only what is new.
    """
    old = IndexState.current().collection
    store = create_store()
    pages = set(ArticlePage.objects.live().values_list("pk", flat=True))
    encoded = sum(index_article(store, page_id) for page_id in pages)
    IndexState.objects.filter(pk=1).update(
        collection=store._collection_name, encoder=encoder_name(), splitter=SPLITTER_VERSION
    )
    IndexState.bump()
    pages |= set(ArticlePage.objects.values_list("pk", flat=True))
    encoded += sum(index_article(store, page_id) for page_id in pages)
    if old and old != store._collection_name:
        drop(old)
    return len(pages), encoded


def drop(name: str) -> None:
    try:
        chroma().delete_collection(name)
    except (NotFoundError, ValueError):
        logger.info("the old collection %s was already gone", name)
