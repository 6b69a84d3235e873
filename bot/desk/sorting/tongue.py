"""Which language a customer writes, by the small words that every sentence of a language has."""

from __future__ import annotations

import re

from bm25s import stopwords

from bot.desk.sorting.judgement import Judgement

WORDS = {
    "es": frozenset(stopwords.STOPWORDS_SPANISH), "en": frozenset(stopwords.STOPWORDS_EN_PLUS),
    "fr": frozenset(stopwords.STOPWORDS_FRENCH), "de": frozenset(stopwords.STOPWORDS_GERMAN),
    "it": frozenset(stopwords.STOPWORDS_ITALIAN), "pt": frozenset(stopwords.STOPWORDS_PORTUGUESE),
}  # fmt: skip
# Few words tell little: this many of evidence for nothing are added to every language.
DOUBT = 1.0


def language(text: str, present: str) -> Judgement:
    """The language of a text; `present` is what the conversation is in, and stays where the text does not tell."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    counts = {code: sum(word in known for word in words) for code, known in WORDS.items()}
    best = max(counts, key=lambda code: (counts[code], code == present))
    total = sum(counts.values()) + DOUBT * 2
    if counts[best] < 2:
        return Judgement(present, 0.6, "dialogue")
    own = {word for word in words if word in WORDS[best]}
    others = max(len({word for word in words if word in known}) for code, known in WORDS.items() if code != best)
    share = (len(own) - others + DOUBT) / (len(own) + DOUBT * 2) if own else 0.0
    return Judgement(best, round(min(0.99, max(counts[best] / total, 0.5 + share / 2)), 3), "words")
