"""The ways of finding that are compared: each gives every case an order of articles, and how sure its first one is."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from knowledge import calibrate, ranking, scoring
from knowledge.bench import NO_GAPS, Bench, Question
from knowledge.calibrate import Trial
from knowledge.calibration import calibration
from knowledge.corpus import Corpus
from knowledge.encoder import base_name, cleaned
from knowledge.metric import Map, Told, metric
from knowledge.ranking import Shared
from knowledge.scoring import Ranked, Three
from tests.retrieval.sets import Case, Collection, corpus_of
from tests.retrieval.vectors import Kept, Known

type Array = NDArray[np.float64]


@dataclass
class Outcome:
    """For each case that has an answer the place of the first right article (0 is first), and how sure the first
    article was: with the right one there (`sure`), and where there is none (`unsure`)."""

    places: list[int] = field(default_factory=list)
    sure: list[float] = field(default_factory=list)
    unsure: list[float] = field(default_factory=list)


def by_words(collection: Collection) -> Outcome:
    """BM25 alone, over stems without accents, an article being as good as its best passage."""
    rows = []
    for case in collection.cases:
        shared = Shared.of(collection.corpus, case.asked)
        versions = collection.corpus.versions(case.asked.language, case.asked.day)
        rows.append({slug: shared.with_article(article)[1] for slug, article in versions.items()})
    return of_scores(collection, rows)


def by_vectors(collection: Collection, passages: Kept, queries: Kept) -> Outcome:
    """One encoder alone, by cosine, an article being as good as its best passage."""
    held = [
        (article.slug, passages[cleaned(passage.searched)])
        for article, passage in collection.corpus.by_passage.values()
        if passage.kind != "sentence"
    ]
    slugs = sorted({slug for slug, _vector in held})
    owner = np.array([slugs.index(slug) for slug, _vector in held])
    matrix = np.stack([vector for _slug, vector in held])
    rows = []
    for case in collection.cases:
        best = np.full(len(slugs), -1.0)
        np.maximum.at(best, owner, matrix @ queries[cleaned(case.asked.text)])
        rows.append(dict(zip(slugs, best.tolist(), strict=True)))
    return of_scores(collection, rows)


def of_scores(collection: Collection, rows: Iterable[dict[str, float]]) -> Outcome:
    found = Outcome()
    for case, scores in zip(collection.cases, rows, strict=True):
        order = sorted(scores, key=lambda slug: (-scores[slug], slug))
        if not case.expect:
            found.unsure.append(scores[order[0]])
            continue
        found.places.append(place(order, case.expect))
        found.sure.append(scores[order[0]])
        if not collection.own:
            found.unsure.append(max(score for slug, score in scores.items() if slug not in case.expect))
    return found


def place(order: list[str], expect: frozenset[str]) -> int:
    return next((at for at, slug in enumerate(order) if slug in expect), len(order))


def hybrid(collection: Collection, vectors: Known) -> Outcome:
    """The shop's own way. Its own articles: as committed. Others: fitted on one fold and tried on the other."""
    if collection.own:
        return as_committed(collection, vectors)
    found = Outcome()
    for fold in (0, 1):
        tuned = [case for case in collection.cases if case.question.fold != fold]
        tried = [case for case in collection.cases if case.question.fold == fold]
        fitted_on(collection, vectors, tuned, tried, found)
    return found


def as_committed(collection: Collection, vectors: Known) -> Outcome:
    learnt, fitted = metric(base_name()), calibration()
    if learnt is None:
        raise ValueError("knowledge/metric.npz is of another encoder; run `manage.py calibrate_answers`.")
    bench = Bench(collection.corpus, vectors, learnt.map, set())
    found = Outcome()
    for case in tqdm(collection.cases, desc=collection.name):
        text = case.asked.text
        told = learnt.telling(learnt.map(vectors.query(text)), vectors.second(text))
        ranked = scoring.rank(bench.features(case.question, told, gaps=fitted.gaps), fitted.ranking)
        signals = ranking.signals(
            collection.corpus, case.asked, ranked, bench.shared(case.question), told.about(ranked[0].slug)
        )
        (found.sure if case.expect else found.unsure).append(fitted.confidence(signals))
        if case.expect:
            found.places.append(place([one.slug for one in ranked], case.expect))
    return found


