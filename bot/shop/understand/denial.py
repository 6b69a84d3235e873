"""Whether the words around a word deny it: "no lo he abierto", "never opened or used", "dinero no"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.shop.understand.text import Pattern

NEGATED = r"(?:do|does|did|has|have|had|is|are|was|were|wo|ca|could|would|should|ai)n'?t"
# "No I took it out": the no answers, and denies nothing of what follows.
ENGLISH_SUBJECT = r"(?:i|we|you|they|it)\b"
DENIES = rf"\b(?:no(?!\s{ENGLISH_SUBJECT})|ni|nunca|sin|not|never|cannot|{NEGATED})\b"
DENIED = re.compile(DENIES + r"(?:\s+(?!pero\b|but\b|sino\b)\w+){0,4}?\s+$")
DENIED_AFTER = re.compile(r"\s+no\b(?=\s*(?:[,.;!]|$|pero\b|but\b|sino\b))")
# What joins two words so that a denial of the first holds for the second, too.
JOINED = re.compile(r"\W*\b(?:o|u|ni|or|nor)\b\W*(?:\w+\W+){0,2}")
BESIDE = re.compile(r"\s+(?:\w+\s+){0,2}")


@dataclass(frozen=True)
class Said:
    """A word of one of several lists (`of`: which list) where it stands in a folded text."""

    start: int
    end: int
    of: int
    denied: bool


def denied(before: str) -> bool:
    """Whether the folded text that leads up to a word denies it ("no lo he ..."), within the same clause."""
    return DENIED.search(before) is not None


def said(folded: str, *lists: Pattern) -> Iterator[Said]:
    """Every word of the lists, in order of appearance, the longer where two overlap.

    A denial belongs to the first word after it, to those joined to that with "or", and to its neighbours of the same
    list: in "never touched them still in the packet" the packet is not denied, in "no vengan a casa" the house is.
    """
    found = (
        (match.start(), -match.end(), of) for of, pattern in enumerate(lists) for match in pattern.finditer(folded)
    )
    last = Said(0, 0, -1, denied=False)
    for start, minus_end, of in sorted(found):
        if start >= last.end:
            last = Said(start, -minus_end, of, _is_denied(folded, start, -minus_end, of, last))
            yield last


def _is_denied(folded: str, start: int, end: int, of: int, last: Said) -> bool:
    between = folded[last.end : start]
    if between.endswith("no ") and re.match(ENGLISH_SUBJECT, folded[start:]):
        return False
    if denied(between) or DENIED_AFTER.match(folded[end:]):
        return True
    if re.search(DENIES, folded[start:end]):
        return False
    if last.denied and of == last.of and BESIDE.fullmatch(between):
        return True
    denies = last.denied or re.search(DENIES, folded[last.start : last.end]) is not None
    return denies and JOINED.fullmatch(between) is not None
