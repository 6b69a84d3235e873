"""Text between a channel's limits: measuring, splitting, and choices as a numbered list.

Everything here is pure. Lengths are counted in the unit that the provider counts in, because one family emoji is
1 to a reader, 7 code points, 11 UTF-16 units and 25 bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import regex

from channels.base import Choice

Unit = Literal["codepoint", "utf16", "byte"]

# What a reader would not want to see torn: a link in words, then a bare address.
ATOMS = regex.compile(r"\[[^\[\]\n]{1,200}\]\([^()\s]{1,2000}\)|https?://\S+|www\.\S+")
GRAPHEME = regex.compile(r"\X")

# Best place first. The last ones give up beauty before they give up the limit.
CUTS = (
    regex.compile(r"\n[^\S\n]*\n\s*"),
    regex.compile(r"\n(?=\s*(?:[-*•·]|\d{1,3}[.)])\s)"),
    regex.compile(r"\n+"),
    regex.compile(r"(?<=[.!?…:;][\"'»”)\]]*)\s+"),
    regex.compile(r"\s+"),
)

HINTS = {"es": "Responde con el número.", "en": "Reply with the number."}


def measure(text: str, unit: Unit) -> int:
    """Return the length of `text` in code points, UTF-16 units or UTF-8 bytes."""
    if unit == "utf16":
        return len(text.encode("utf-16-le", "surrogatepass")) // 2
    if unit == "byte":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text)


def clean(text: str) -> str:
    """Drop what no database and no provider accepts: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def shorten(text: str, limit: int, unit: Unit = "codepoint") -> str:
    """Cut `text` to at most `limit` units, ending in an ellipsis where something was dropped."""
    if measure(text, unit) <= limit:
        return text
    ends = fitting(text, limit - measure("…", unit), unit)
    return text[: ends[-1] if ends else 0].rstrip() + "…"


def fitting(text: str, limit: int, unit: Unit) -> list[int]:
    """Return where each grapheme of `text` ends, as far as they fit into `limit` units."""
    used = 0
    ends: list[int] = []
    for match in GRAPHEME.finditer(text):
        used += measure(match.group(), unit)
        if used > limit:
            break
        ends.append(match.end())
    return ends


def split(text: str, limit: int, unit: Unit = "codepoint") -> list[str]:
    """Split `text` into parts of at most `limit` units; joined, they are `text` again.

    Cuts after a paragraph, before a list item, at a line, a sentence or a word, in that order of preference. A link or
    a grapheme is torn only when it is longer than a whole part. Raises ValueError for a limit below 4, the longest
    code point in bytes.
    """
    if limit < 4:
        raise ValueError(f"Cannot split text into parts of {limit}: one character may need 4 bytes.")
    parts: list[str] = []
    while measure(text, unit) > limit:
        end = _cut(text, limit, unit)
        parts.append(text[:end])
        text = text[end:]
    if text:
        parts.append(text)
    return parts


def _cut(text: str, limit: int, unit: Unit) -> int:
    """Return the best place at or before `limit` to cut `text`, which is longer than that."""
    ends = fitting(text[: limit + 1], limit, unit)
    if not ends:
        # A grapheme longer than a whole part, such as a letter under thousands of accents.
        return _code_points(text, limit, unit)
    room, whole = ends[-1], set(ends)
    atoms = [match.span() for match in ATOMS.finditer(text[: room + 2_200])]
    window = text[: room + 8]
    for pattern in CUTS:
        places = [match.end() for match in pattern.finditer(window)]
        good = [place for place in places if room // 2 <= place and place in whole and not _inside(place, atoms)]
        if good:
            return int(good[-1])
    if text[room].isspace():
        return room
    words = [match.end() for match in CUTS[-1].finditer(window)]
    torn = [start for start, end in atoms if start < room < end]
    early = [place for place in [*words, *torn] if place in whole and not _inside(place, atoms)]
    return int(max(early, default=room))


def _code_points(text: str, limit: int, unit: Unit) -> int:
    used = 0
    for index, character in enumerate(text):
        used += measure(character, unit)
        if used > limit:
            return index
    return len(text)


def _inside(place: int, atoms: Sequence[tuple[int, int]]) -> bool:
    return any(start < place < end for start, end in atoms)


def numbered(text: str, choices: Sequence[Choice], language: str) -> str:
    """Return `text` followed by the choices as a numbered list, for a channel or a message without buttons."""
    lines = [f"{number}. {choice.label}" for number, choice in enumerate(choices, 1)]
    return "\n".join([text, "", *lines, "", HINTS.get(language, HINTS["en"])])


def chosen(answer: str, choices: Sequence[Choice]) -> Choice | None:
    """Return the choice that a customer's own words name: its number in the list, or its label."""
    words = answer.strip().casefold()
    number = regex.fullmatch(r"(?:n[.º°o]*\s*)?(\d{1,3})\s*[.)º°]?", words)
    if number:
        index = int(number[1])
        return choices[index - 1] if 1 <= index <= len(choices) else None
    named = [choice for choice in choices if choice.label.strip().casefold() == words.rstrip(".!")]
    return named[0] if len(named) == 1 else None
