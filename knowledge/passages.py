"""An article becomes passages: what is searched, and what may be quoted.

Kinds: `question` (the title, and each other wording), `answer` (the short answer), `section` (a part of the body under
its heading), `row` (one line of a table, as a sentence with its column names) and `sentence` (one of a long section,
searched only: a vector of many sentences says little of each). A sentence is never cut.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from langchain_core.documents import Document
from markdown_it.token import Token

from knowledge import products, rendering
from knowledge.models import ArticlePage

# Raise it when passages of the same article come out differently: the index is then built anew.
SPLITTER_VERSION = "4"
# Characters of one section passage: what a customer still reads in one chat message.
SECTION_LIMIT = 900
# A section longer than this is searched by its sentences too, but for those too short to say anything alone.
LONG, SHORT = 400, 25
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[\"«¿¡(]*[A-ZÁÉÍÓÚÑÜ0-9])")

Kind = Literal["question", "answer", "section", "row", "sentence"]


@dataclass(frozen=True)
class Passage:
    """`text` is what may be quoted, `searched` what is embedded and counted.

    `searched` names the article's subject too, and appliances in it are called "product"; `named` are their SKUs, and
    `links` the texts of the links to other articles in `text`.
    """

    id: str
    page_id: int
    kind: Kind
    text: str
    searched: str
    heading: str = ""
    anchor: str = ""
    named: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()


def split(page: ArticlePage) -> tuple[Passage, ...]:
    """The passages of a page, each once. The same content gives the same ids, whatever the revision."""
    found: dict[str, Passage] = {}
    language = page.locale.language_code
    links = rendering.links(page.body)

    def add(kind: Kind, text: str, searched: str, heading: str = "") -> None:
        checksum = hashlib.sha256(f"{kind}\n{page.locale_id}\n{heading}\n{searched}".encode()).hexdigest()[:20]
        identity = f"{page.pk}-{checksum}"
        anchor = rendering.anchor(heading) if heading else ""
        told, named = products.neutral(searched, language)
        linked = frozenset(link for link in links if link in text)
        found.setdefault(identity, Passage(identity, page.pk, kind, text, told, heading, anchor, named, linked))

    for wording in filter(None, (page.title, *page.wordings)):
        add("question", wording, wording)
    if page.short_answer:
        add("answer", page.short_answer, f"{page.title}\n{page.short_answer}")
    for heading, part in body_parts(page.body):
        about = f"{page.title}\n{heading}\n" if heading else f"{page.title}\n"
        for row in part.rows:
            add("row", row, about + row, heading)
        for text in packed(part.lines):
            add("section", text, about + text, heading)
            for sentence in sentences(text) if parted(text) else ():
                add("sentence", sentence, about + sentence, heading)
    return tuple(found.values())


def parted(section: str) -> bool:
    """Whether a section's text is searched by its sentences too."""
    return len(section) > LONG


def metadata(passage: Passage, page: ArticlePage) -> dict[str, Any]:
    """What the index stores beside a passage. Chroma takes texts and numbers only, so absent days are empty."""
    return {
        "page": page.pk,
        "slug": page.slug,
        "language": page.locale.language_code,
        "kind": passage.kind,
        "heading": passage.heading,
        "anchor": passage.anchor,
        "topic": page.topic,
        "products": page.products,
        "valid_from": page.valid_from.isoformat() if page.valid_from else "",
        "valid_until": page.valid_until.isoformat() if page.valid_until else "",
        "revision": page.revision,
    }


def as_document(passage: Passage, page: ArticlePage) -> Document:
    return Document(id=passage.id, page_content=passage.searched, metadata=metadata(passage, page))


@dataclass
class Part:
    """What stands under one heading: `lines` (paragraphs, list items, rows) and, again, the table rows alone."""

    lines: list[str]
    rows: list[str]


def body_parts(markdown: str) -> list[tuple[str, Part]]:
    """The body as (heading, part) in order; the heading of what comes before the first one is empty."""
    parts: list[tuple[str, Part]] = [("", Part([], []))]
    tokens = rendering.parse(markdown)
    position = 0
    lists: list[int | None] = []
    marker = ""
    while position < len(tokens):
        token = tokens[position]
        if token.type == "heading_open":
            parts.append((rendering.plain(tokens[position + 1]), Part([], [])))
            position += 2
        elif token.type == "table_open":
            end = next(i for i in range(position, len(tokens)) if tokens[i].type == "table_close")
            rows = list(table_rows(tokens[position:end]))
            parts[-1][1].lines.extend(rows)
            parts[-1][1].rows.extend(rows)
            position = end
        elif token.type in ("ordered_list_open", "bullet_list_open"):
            lists.append(int(token.attrGet("start") or 1) if token.type == "ordered_list_open" else None)
        elif token.type in ("ordered_list_close", "bullet_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1]
            marker = "  " * (len(lists) - 1) + (f"{number}. " if number is not None else "• ")
            lists[-1] = number + 1 if number is not None else None
        elif token.type == "inline" and (text := rendering.plain(token)):
            parts[-1][1].lines.append(marker + text)
            marker = ""
        elif token.type in ("fence", "code_block"):
            parts[-1][1].lines.append(token.content.strip())
        position += 1
    return [(heading, part) for heading, part in parts if part.lines]


def table_rows(tokens: list[Token]) -> Iterator[str]:
    """Each body row as "Column: cell. Column: cell." """
    headers: list[str] = []
    cells: list[str] = []
    for position, token in enumerate(tokens):
        if token.type == "th_open":
            headers.append(rendering.plain(tokens[position + 1]))
        elif token.type == "td_open":
            cells.append(rendering.plain(tokens[position + 1]))
        elif token.type == "tr_close" and cells:
            named = (f"{h}: {c}" if h else c for h, c in zip(headers, cells, strict=False) if c)
            yield " ".join(text if text[-1] in ".!?…" else f"{text}." for text in named)
            cells = []


def packed(lines: list[str]) -> Iterator[str]:
    """Lines joined into texts of at most SECTION_LIMIT characters; a longer line is parted between its sentences."""
    pieces = [piece for line in lines for piece in pieces_of(line)]
    text = ""
    for separator, piece in pieces:
        if text and len(text) + len(piece) + 1 > SECTION_LIMIT:
            yield text
            text = piece
        else:
            text = f"{text}{separator}{piece}" if text else piece
    if text:
        yield text


def sentences(text: str) -> list[str]:
    """The sentences of a section; a list item or a row is one."""
    parts = [part.strip() for line in text.split("\n") for part in SENTENCE_END.split(line)]
    return [part for part in parts if len(part) >= SHORT]


def pieces_of(line: str) -> list[tuple[str, str]]:
    """(separator before it, piece): the line itself, or its sentences when it is too long for one passage."""
    if len(line) <= SECTION_LIMIT:
        return [("\n", line)]
    sentences = SENTENCE_END.split(line)
    return [("\n" if position == 0 else " ", sentence) for position, sentence in enumerate(sentences)]