def fitted_on(collection: Collection, vectors: Known, tuned: list[Case], tried: list[Case], found: Outcome) -> None:
    """Fits ranking and confidence as `calibrate_answers` does, on `tuned`; tries them on `tried`."""
    bench = Bench(collection.corpus, vectors, plain(vectors), set())
    gaps = gaps_of(bench, tuned)
    trial = with_gaps(bench, tuned, gaps)
    weights = calibrate.fit_ranking(trial).tolist()
    removed = {
        slug: Bench(less(collection.corpus, slug), vectors, plain(vectors), set()) for slug in asked_for(tuned, tried)
    }
    sure = [signals_of(bench, case, weights, gaps) for case in tuned]
    unsure = [signals_of(removed[case.question.slug], case, weights, gaps) for case in tuned]
    rows = filled(np.array([signals for signals, _ranked in [*sure, *unsure]]))
    right = np.array([ranked[0].slug in case.expect for case, (_s, ranked) in zip(tuned, sure, strict=True)])
    answerable = np.arange(len(rows)) < len(sure)
    means, scales, solution = calibrate.fit_confidence(rows, np.append(right, np.zeros(len(unsure), bool)), answerable)

    def chance(signals: list[tuple[float, ...]]) -> list[float]:
        return [float(value) for value in calibrate.predict(filled(np.array(signals), means), means, scales, solution)]

    here = [signals_of(bench, case, weights, gaps) for case in tqdm(tried, desc=collection.name)]
    there = [signals_of(removed[case.question.slug], case, weights, gaps) for case in tried]
    found.places += [place([o.slug for o in r], case.expect) for case, (_s, r) in zip(tried, here, strict=True)]
    found.sure += chance([signals for signals, _ranked in here])
    found.unsure += chance([signals for signals, _ranked in there])


def asked_for(*parts: list[Case]) -> set[str]:
    return {case.question.slug for part in parts for case in part}


def plain(vectors: Known) -> Map:
    """A help centre without other wordings has learnt no map."""
    size = len(next(iter(vectors.passages.values())))
    return Map(np.zeros(size, dtype=np.float32), np.eye(size, dtype=np.float32))


def less(corpus: Corpus, slug: str) -> Corpus:
    return corpus_of([article for article in corpus.articles.values() if article.slug != slug])


def gaps_of(bench: Bench, tuned: list[Case]) -> Three:
    """How much nearer the right passages of a question's own language are, where both kinds of questions are asked."""
    own: list[tuple[float, ...]] = []
    other: list[tuple[float, ...]] = []
    for case in tuned:
        features = bench.features(case.question, Told.nothing())[case.question.slug]
        article = bench.corpus.by_slug[case.question.slug][0]
        (own if article.language == case.asked.language else other).append(features[:3])
    if not own or not other:
        return NO_GAPS
    wording, text, sentence = (np.mean(own, axis=0) - np.mean(other, axis=0)).tolist()
    return wording, text, sentence


def with_gaps(bench: Bench, cases: list[Case], gaps: Three) -> Trial:
    questions: list[Question] = [case.question for case in cases]
    features = [bench.features(question, Told.nothing(), gaps=gaps) for question in questions]
    return Trial(questions, features, [Told.nothing()] * len(cases), [bench.corpus] * len(cases))


def signals_of(bench: Bench, case: Case, weights: list[float], gaps: Three) -> tuple[tuple[float, ...], list[Ranked]]:
    ranked = scoring.rank(bench.features(case.question, Told.nothing(), gaps=gaps), weights)
    return ranking.signals(bench.corpus, case.asked, ranked, bench.shared(case.question), (math.nan, math.nan)), ranked


def filled(rows: Array, means: Array | None = None) -> Array:
    """Unknown signals as the mean of the known ones; 0 where none is."""
    if means is None:
        known = ~np.isnan(rows)
        means = np.where(known, rows, 0.0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
    return np.where(np.isnan(rows), means, rows)
