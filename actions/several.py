"""The questions in a message that asks more than one."""

from __future__ import annotations

import re

from actions.questions import KNOWING, is_question
from bot.shop.understand.text import plain

SENTENCE = re.compile(r"[^.!?¡¿\n]+(?:[.,](?=\d)[^.!?¡¿\n]*)*[.!?…]*")
# "… y cuánto cuesta", "… and do you ship to Malta": a second question without a sign between.
THEY = r"hay|puedo|se puede|ten[eé]is|hac[eé]is|abr[ií]s|envi[aá]is|vend[eé]is|acept[aá]is"
JOINED = re.compile(
    r"[,;]?\s+(?:y|e|and|plus)(?:\s+(?:tambi[eé]n|adem[aá]s|de paso|also|then))?[,;]?\s+"
    r"(?=(?:(?:a|de|en|con|por|para|hasta|desde|from|until|for)\s+)?(?:cu[aá]nt[oa]s?|c[oó]mo|qu[eé]|cu[aá]l(?:es)?"
    rf"|cu[aá]ndo|d[oó]nde|qui[eé]n|(?:si )?(?:{THEY})|how|what|when|where|which|why|who|can i|could i"
    r"|(?:if|whether) (?:you|i)|do (?:you|i|they)|does|is (?:it|there|the)|are (?:you|there|the)|will (?:it|you))\b)",
    re.IGNORECASE,
)
LEAST_WORDS, MOST = 2, 4
# Asks for help or attention, and for nothing that an article could tell.
MEANS_NOTHING = re.compile(
    r"\b(ayud\w+|help|explico|entiend\w+|understand|make sense|hay alguien|anyone|anybody|que tal|how are you|"
    r"es normal|is (?:that|this|it) (?:normal|right|ok(?:ay)?)|que hago|what (?:do|should|can) i do|puede ser|verdad|"
    r"any ideas?|que me (?:dices|decis|recomend\w+))\b"
)


def questions(text: str) -> list[tuple[str, str]]:
    """Each question of a text that asks several, with what was said before it; empty where there are not two."""
    found: list[tuple[str, str]] = []
    before: list[str] = []
    for sentence in filter(None, (match.group().strip() for match in SENTENCE.finditer(text))):
        parts = [part.strip(" ,;") for part in JOINED.split(sentence)]
        asking = sentence.endswith("?")
        told = any(tells_what_to_tell(part) for part in parts)
        for part in parts:
            asks = told or is_question(part) or (asking and part is parts[-1])
            if asks and not sentence.endswith(",") and says_something(part):
                found.append((part, "\n".join(before)))
            before.append(part)
    return found if 2 <= len(found) <= MOST else []


def says_something(part: str) -> bool:
    return len(part.split()) >= LEAST_WORDS and not MEANS_NOTHING.search(plain(part))


def tells_what_to_tell(part: str) -> bool:
    """Whether it asks without the form of a question: "I want to know how long it takes"."""
    return bool(KNOWING.search(plain(part))) and len(part.split()) > 2 * LEAST_WORDS
