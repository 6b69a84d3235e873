"""What a draft would change: known questions, asked of the published articles and of the same with the draft in place.

Nothing is written and the live index is not touched: the draft stands in an article's place in memory
(`corpus.instead`). Questions near to the draft or to the article it replaces come first, so that what it changes is
seen at once; the others follow.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

import numpy as np
from django.conf import settings
from django.utils import timezone

from knowledge import answers, corpus, index, lexical, products, remembered
from knowledge.corpus import Article, Corpus
from knowledge.encoder import encoder, encoder_name
from knowledge.models import ArticlePage, Question
from knowledge.retriever import HITS, shop_day

PAST = timedelta(days=180)
PAST_LIMIT = 500
# So many of the nearest questions are asked before a publication; a draft changes none that is far from it.
LIKELY = 60
NEW = 20
# Seconds until it is looked again whether customers asked something new.
PAUSE = 300.0
REMEMBERED = 4_000
# What the dialogue decides by itself (small talk, requests) is no question to the articles.
ANSWERED_KINDS = ("faq", "guide", "unanswerable")

Kind = Literal["new", "changed", "lost", "same"]


@dataclass(frozen=True)
class Posed:
    """A question to ask again. `times`: how often customers asked it; 0 for one of the evaluation set, whose right
    articles are `expect` (none: it must be admitted that nothing answers it)."""

    text: str
    language: str
    times: int = 0
    expect: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Told:
    """An answer, or none: then text and slug are empty."""

    text: str = ""
    slug: str = ""
    title: str = ""


@dataclass(frozen=True)
class Change:
    """One question with its answer now and with the draft published."""

    posed: Posed
    before: Told
    after: Told

    @property
    def kind(self) -> Kind:
        if self.before == self.after:
            return "same"
        if not self.before.slug:
            return "new"
        return "changed" if self.after.slug else "lost"

    @property
    def verdict(self) -> Literal["", "better", "worse"]:
        """Of a question of the evaluation set: whether the draft makes its answer right, or wrong."""
        was, is_now = (right(self.posed.expect, told.slug) for told in (self.before, self.after))
        if was == is_now:
            return ""
        return "better" if is_now else "worse"


def right(expect: tuple[str, ...] | None, slug: str) -> bool:
    return expect is None or (slug in expect if expect else not slug)


class Trial:
    """A draft beside the published articles. Raises KnowledgeUnavailable when the index cannot be asked."""

    def __init__(self, page: ArticlePage) -> None:
        live = corpus.current()
        self.draft = as_article(page, live)
        self.live = live
        self.new = Corpus.build(live.revision, {**live.articles, page.pk: self.draft})
        self.day = max(shop_day(), page.valid_from or date.min)
        old = live.articles.get(page.pk)
        self.compared_with = [p.searched for a in (self.draft, old) if a for p in a.passages]

    def nearest_first(self, posed: Sequence[Posed]) -> list[Posed]:
        """The questions, those nearest to the draft or to what it replaces first."""
        if not posed:
            return []
        asked = remembered.compared([told(question) for question in posed])
        scores = (asked @ passage_vectors(self.compared_with, self.live, self.draft).T).max(axis=1)
        return [posed[i] for i in np.argsort(-scores, kind="stable")]

    def changes(self, posed: Sequence[Posed]) -> Iterator[Change]:
        """Each question with both answers, in order."""
        texts = [told(question) for question in posed]
        remembered.warm(texts)
        encode = encoder().embed_query
        with index.asked_before(index.nearest_of_many([encode(text) for text in texts], HITS)):
            for question in posed:
                yield Change(question, self.before(question), self.ask(self.new, question))

    def before(self, posed: Posed) -> Told:
        known = (self.live.revision, encoder_name(), self.day, posed.language, posed.text)
        with _lock:
            if known in _before:
                return _before[known]
        found = self.ask(self.live, posed)
        with _lock:
            _before[known] = found
            while len(_before) > REMEMBERED:
                _before.popitem(last=False)
        return found

    def ask(self, articles: Corpus, posed: Posed) -> Told:
        with corpus.instead(articles):
            found = answers.answer(posed.text, posed.language, today=self.day)
        if not found.found:
            return Told()
        return Told(found.text, found.citations[0].slug, found.citations[0].title)


_ready_until = 0.0
_before: OrderedDict[tuple[int, str, date, str, str], Told] = OrderedDict()
_lock = threading.Lock()


def told(posed: Posed) -> str:
    return products.neutral(posed.text, posed.language)[0]


def as_article(page: ArticlePage, live: Corpus) -> Article:
    """The draft as the retriever knows articles, with the vectors of its passages."""
    article = corpus.read_article(page, corpus.address(page))
    searched = [passage.searched for passage in article.passages]
    return replace(article, vectors=passage_vectors(searched, live, article))


def passage_vectors(searched: Sequence[str], live: Corpus, draft: Article) -> remembered.Matrix:
    """One row per text: from the index where the published article has it, else encoded, once per process."""
    held: dict[str, Sequence[float]] = {}
    published = live.articles.get(draft.page_id)
    if published is not None:
        _collection, stored = index.stored_vectors([draft.page_id])
        by_id = stored.get(draft.page_id, {})
        held = {p.searched: by_id[p.id] for p in published.passages if p.id in by_id}
    rows = [held[text] if text in held else passage_vector(encoder_name(), text) for text in searched]
    return np.array(rows, dtype=np.float32)


@lru_cache(maxsize=5_000)
def passage_vector(_encoder: str, text: str) -> list[float]:
    return encoder().embed_documents([text])[0]


def past_questions() -> list[Posed]:
    """What customers asked lately, the most asked first."""
    recent = Question.objects.filter(last_asked_at__gte=timezone.now() - PAST).order_by("-count", "-last_asked_at")
    return [Posed(q.text, q.language, times=q.count) for q in recent[:PAST_LIMIT]]


def evaluation_set() -> list[Posed]:
    """The questions of `settings.KNOWLEDGE_EVALUATION_SET` that articles are to answer; none where there is no file."""
    path = Path(getattr(settings, "KNOWLEDGE_EVALUATION_SET", ""))
    return list(read_set(path, path.stat().st_mtime)) if path.is_file() else []


@lru_cache(maxsize=2)
def read_set(path: Path, _changed: float) -> tuple[Posed, ...]:
    lines = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return tuple(
        Posed(line["text"], line["lang"], expect=tuple(line.get("expect") or ()))
        for line in lines
        if line.get("kind") in ANSWERED_KINDS
    )


def known_questions() -> list[Posed]:
    """Past questions, then those of the evaluation set that no customer asked in the same words."""
    past = past_questions()
    seen = {(question.text, question.language) for question in past}
    return [*past, *(q for q in evaluation_set() if (q.text, q.language) not in seen)]


def losses(page: ArticlePage) -> list[Change]:
    """The questions that would lose their answer, among those near to the draft and those it answered lately."""
    trial = Trial(page)
    known = at_hand(known_questions(), trial.draft)
    cited = set(Question.objects.filter(article=page.slug).values_list("text", flat=True)[:LIKELY])
    first = trial.nearest_first(known)
    likely = first[:LIKELY] + [question for question in first[LIKELY:] if question.text in cited]
    # A wrong answer that goes is no loss.
    return [change for change in trial.changes(likely) if change.kind == "lost" and change.verdict != "better"]


def at_hand(questions: Sequence[Posed], draft: Article) -> list[Posed]:
    """The questions that can be compared at once, and of the others a few that share most words with the draft.

    Who presses "publish" in a shop that is minutes old does not wait until hundreds of questions were encoded.
    """
    new = set(remembered.missing([told(question) for question in questions]))
    ready = [question for question in questions if told(question) not in new]
    others = [question for question in questions if told(question) in new]
    words = {question: set(lexical.words(told(question), question.language)) for question in others}
    others.sort(key=lambda question: -len(words[question] & draft.times.keys()) / max(1, len(words[question])))
    return [*ready, *others[:NEW]]


def get_ready(limit: int = 4) -> int:
    """Encodes a few known questions that were not yet; returns how many. The worker calls it when it has time."""
    global _ready_until
    if time.monotonic() < _ready_until:
        return 0
    texts = remembered.missing([told(question) for question in known_questions()])[:limit]
    remembered.vectors(texts)
    _ready_until = 0.0 if texts else time.monotonic() + PAUSE
    return len(texts)


def counted(changes: Iterable[Change]) -> dict[Kind, int]:
    found: dict[Kind, int] = {"new": 0, "changed": 0, "lost": 0, "same": 0}
    for change in changes:
        found[change.kind] += 1
    return found
