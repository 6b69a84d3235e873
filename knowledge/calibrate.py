"""How vectors are compared, how the parts of a score weigh, and how sure an answer must be: fitted on the articles.

Positives are the articles' own wordings, a fifth of them left out at a time (each with its translation): the index, the
map and what tells answered from unanswered questions are made without them. Negatives are the questions of
`unanswerable.json`, a fifth of its topics left out at a time. Every figure is of left-out questions.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge import calibration, fitting, frozen, metric, ranking, scoring
from knowledge.bench import Bench, Question, Vectors, wordings
from knowledge.calibration import Calibration
from knowledge.corpus import Corpus
from knowledge.encoder import base_name
from knowledge.fitting import Array
from knowledge.metric import Map, Telling, Told
from knowledge.ranking import Asked, Shared
from knowledge.retriever import shop_day
from knowledge.scoring import Ranked, Three

UNANSWERABLE = Path(__file__).with_name("unanswerable.json")
FOLDS = 5
# The threshold refuses this share of the questions nobody can answer, of topics that were left out. Half of them were
# written to lie as near to an article as they can; of what customers ask it refuses more (docs/quality.md).
REFUSED = 0.825
# A question with a wrong first article counts as not answered, but less than one that no article answers. That is so of
# each question, not of all of them together: where few are wrong they would outweigh all others.
WRONG_WEIGHT = 0.4
RANKING_PENALTY, CONFIDENCE_PENALTY = 3.0, 10.0


@dataclass
class Trial:
    """Left-out questions: what spoke for each article, and what known questions told of each."""

    questions: list[Question]
    features: list[dict[str, tuple[float, ...]]]
    told: list[Told]
    corpora: list[Corpus]


def run(corpus: Corpus) -> Calibration:
    """Fits everything on the published articles and writes `metric.npz` and `calibration.json`. Takes minutes.

    The index must then be built anew: its vectors were made with the map of before.
    """
    vectors = Vectors(corpus)
    asked = [*wordings(corpus, shop_day(), FOLDS), *unanswerable()]
    trial = Trial([], [], [], [])
    for fold in range(FOLDS):
        try_fold(corpus, vectors, asked, fold, trial)
    found = fit(trial)
    learnt = learn_map(corpus, vectors, set())
    known = {frozen.key(p.searched) for _a, p in corpus.by_passage.values() if p.kind == "question"}
    metric.save(base_name(), learnt, learn_telling(learnt, vectors, asked), known)
    calibration.save(found)
    return found


def unanswerable() -> list[Question]:
    """The questions that no article answers; one topic is one fold, in all languages."""
    topics = json.loads(UNANSWERABLE.read_text(encoding="utf-8"))
    return [
        Question(Asked.of(text, language, shop_day()), number % FOLDS)
        for number, name in enumerate(sorted(topics))
        for language, texts in topics[name].items()
        for text in texts
    ]


def try_fold(corpus: Corpus, vectors: Vectors, asked: list[Question], fold: int, trial: Trial) -> None:
    """Asks the questions of one fold of articles that know nothing of them."""
    hidden = {question.passage for question in asked if question.fold == fold and question.passage}
    learnt = learn_map(corpus, vectors, hidden)
    telling = learn_telling(learnt, vectors, [question for question in asked if question.fold != fold])
    bench = Bench(corpus, vectors, learnt, hidden)
    for question in (question for question in asked if question.fold == fold):
        told = telling(learnt(vectors.query(question.asked.text)), vectors.second(question.asked.text))
        trial.questions.append(question)
        trial.features.append(bench.features(question, told, bench.twin(question)))
        trial.told.append(told)
        trial.corpora.append(bench.corpus)


def learn_map(corpus: Corpus, vectors: Vectors, hidden: set[str]) -> Map:
    pairs = [(a.slug, p.id) for a, p in corpus.by_passage.values() if p.kind == "question" and p.id not in hidden]
    _names, numbers = np.unique([slug for slug, _id in pairs], return_inverse=True)
    return metric.whitening(np.stack([vectors.passages[identity] for _slug, identity in pairs]), numbers)


def learn_telling(learnt: Map, vectors: Vectors, asked: list[Question]) -> Telling:
    texts = [question.asked.text for question in asked]
    mapped = learnt(np.stack([vectors.query(text) for text in texts]))
    return metric.telling(mapped, np.stack([vectors.second(text) for text in texts]), [q.slug for q in asked])


def fit(trial: Trial) -> Calibration:
    """The weights of the ranking and of the confidence, and the threshold, with figures of left-out questions."""
    weights = fit_ranking(trial)
    ranked = [scoring.rank(features, weights.tolist()) for features in trial.features]
    answerable = np.array([bool(question.slug) for question in trial.questions])
    right = np.array([bool(r) and r[0].slug == q.slug for r, q in zip(ranked, trial.questions, strict=True)])
    rows = np.array([signals(trial, place, order) for place, order in enumerate(ranked)])
    folds = np.array([question.fold for question in trial.questions])
    chance = np.zeros(len(rows))
    for fold in range(FOLDS):
        inside = folds == fold
        chance[inside] = predict(rows[inside], *fit_confidence(rows[~inside], right[~inside], answerable[~inside]))
    means, scales, solution = fit_confidence(rows, right, answerable)
    threshold = float(np.quantile(chance[~answerable], REFUSED))
    return Calibration(
        encoder=base_name(),
        features=scoring.FEATURES,
        ranking=tuple(np.round(weights, 3).tolist()),
        gaps=language_gaps(trial),
        kin_guess=kin_guess(trial, ranked),
        signals=scoring.SIGNALS,
        means=tuple(np.round(means, 5).tolist()),
        scales=tuple(np.round(scales, 5).tolist()),
        weights=tuple(np.round(solution[:-1], 4).tolist()),
        unknown=tuple(np.round(rows[right].mean(axis=0), 5).tolist()),
        intercept=round(float(solution[-1]), 4),
        threshold=round(threshold, 3),
        figures=figures(trial, ranked, rows, chance, right, threshold),
    )


def fit_ranking(trial: Trial) -> Array:
    slugs = sorted({slug for features in trial.features for slug in features})
    number = {slug: place for place, slug in enumerate(slugs)}
    usable = [p for p, question in enumerate(trial.questions) if question.slug in trial.features[p]]
    table = np.full((len(usable), len(slugs), len(scoring.FEATURES)), np.nan)
    for row, place in enumerate(usable):
        for slug, values in trial.features[place].items():
            table[row, number[slug]] = values
    right = np.array([number[trial.questions[place].slug] for place in usable])
    wanted = np.array([-1.0 if name in scoring.AGAINST else 1.0 for name in scoring.FEATURES])
    return fitting.agreeing(lambda kept: fitting.listwise(table[:, :, kept], right, RANKING_PENALTY), wanted)


def language_gaps(trial: Trial) -> Three:
    """How much nearer a right article's passages of the question's own language are than those of its translation."""
    pairs = zip(trial.questions, trial.features, strict=True)
    found = np.array([features[q.slug][: scoring.NEAR] for q, features in pairs if q.slug in features])
    wording, text, sentence = (found[:, :3] - found[:, 3:]).mean(axis=0).round(4).tolist()
    return wording, text, sentence


def kin_guess(trial: Trial, ranked: list[list[Ranked]]) -> tuple[float, ...]:
    """How an article's kinship follows from how near it is, by least squares over right articles and the best."""
    pairs = zip(trial.questions, ranked, strict=True)
    near = [r.features for q, order in pairs if q.slug for r in order if r.slug == q.slug or r in order[:2]]
    table = np.array(near)
    design = np.hstack([table[:, : scoring.NEAR], np.ones((len(table), 1))])
    solution: Array = np.linalg.lstsq(design, table[:, scoring.KIN], rcond=None)[0]
    return tuple(float(weight) for weight in solution.round(4))


