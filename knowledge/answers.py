"""An answer that quotes an article and its revision, or says that there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext

from knowledge import lexical, wording, writing
from knowledge import products as about
from knowledge.calibration import calibration
from knowledge.corpus import Article
from knowledge.passages import Passage
from knowledge.retriever import Candidate, Found, KnowledgeUnavailable, search, search_each

__all__ = ["Answer", "Citation", "KnowledgeUnavailable", "answer"]

# A section of the body must be nearer to the question than the short answer by this much to be quoted in its place.
SECTION_LEAD = 0.2
# A question that points back ("is that free?") is asked together with the one before it, unless it is this sure alone.
LEANING_BELOW = 0.95
# An article is worth naming beside the first when it is at least e to the minus this as likely.
ALTERNATIVE_LEAD = 1.5
CODE = re.compile(r"\b(?:[a-z]{1,3}-?\d{1,4}|\d{1,2})\b", re.IGNORECASE)


@dataclass(frozen=True)
class Citation:
    """The source of an answer. `revision` names the published text exactly; `url` is absolute."""

    slug: str
    title: str
    url: str
    revision: int


@dataclass(frozen=True)
class Answer:
    """`text` is plain text for chat, in `article_language`; where that is not `language`, the text says so first.

    With `found` False the text is empty and nothing is cited. `confidence` is the chance (0 to 1) that the first
    article answers. `alternatives` are the next articles, to offer as "did you mean".
    """

    found: bool
    text: str
    citations: tuple[Citation, ...]
    language: str
    article_language: str
    confidence: float
    alternatives: tuple[Citation, ...] = ()


def answer(
    question: str,
    language: str,
    *,
    products: Sequence[str] = (),
    context: Sequence[str] = (),
    today: date | None = None,
) -> Answer:
    """Answers `question` in `language` ("es", "en") from the published articles.

    Of a message of several sentences the last question is asked alone too, and the surer answer is taken. `products`:
    SKUs that the conversation is about. `context`: what the customer wrote before, oldest first; used only where the
    question itself leans on it ("and to the Canaries?"). `today`: the day articles must be valid on (default: the
    shop's today).
    Raises KnowledgeUnavailable when articles cannot be searched; the caller then fails towards a person.
    """
    asked = [question, *wording.last_question(question)]
    found = surest(search_each(asked, language, products=products, today=today))
    if context and confidence_of(found) < LEANING_BELOW and wording.leans(question, language):
        leaning = search(f"{context[-1]} {question}", language, products=products, today=today)
        if says(leaning, question, language):
            found = surest([found, leaning])
    confidence = confidence_of(found)
    if not found.candidates or confidence < calibration().threshold:
        return Answer(False, "", (), language, language, confidence, nearest_titles(found))
    best = found.candidates[0]
    text = best_text(best, question)
    if best.article.language == language:
        text = writing.written(question, best.article, best.passages, text)
    if best.article.language != language:
        text = f"{other_language_note(language, best.article.language)}\n{text}"
    return Answer(
        True, text, (citation(best.article),), language, best.article.language, confidence, alternatives(found)
    )


def surest(found: Sequence[Found]) -> Found:
    return max(found, key=confidence_of)


def says(found: Found, question: str, language: str) -> bool:
    """Whether the first article uses every word of the question that carries meaning: none of them is foreign to it."""
    if not found.candidates:
        return False
    article = found.candidates[0].article
    own = wording.content_stems(about.neutral(question, article.language)[0], language)
    return own <= article.times.keys()


def citation(article: Article) -> Citation:
    return Citation(article.slug, article.title, article.url, article.revision)


def alternatives(found: Found) -> tuple[Citation, ...]:
    """The articles that come close behind the first one."""
    first = found.candidates[0]
    return tuple(citation(c.article) for c in found.candidates[1:3] if first.score - c.score < ALTERNATIVE_LEAD)


def nearest_titles(found: Found) -> tuple[Citation, ...]:
    """What to offer where nothing is sure enough: only articles that are at least near."""
    least = calibration().threshold / 3
    return tuple(citation(c.article) for c in found.candidates[:2]) if confidence_of(found) >= least else ()


def confidence_of(found: Found) -> float:
    return calibration().confidence(found.signals)


def best_text(candidate: Candidate, question: str) -> str:
    """The short answer, or the part of the body that meets the question clearly better."""
    article = candidate.article
    if row := coded_row(article, question):
        return row
    # A short answer that is not among the hits was published a moment ago and is not indexed yet; it stands.
    short = 1.0
    best: tuple[Passage, float] | None = None
    for passage, score in candidate.passages:
        if passage.kind == "answer":
            short = score
        elif passage.kind in ("section", "row") and (best is None or score > best[1]):
            best = (passage, score)
    if best is not None and best[1] - short > SECTION_LEAD:
        return best[0].text
    return article.short_answer


def coded_row(article: Article, question: str) -> str:
    """The one table row that holds a code of the question ("E3", "error 3") which the short answer does not explain."""
    for code in (match.group().lower() for match in CODE.finditer(question)):
        rows = [
            p.text
            for p in article.passages
            if p.kind == "row" and code in lexical.WORD.findall(first_cell(p.text).lower())
        ]
        if len(rows) == 1:
            return rows[0]
    return ""


def first_cell(row: str) -> str:
    """What the first column says in a row written as "Column: cell. Column: cell."."""
    return row.partition(": ")[2].partition(". ")[0]


def other_language_note(language: str, article_language: str) -> str:
    """The customer is told in their own language that the article is written in another one."""
    with translation.override(language):
        if article_language == "es":
            return gettext("We only have this in Spanish for now:")
        if article_language == "en":
            return gettext("We only have this in English for now:")
        return gettext("We only have this in another language for now:")
