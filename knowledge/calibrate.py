"""How sure an answer is: a logistic calibrator over several signals, and how its coefficients are found.

One cosine cannot tell an answered question from an unanswered one. The calibrator is fitted on the articles' own
wordings: each is asked while it and its translation are left out (the answer should be found), and again with the whole
article left out (nothing should be found), together with the questions of `offtopic.json`.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge import lexical, scoring
from knowledge.corpus import Article, Corpus
from knowledge.encoder import encoder, encoder_name
from knowledge.passages import Passage
from knowledge.retriever import HITS, shop_day

FILE = Path(__file__).with_name("calibration.json")
OFF_TOPIC = Path(__file__).with_name("offtopic.json")


@dataclass(frozen=True)
class Calibration:
    """P(an article answers) = logistic(intercept + Σ weight × (signal − mean) / scale); answered from `threshold`."""

    encoder: str
    signals: tuple[str, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float
    threshold: float
    figures: dict[str, float]

    def confidence(self, signals: Sequence[float]) -> float:
        """0 to 1; 0 without signals (nothing was found). A signal that is NaN is unknown and counts as average."""
        if not signals:
            return 0.0
        parts = zip(self.weights, signals, self.means, self.scales, strict=True)
        known = ((w, (value - m) / s) for w, value, m, s in parts if not math.isnan(value))
        total = self.intercept + sum(w * max(-3.0, min(3.0, deviation)) for w, deviation in known)
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))


@lru_cache(maxsize=1)
def calibration() -> Calibration:
    """The committed calibration."""
    data = json.loads(FILE.read_text(encoding="utf-8"))
    lists = {key: tuple(data[key]) for key in ("signals", "means", "scales", "weights")}
    found = Calibration(**{**data, **lists})
    if found.signals != scoring.SIGNALS:
        raise ValueError(
            f"{FILE.name} is of other signals than knowledge/scoring.py; run `manage.py calibrate_answers`."
        )
    return found


@dataclass
class Examples:
    """Rows of signals; `right`: the first article was the one; `group`: answerable, removed or offtopic."""

    rows: list[list[float]]
    right: list[bool]
    group: list[str]

    def add(self, row: list[float], right: bool, group: str) -> None:
        self.rows.append(row)
        self.right.append(right)
        self.group.append(group)


class Bench:
    """The corpus as matrices, so that articles and wordings can be left out question by question."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.vectors: dict[str, NDArray[np.float32]] = {}
        for language, pairs in corpus.order.items():
            texts = [passage.searched for _article, passage in pairs]
            self.vectors[language] = np.array(encoder().embed_documents(texts), dtype=np.float32)
        self.vector_of = {
            passage.id: self.vectors[language][row]
            for language, pairs in corpus.order.items()
            for row, (_article, passage) in enumerate(pairs)
        }
        self.slug_of = {identity: article.slug for identity, (article, _passage) in corpus.by_passage.items()}
        self.stems: dict[str, dict[str, set[str]]] = {language: {} for language in corpus.order}
        for article in corpus.articles.values():
            for passage, stems in zip(article.passages, article.tokens, strict=True):
                self.stems[article.language][passage.id] = set(stems)
        self.sizes = {language: corpus.sizes(language, shop_day()) for language in corpus.order}

    def ask(self, question: str, language: str, hidden: set[str]) -> tuple[list[scoring.Ranked], list[float]]:
        """Ranked articles and signals as the retriever would see them, were the passages `hidden` not there."""
        vector = np.array(encoder().embed_query(question), dtype=np.float32)
        words = lexical.words(question, language)

        def top(code: str) -> list[tuple[str, float]]:
            values, pairs = self.vectors[code] @ vector, self.corpus.order[code]
            order = (i for i in np.argsort(-values) if pairs[i][1].id not in hidden)
            return [(pairs[i][0].slug, float(values[i])) for i, _n in zip(order, range(HITS), strict=False)]

        lexicon, pairs = self.corpus.lexicons[language], self.corpus.order[language]
        shares = lexicon.scores(words)
        counted = [(pairs[i][0].slug, float(shares[i])) for i in shares.nonzero()[0] if pairs[i][1].id not in hidden]
        other = [hit for code in self.corpus.order if code != language for hit in top(code)]
        best = scoring.best_of
        ranked = scoring.rank(best(top(language)), best(other), best(counted), self.sizes_without(language, hidden))
        unseen = Counter(word for identity in hidden for word in self.stems[language].get(identity, ()))
        seen = {word for word in words if lexicon.frequency.get(word, 0) > unseen[word]}
        known, own = lexicon.share(words, seen), lexicon.share(words, self.vocabulary(ranked[0].slug, language, hidden))
        return ranked, scoring.signals(ranked, known, own, len(words))

    def vocabulary(self, slug: str, language: str, hidden: set[str]) -> set[str]:
        held = self.stems[language].items()
        ours = (stems for identity, stems in held if identity not in hidden and self.slug_of[identity] == slug)
        return set().union(*ours)

    def sizes_without(self, language: str, hidden: set[str]) -> dict[str, tuple[int, int]]:
        articles = (self.corpus.by_passage[identity][0] for identity in hidden)
        gone = Counter((article.slug, article.language == language) for article in articles)
        sizes = self.sizes[language].items()
        return {slug: (here - gone[slug, True], there - gone[slug, False]) for slug, (here, there) in sizes}

    def twin(self, passage: Passage, article: Article) -> set[str]:
        """The same wording in the article's translations: the nearest question of each."""
        vector = self.vector_of[passage.id]
        twins: set[str] = set()
        for version in self.corpus.articles.values():
            if version.slug == article.slug and version.page_id != article.page_id:
                questions = [p.id for p in version.passages if p.kind == "question"]
                twins.add(max(questions, key=lambda identity: float(self.vector_of[identity] @ vector)))
        return twins