def signals(trial: Trial, place: int, ranked: list[Ranked]) -> tuple[float, ...]:
    corpus, asked = trial.corpora[place], trial.questions[place].asked
    return ranking.signals(corpus, asked, ranked, Shared.of(corpus, asked), trial.told[place].about(ranked[0].slug))


def fit_confidence(rows: Array, right: NDArray[np.bool_], answerable: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """(means, scales, weights with the intercept last)."""
    wrong = answerable & ~right
    weight = np.where(right, 1 / right.sum(), 1 / (~answerable).sum())
    weight[wrong] *= WRONG_WEIGHT
    means, scales = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    design = np.hstack([np.clip((rows - means) / scales, -3, 3), np.ones((len(rows), 1))])
    wanted = np.array([*[1.0] * len(scoring.SIGNALS), 0.0])
    weight *= len(rows) / weight.sum()
    target = right.astype(float)
    solution = fitting.agreeing(
        lambda kept: fitting.logistic(design[:, kept], target, weight, CONFIDENCE_PENALTY), wanted
    )
    return means, scales, solution


def predict(rows: Array, means: Array, scales: Array, solution: Array) -> Array:
    total = np.clip((rows - means) / scales, -3, 3) @ solution[:-1] + solution[-1]
    return np.asarray(1 / (1 + np.exp(-total)))


def figures(
    trial: Trial,
    ranked: list[list[Ranked]],
    rows: Array,
    chance: Array,
    right: NDArray[np.bool_],
    threshold: float,
) -> dict[str, float]:
    answerable = np.array([bool(question.slug) for question in trial.questions])
    passed = chance >= threshold
    found = {
        "wordings": float(answerable.sum()),
        "unanswerable": float((~answerable).sum()),
        "first_right": float(right[answerable].mean()),
        "sort_auroc": fitting.auroc(rows[answerable, -1], rows[~answerable, -1]),
        "auroc": fitting.auroc(chance[right], chance[~answerable]),
        "answered_right": float((passed & right)[answerable].mean()),
        "answered_wrong": float((passed & ~right)[answerable].mean()),
        "unanswerable_refused": float(1 - passed[~answerable].mean()),
    }
    return {name: round(value, 3) for name, value in found.items()}
