"""How long a search takes among 1,000 and among 100,000 passages, in one run, on a vector store started for it.

The articles are made up of the words of the shop's own ones, and their vectors lie around the shop's: to encode a
hundred thousand texts takes an hour and changes nothing in how they are searched. The search is the one customers get.
"""

from __future__ import annotations

import hashlib
import statistics
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from django.conf import settings
from tqdm import tqdm

from knowledge import corpus as corpora
from knowledge import index, retriever
from knowledge.corpus import Article, Corpus
from knowledge.encoder import QUERY_CACHE, BundledE5, base_encoder, base_name, encoder_name
from knowledge.frozen import table
from knowledge.metric import metric
from knowledge.models import IndexState
from knowledge.passages import SPLITTER_VERSION
from knowledge.recent import Recent
from tests.knowledge.chroma_server import chroma
from tests.retrieval import sets

SMALL, LARGE = 1_000, 100_000
BATCH = 500
ASKED = 60
NOISE = 0.35


def measured(folder: Path) -> dict[str, float]:
    """{small, large: passages; small_ms, large_ms: median of a search; ratio}."""
    folder.mkdir(parents=True, exist_ok=True)
    with chroma(folder) as url:
        settings.CHROMA_URL = url
        own = list(sets.own()[0].corpus.articles.values())
        made = [made_up(own, count) for count in (SMALL, LARGE)]
        names = [stored(corpus) for corpus in made]
        times = asked_in_turn(list(zip(made, names, strict=True)))
    small, large = (statistics.median(one) * 1000 for one in times)
    return {
        "small": len(made[0].by_passage),
        "large": len(made[1].by_passage),
        "small_ms": round(small, 1),
        "large_ms": round(large, 1),
        "ratio": round(large / small, 2),
    }


def made_up(own: list[Article], count: int) -> Corpus:
    """A corpus of about `count` passages: the shop's articles again and again, each copy with its words shuffled among
    the articles of its language."""
    chance = np.random.default_rng(count)
    stems = {
        language: np.array([stem for a in own if a.language == language for text in a.tokens for stem in text])
        for language in sets.LANGUAGES
    }
    articles: list[Article] = []
    passages = 0
    while passages < count:
        article = own[len(articles) % len(own)]
        articles.append(copied(article, len(articles) + 1, stems[article.language], chance))
        passages += len(article.passages)
    return sets.corpus_of(articles)


def copied(article: Article, number: int, stems: np.ndarray, chance: np.random.Generator) -> Article:
    passages = tuple(replace(passage, id=f"{number}-{passage.id}", page_id=number) for passage in article.passages)
    tokens = tuple(list(map(str, chance.choice(stems, len(text)))) for text in article.tokens)
    times: dict[str, int] = {}
    for text in tokens:
        for stem in set(text):
            times[stem] = times.get(stem, 0) + 1
    slug = f"{article.slug}-{number // 2}"
    return replace(article, page_id=number, slug=slug, passages=passages, tokens=tokens, times=times)


def stored(corpus: Corpus) -> str:
    """Puts the corpus into a collection of its own, unless a run before has done so; its name."""
    vectors = np.array(list(table(base_name()).values()), dtype=np.float32)
    learnt = metric(base_name())
    vectors = learnt.map(vectors) if learnt else vectors
    chance = np.random.default_rng(len(corpus.by_passage))
    pairs = list(corpus.by_passage.items())
    made_of = hashlib.sha256(f"{encoder_name()} {SPLITTER_VERSION} {len(pairs)} {pairs[-1][0]}".encode()).hexdigest()
    name = f"size-{made_of[:12]}"
    collection = index.chroma().get_or_create_collection(name, configuration=index.CONFIGURATION)
    for start in tqdm(range(collection.count(), len(pairs), BATCH), desc=f"{len(pairs):,} passages"):
        part = pairs[start : start + BATCH]
        near = vectors[chance.integers(0, len(vectors), len(part))]
        near = near + chance.normal(0, NOISE / np.sqrt(near.shape[1]), near.shape).astype(np.float32)
        near /= np.linalg.norm(near, axis=1, keepdims=True)
        collection.add(
            ids=[identity for identity, _pair in part],
            embeddings=near,
            documents=[passage.searched for _identity, (_article, passage) in part],
            metadatas=[{"page": article.page_id} for _identity, (article, _passage) in part],
        )
    return name


def asked_in_turn(made: list[tuple[Corpus, str]]) -> list[list[float]]:
    """Seconds of each search. Every question is asked of each corpus once, after a round that warms everything up."""
    questions = [line for line in sets.lines(sets.OWN) if line["expect"]][: 2 * ASKED]
    times: list[list[float]] = [[] for _one in made]
    for place, question in enumerate(tqdm(questions, desc="searches")):
        for number, (corpus, name) in enumerate(made):
            use(corpus, name)
            forget_questions()
            begun = time.perf_counter()
            retriever.search(question["text"], question["lang"], today=sets.DAY)
            if place >= ASKED:
                times[number].append(time.perf_counter() - begun)
    return times


def forget_questions() -> None:
    """The encoder keeps the vectors of the last questions; here each search pays for its own."""
    if isinstance(held := base_encoder(), BundledE5):
        held._queries = Recent(QUERY_CACHE)


def use(corpus: Corpus, name: str) -> None:
    IndexState.objects.update_or_create(
        pk=1,
        defaults={
            "collection": name,
            "encoder": encoder_name(),
            "splitter": SPLITTER_VERSION,
            "revision": corpus.revision,
        },
    )
    corpora._corpus = corpus