def examples(corpus: Corpus) -> Examples:
    """Questions made from the corpus itself, asked with and without their article."""
    bench, found = Bench(corpus), Examples([], [], [])
    for article in corpus.articles.values():
        versions = [a for a in corpus.articles.values() if a.slug == article.slug]
        everything = {p.id for version in versions for p in version.passages}
        for wording in (p for p in article.passages if p.kind == "question"):
            hidden = {wording.id} | bench.twin(wording, article)
            ranked, row = bench.ask(wording.text, article.language, hidden)
            found.add(row, ranked[0].slug == article.slug, "answerable")
            found.add(bench.ask(wording.text, article.language, everything)[1], False, "removed")
    for language, questions in json.loads(OFF_TOPIC.read_text(encoding="utf-8")).items():
        for question in questions:
            found.add(bench.ask(question, language, set())[1], False, "offtopic")
    return found


def fit(found: Examples, refused_share: float = 0.9) -> Calibration:
    """Fits the calibrator; at the threshold `refused_share` of the off-topic questions are refused."""
    rows, right, group = np.array(found.rows), np.array(found.right), np.array(found.group)
    means, scales = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    # A removed article's neighbours often answer too, so those rows count less than the ones nobody can answer.
    total = {"answerable": 1.0, "removed": 0.35, "offtopic": 0.65}
    weight = np.array([total[name] / (group == name).sum() for name in group])
    design = np.hstack([np.ones((len(rows), 1)), (rows - means) / scales])
    solution = agreeing(design, (group == "answerable").astype(float), weight / weight.sum() * len(rows))
    chance = 1 / (1 + np.exp(-design @ solution))
    threshold = float(np.quantile(chance[group == "offtopic"], refused_share))
    figures = {
        "first_right": float(right[group == "answerable"].mean()),
        "auroc_offtopic": auroc(chance[right], chance[group == "offtopic"]),
        "auroc_removed": auroc(chance[right], chance[group == "removed"]),
        "right_answered": float((chance[right] >= threshold).mean()),
        "removed_answered": float((chance[group == "removed"] >= threshold).mean()),
    }
    return Calibration(
        encoder=encoder_name(),
        signals=scoring.SIGNALS,
        means=tuple(np.round(means, 5).tolist()),
        scales=tuple(np.round(scales, 5).tolist()),
        weights=tuple(np.round(solution[1:], 4).tolist()),
        intercept=round(float(solution[0]), 4),
        threshold=round(threshold, 3),
        figures={name: round(value, 3) for name, value in figures.items()},
    )


def agreeing(
    design: NDArray[np.float64], target: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A logistic fit in which every signal speaks for an answer, but fewness of words against it.

    A signal whose weight came out with the wrong sign (it corrected for another one on these examples) is left out:
    outside the examples it would call a perfect match doubtful.
    """
    wanted = np.array([-1.0 if name == "few_words" else 1.0 for name in scoring.SIGNALS])
    kept = np.ones(len(wanted), dtype=bool)
    while True:
        columns = np.concatenate([[True], kept])
        solution = np.zeros(design.shape[1])
        solution[columns] = logistic(design[:, columns], target, weight)
        against = solution[1:] * wanted < 0
        if not against.any():
            return solution
        kept &= ~against


def logistic(
    design: NDArray[np.float64], target: NDArray[np.float64], weight: NDArray[np.float64], penalty: float = 3.0
) -> NDArray[np.float64]:
    """Weighted ridge logistic regression by Newton's method; the first column is the intercept and is not shrunk."""
    ridge = np.diag([0.0, *[penalty] * (design.shape[1] - 1)])
    solution = np.zeros(design.shape[1])
    for _step in range(30):
        chance = 1 / (1 + np.exp(-design @ solution))
        gradient = design.T @ (weight * (chance - target)) + ridge @ solution
        curvature = (design * (weight * chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curvature, gradient)
        solution -= step
        if np.abs(step).max() < 1e-8:
            break
    return solution


def auroc(positive: NDArray[np.float64], negative: NDArray[np.float64]) -> float:
    """The chance that an answerable question scores higher than one that is not."""
    return float((positive[:, None] > negative[None, :]).mean())


def save(found: Calibration) -> None:
    FILE.write_text(json.dumps(asdict(found), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    calibration.cache_clear()
