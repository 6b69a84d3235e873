"""An answer that quotes an article and its revision, or says that there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import translation
from django.utils.translation import gettext

from knowledge import corpus, reading, writing
from knowledge.calibration import calibration
from knowledge.corpus import Article
from knowledge.models import Topic
from knowledge.quoting import best_text
from knowledge.reading import confidence_of
from knowledge.retriever import Found, KnowledgeUnavailable

__all__ = ["Answer", "Citation", "KnowledgeUnavailable", "answer", "best_text", "confidence_of"]

# An article is worth naming beside the first when it is at least e to the minus this as likely.
ALTERNATIVE_LEAD = 1.5


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
    article answers. `alternatives` are the next articles, to offer as "did you mean". `asked` is the question as it was
    understood, with the one before where it leaned on that: the `context` of what the customer asks next. `guide`:
    whether the article is about using a product.
    """

    found: bool
    text: str
    citations: tuple[Citation, ...]
    language: str
    article_language: str
    confidence: float
    alternatives: tuple[Citation, ...] = ()
    asked: str = ""
    guide: bool = False


@corpus.steady()
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
    SKUs that the conversation is about; an article about others only never answers. `context`: what was asked before,
    oldest first, best as the `Answer.asked` of each; used only where the question leans on it ("and to the
    Canaries?"). `today`: the day articles must be valid on (default: the shop's today).
    Raises KnowledgeUnavailable when articles cannot be searched; the caller then fails towards a person.
    """
    read = reading.read(question, language, products=products, context=context, today=today)
    found = read.found
    confidence = confidence_of(found)
    if not found.candidates or confidence < calibration().threshold:
        return Answer(False, "", (), language, language, confidence, nearest_titles(found), read.asked)
    best = found.candidates[0]
    text = best_text(best, question, read.asked)
    if best.article.language == language:
        text = writing.written(read.asked, best.article, best.passages, text)
    if best.article.language != language:
        text = f"{other_language_note(language, best.article.language)}\n{text}"
    cited = (citation(best.article),)
    guide = best.article.topic == Topic.PRODUCTS
    return Answer(
        True, text, cited, language, best.article.language, confidence, alternatives(found), read.asked, guide
    )


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


def other_language_note(language: str, article_language: str) -> str:
    """The customer is told in their own language that the article is written in another one."""
    with translation.override(language):
        if article_language == "es":
            return gettext("We only have this in Spanish for now:")
        if article_language == "en":
            return gettext("We only have this in English for now:")
        return gettext("We only have this in another language for now:")
