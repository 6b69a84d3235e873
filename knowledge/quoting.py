"""Which text of an article answers a question: its short answer, one row of a table, or a section."""

from __future__ import annotations

import re
from collections.abc import Iterator

from knowledge import corpus, lexical, places, wording
from knowledge.corpus import Article
from knowledge.passages import SECTION_LIMIT, SENTENCE_END, Passage
from knowledge.reading import common, own_stems
from knowledge.retriever import Candidate

# A part must be nearer to the question than the short answer by this much to be quoted in its place; a section whose
# heading is the question may even be a little farther, and to one whose words most articles have it must be nearer.
LEAD, LEAD_OF_HEADING, LEAD_IF_VAGUE = 0.2, -0.15, 0.35
CODE = re.compile(r"\b(?:[a-z]{1,3}-?\d{1,4}|\d{1,2})\b", re.IGNORECASE)
# What a cell lists: "Canaries, Ceuta and Melilla".
LISTED = re.compile(r",| y | e | o | and | or ")
# Sends a reader to another article, which a customer in a chat does not have before them.
POINTER = re.compile(
    r"\b(lee|mira|consulta|revisa|míralo en|(está|están|tienes|explicamos|más) en"
    r"|read|see|check|(is|are|more|explained) in)\s",
    re.IGNORECASE,
)
LEAST_WORDS = 3


def best_text(candidate: Candidate, question: str, whole: str = "") -> str:
    """The short answer, or the part of the body that meets the question clearly better and answers by itself.

    `whole`: the question with the one before it, where it leaned on that.
    """
    article = candidate.article
    if row := coded_row(article, question):
        return row
    scores = {passage.id: score for passage, score in candidate.passages}
    # A short answer that is not among the hits was published a moment ago and is not indexed yet; it stands.
    short = max((score for passage, score in candidate.passages if passage.kind == "answer"), default=1.0)
    fit = [
        (scores[passage.id] - short - least, passage)
        for passage, least in quotable(article, question, whole or question)
        if passage.id in scores and scores[passage.id] - short > least
    ]
    if not fit:
        return article.short_answer
    text = told(max(fit, key=lambda pair: pair[0])[1])
    return text or article.short_answer


def quotable(article: Article, question: str, whole: str) -> Iterator[tuple[Passage, float]]:
    """The rows that the question names and the beginnings of sections, with the lead that each must have."""
    own = own_stems(places.zoned(whole, article.language), article.language)
    rare = own - common(corpus.current(), article.language)
    begun: set[str] = set()
    for passage, stems in zip(article.passages, article.tokens, strict=True):
        if passage.kind == "row" and names_cell(question, first_cell(passage.text), article.language):
            yield passage, LEAD
        if passage.kind == "section" and passage.heading not in begun:
            begun.add(passage.heading)
            heading = own_stems(passage.heading, article.language)
            if heading and heading <= own <= set(stems):
                yield passage, LEAD_OF_HEADING
            elif not heading or heading & own or rare <= set(stems):
                yield passage, LEAD if rare else LEAD_IF_VAGUE


def told(passage: Passage) -> str:
    """The text of a passage as an answer: what is only a list stands under its heading, and sends to no other article.

    Empty where nothing is left, or it is too long for a chat.
    """
    lines = [without_pointers(line, passage.links) for line in passage.text.split("\n")]
    text = "\n".join(line for line in lines if line)
    listed = text.startswith("•") or (passage.kind == "section" and ": " in text.split("\n")[0] and "\n" in text)
    if listed and passage.heading and text:
        text = f"{passage.heading}\n{text}"
    return text if len(text) <= SECTION_LIMIT else ""


def without_pointers(line: str, links: frozenset[str]) -> str:
    """A line without the words that only send to another article; `links` are the texts of its links.

    >>> without_pointers("Cuesta 5 €: lee Gastos de envío. Para más, mira cómo pedirlo.",
    ...     frozenset({"Gastos de envío", "cómo pedirlo"}))
    'Cuesta 5 €.'
    """
    for link in links:
        line = line.replace(f" ({link})", "")
    kept = [part for sentence in SENTENCE_END.split(line) if (part := without_pointer(sentence, links))]
    return " ".join(kept)


def without_pointer(sentence: str, links: frozenset[str]) -> str:
    at = [
        match.start()
        for match in POINTER.finditer(sentence)
        if any(link in sentence[match.end() :] and ":" not in before(sentence[match.end() :], link) for link in links)
    ]
    if not at:
        return sentence
    head = re.split(r"[:;(](?=[^:;(]*$)", sentence[: at[0]])[0] if re.search(r"[:;(]", sentence[: at[0]]) else ""
    head = head.strip(" ,")
    return f"{head}." if len(head.split()) >= LEAST_WORDS else ""


def before(text: str, link: str) -> str:
    return text.partition(link)[0]


def names_cell(question: str, cell: str, language: str) -> bool:
    """Whether the question names what a table's first cell is about: at least half of the words of a thing in it."""
    asked = {stem for form in (question, places.zoned(question, language)) for stem in lexical.words(form, language)}
    for thing in LISTED.split(cell):
        stems = wording.content_stems(thing, language)
        if stems and 2 * len(stems & asked) >= len(stems):
            return True
    return False


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
