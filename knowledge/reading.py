"""What a question asks: its own words, or those and the question before, which a short one goes on from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from knowledge import corpus, lexical, places, products, wording
from knowledge.calibration import calibration
from knowledge.corpus import Corpus
from knowledge.respelling import respelt
from knowledge.retriever import Found, search_each
from knowledge.wording import Leaning

# A question that points back is answered alone only where it is surer alone by this much.
CLEARLY = 0.35
# A word names a topic where so many of the wordings that use it belong to one article, or to one sort of articles.
ONE_ARTICLE, ONE_TOPIC = 0.45, 0.63
# Wordings with a word that tell nothing of it yet.
FEW_WORDINGS = 5
# Articles about products have little in common but that.
MANY_SUBJECTS = "products"
# A word that this share of the articles uses is foreign to none of them.
COMMON = 0.3
# Of a chain of questions the first is kept and so many of those that went on from it; a question is cut to so much.
FOLLOWING, QUESTION_LIMIT = 1, 180


@dataclass(frozen=True)
class Reading:
    """`asked` is the question as it was understood, whole: the context of what the customer asks next."""

    asked: str
    found: Found


def read(
    question: str,
    language: str,
    *,
    products: Sequence[str] = (),
    context: Sequence[str] = (),
    today: date | None = None,
) -> Reading:
    """The reading of `question` to answer: alone, or after the last of `context` where it leans on that.

    A text that goes on or points back, and names no subject of its own, is read with the question before unless it is
    clearly surer alone; another that leans, where it is surer so. Raises KnowledgeUnavailable.
    """
    lean = wording.leaning(question, language) if context else Leaning.NOT
    alone = [question, *wording.last_question(question)]
    alone += [mended for text in alone if (mended := respelt(corpus.current(), text, language)) != text]
    joined = chains(context[-1], question, language) if lean else []
    forms = {text: [text, *zoned(text, language)] for text in [*alone, *joined]}
    texts = [form for own in forms.values() for form in own]
    found = dict(zip(texts, search_each(texts, language, products=products, today=today), strict=True))
    told = [
        found[form] for text in alone for form in forms[text] if form == text or stands(found, form, text, language)
    ]
    best = Reading(one_line(question), max(told, key=confidence_of))
    back = lean is Leaning.BACK and not names_its_subject(question, language)
    said = [
        Reading(chain, found[form])
        for chain in joined
        for form in forms[chain]
        if says(found[form], question, language)
    ]
    if said:
        leaning = max(said, key=lambda reading: confidence_of(reading.found))
        if prefers(leaning.found, best.found, back):
            return leaning
        if lean is Leaning.BACK and first_slug(leaning.found) == first_slug(best.found):
            return Reading(leaning.asked, best.found)
    if back and joined and confidence_of(best.found) < calibration().threshold:
        return Reading(joined[0], best.found)
    return best


def stands(found: Mapping[str, Found], form: str, text: str, language: str) -> bool:
    """Whether a question with its places called by their zones may speak for `text`, its own words.

    The article must not lack any other word of it. A place in the rest of the EU alone tells that it is about sending;
    one in Spain or Portugal may be where something else happens, so there both must lead to the same article.
    """
    if not says(found[form], text, language, loosely=True):
        return False
    abroad = places.zoned(text, language, abroad=True) != text
    return abroad or first_slug(found[form]) == first_slug(found[text])


def first_slug(found: Found) -> str:
    return found.candidates[0].article.slug if found.candidates else ""


def prefers(leaning: Found, alone: Found, back: bool) -> bool:
    """Whether to answer a question with the one before it. `back`: it points there and names no subject itself."""
    sure, surer = confidence_of(leaning), confidence_of(alone)
    if sure < calibration().threshold:
        return False
    if back:
        return surer - sure <= CLEARLY
    return sure > surer


def chains(before: str, question: str, language: str) -> list[str]:
    """The question after the ones before it, and after the first of them alone, a line each.

    Where it names a product, that is the one it is about now; and where it asks what something costs, how long that
    takes is asked no more.
    """
    lines = [each.strip() for each in before.splitlines() if each.strip()]
    if not lines:
        return []
    if products.neutral(question, language)[1]:
        lines = [products.neutral(line, language)[0] for line in lines]
    lines = [shortened(line) for line in [lines[0], *lines[1:][-FOLLOWING:]]]
    asks = wording.measure(question, language)
    if asks and wording.measure(lines[0], language) not in ("", asks):
        lines = [wording.without_measure(line, language) or line for line in lines]
    told = one_line(question)
    return list(dict.fromkeys(("\n".join([*lines, told]), f"{lines[0]}\n{told}")))


def shortened(line: str) -> str:
    if len(line) <= QUESTION_LIMIT:
        return line
    return [line, *wording.last_question(line)][-1][:QUESTION_LIMIT]


def one_line(text: str) -> str:
    return " ".join(text.split())


def zoned(text: str, language: str) -> list[str]:
    """The text with its places called by their zones, where it names any."""
    told = places.zoned(text, language)
    return [told] if told != text else []


def confidence_of(found: Found) -> float:
    return calibration().confidence(found.signals)


def says(found: Found, question: str, language: str, loosely: bool = False) -> bool:
    """Whether no word of the question that carries meaning is foreign to the first article.

    A place is not foreign to an article that speaks of its zone. Words that many articles use, and that name no topic,
    are foreign to none where the question has no others ("what do I check?"), or else `loosely`.
    """
    if not found.candidates:
        return False
    article, known = found.candidates[0].article, corpus.current()
    vague = common(known, article.language) - topics(known, article.language)
    forms = [own_stems(form, language) for form in [question, *zoned(question, language)]]
    return any(stems <= vague or stems - (vague if loosely else set()) <= article.times.keys() for stems in forms)


def own_stems(question: str, language: str) -> set[str]:
    """The stems that carry meaning, as the articles spell them; without the products."""
    text = products.neutral(question, language)[0]
    words = corpus.current().words.get(language)
    stems = wording.content_stems(text, language) - set(lexical.words(products.NEUTRAL.get(language, ""), language))
    return set(words.meant(stems)) if words else stems


def names_its_subject(question: str, language: str) -> bool:
    """Whether a question says itself what it is about: a topic, or a product and something about it.

    A place alone is no subject: "and to Germany?" may be about what it costs, or how long it takes.
    """
    stems = own_stems(places.without(question), language)
    named = bool(products.neutral(question, language)[1])
    return bool(named and stems) or bool(stems & topics(corpus.current(), language))


@lru_cache(maxsize=8)
def common(known: Corpus, language: str) -> frozenset[str]:
    """The stems that so many articles of a language use that they tell none of them from the others."""
    words = known.words.get(language)
    if words is None:
        return frozenset()
    least = COMMON * len(words.articles)
    return frozenset(stem for stem, (where, _times) in words.postings.items() if len(where) >= least)


@lru_cache(maxsize=8)
def topics(known: Corpus, language: str) -> frozenset[str]:
    """The stems that customers use of one thing only, to judge by the wordings of the articles: "warranty", "Bizum"."""
    words = known.words.get(language)
    counts: dict[str, dict[str, int]] = {}
    sorts: dict[str, dict[str, int]] = {}
    for article in words.articles if words else ():
        for passage, stems in zip(article.passages, article.tokens, strict=True):
            for stem in set(stems) if passage.kind == "question" else ():
                add(counts.setdefault(stem, {}), article.slug)
                add(sorts.setdefault(stem, {}), article.topic)
    return frozenset(stem for stem in counts if one_thing(counts[stem], sorts[stem]))


def add(counts: dict[str, int], name: str) -> None:
    counts[name] = counts.get(name, 0) + 1


def one_thing(articles: dict[str, int], sorts: dict[str, int]) -> bool:
    total = sum(articles.values())
    if total < FEW_WORDINGS:
        return False
    sort = max(sorts, key=sorts.__getitem__)
    topic = sort != MANY_SUBJECTS and sorts[sort] / total >= ONE_TOPIC
    return topic or max(articles.values()) / total >= ONE_ARTICLE
