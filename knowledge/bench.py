"""The articles with some of their wordings left out, and questions asked of them as the retriever would."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from knowledge import ranking
from knowledge.corpus import Article, Corpus
from knowledge.encoder import base_encoder, cleaned
from knowledge.metric import Map, Told
from knowledge.ranking import Asked, Learnt, Shared
from knowledge.scoring import Group, Nearest, Three
from knowledge.second import second_encoder

NO_GAPS = (0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Question:
    """A question whose answer is known: `slug` and the passage it was taken from, or neither where none answers.

    Questions of one fold are left out together; `asked.text` is in the words that are embedded.
    """

    asked: Asked
    fold: int
    slug: str = ""
    passage: str = ""


class Vectors:
    """The encoders' own vectors, each text encoded once. Some thousand questions take minutes."""

    def __init__(self, corpus: Corpus) -> None:
        self.queries: dict[str, NDArray[np.float32]] = {}
        self.seconds: dict[str, NDArray[np.float32]] = {}
        pairs = list(corpus.by_passage.items())
        rows = base_encoder().embed_documents([passage.searched for _id, (_article, passage) in pairs])
        self.passages = {
            identity: np.array(row, np.float32) for (identity, _pair), row in zip(pairs, rows, strict=True)
        }

    def query(self, text: str) -> NDArray[np.float32]:
        if text not in self.queries:
            self.queries[text] = np.array(base_encoder().embed_query(text), dtype=np.float32)
        return self.queries[text]

    def second(self, text: str) -> NDArray[np.float32]:
        if text not in self.seconds:
            self.seconds[text] = second_encoder().question(cleaned(text))
        return self.seconds[text]


class Bench:
    """One corpus under one map. Passages in `hidden` are not there: not to be found, and their words unknown."""

    def __init__(self, corpus: Corpus, vectors: Vectors, learnt: Map, hidden: set[str]) -> None:
        self.corpus = without(corpus, hidden) if hidden else corpus
        self.learnt, self.vectors = learnt, vectors
        self.articles = {code: words.articles for code, words in self.corpus.words.items()}
        self.matrices = {
            code: learnt(np.stack([vectors.passages[identity] for article in articles for identity in article.ids]))
            for code, articles in self.articles.items()
        }

    def features(
        self, question: Question, told: Told, twin: str = "", gaps: Three = NO_GAPS
    ) -> dict[str, tuple[float, ...]]:
        """What speaks for each article. `told`: by known questions; `twin`: a passage that says the same in another
        language, left out too."""
        vector = self.learnt(self.vectors.query(question.asked.text))
        own: list[Group] = []
        other: list[Group] = []
        for language, articles in self.articles.items():
            cosines, begin = self.matrices[language] @ vector, 0
            for article in articles:
                near = cosines[begin : begin + len(article.ids)]
                kept = np.array([identity != twin for identity in article.ids]) if twin else slice(None)
                group = article.slug, article.sorts[kept], near[kept]
                (own if language == question.asked.language else other).append(group)
                begin += len(article.ids)
        shared = self.shared(question)
        learnt = Learnt(told, frozenset(), (), gaps)
        return ranking.features(self.corpus, question.asked, Nearest.of(own), Nearest.of(other), shared, learnt)

    def shared(self, question: Question) -> Shared:
        return Shared.of(self.corpus, question.asked)

    def twin(self, question: Question) -> str:
        """The wording nearest to the question's own one in the article's other languages; "" without one."""
        if not question.passage:
            return ""
        mine = self.learnt(self.vectors.passages[question.passage])
        others = [
            passage.id
            for article in self.corpus.by_slug[question.slug]
            if article.language != question.asked.language
            for passage in article.passages
            if passage.kind == "question"
        ]
        if not others:
            return ""
        cosines = self.learnt(np.stack([self.vectors.passages[identity] for identity in others])) @ mine
        return others[int(cosines.argmax())]


def without(corpus: Corpus, hidden: set[str]) -> Corpus:
    return Corpus.build(corpus.revision, {page: shortened(a, hidden) for page, a in corpus.articles.items()})


def shortened(article: Article, hidden: set[str]) -> Article:
    kept = [(p, t) for p, t in zip(article.passages, article.tokens, strict=True) if p.id not in hidden]
    return replace(
        article,
        passages=tuple(passage for passage, _tokens in kept),
        tokens=tuple(tokens for _passage, tokens in kept),
        times=dict(Counter(stem for _passage, stems in kept for stem in set(stems))),
    )


def wordings(corpus: Corpus, day: date, folds: int) -> list[Question]:
    """Every other wording of every article (not its title), dealt into folds evenly within each article."""
    found = []
    for article in sorted(corpus.articles.values(), key=lambda a: (a.slug, a.language)):
        others = [p for p in article.passages if p.kind == "question" and p.text != article.title]
        for place, passage in enumerate(sorted(others, key=lambda p: p.id.partition("-")[2])):
            asked = Asked.of(passage.text, article.language, day)
            found.append(Question(asked, place % folds, article.slug, passage.id))
    return found
