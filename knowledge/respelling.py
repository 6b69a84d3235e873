"""A question as it would be written without its slips: by ear ("debolver", "komo"), letters swapped or left out.

Words alone are matched by their stems already; a vector of a misspelt question lies far from every wording.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import lru_cache

from knowledge import lexical, wording
from knowledge.corpus import Corpus
from knowledge.spelling import Spelling

WORD = re.compile(r"[^\W\d_]+")
# Shorter words with two letters swapped are others too often ("CEO", "eco"), and so are words that are only alike.
SHORTEST, SHORTEST_SWAPPED, SHORTEST_ALIKE, ALIKE = 3, 4, 6, 0.93
# A word that the articles use so often is no slip, and what is put in place of another must be this much more usual.
USUAL, MORE_USUAL = 4, 5
# What sounds alike, in the order in which it is read.
SOUNDS = {
    "es": (
        (r"ch", "x"), (r"h", ""), (r"v|w", "b"), (r"qu(?=[ei])", "k"), (r"z|c(?=[ei])", "s"), (r"c|q", "k"),
        (r"ll", "y"), (r"g(?=[ei])", "j"), (r"gu(?=[ei])", "g"), (r"n(?=[bp])", "m"), (r"([^r])\1", r"\1"),
    ),
    "en": (
        (r"ph", "f"), (r"gh|wh", "g"), (r"ck|qu", "k"), (r"c(?=[eiy])|z", "s"), (r"c", "k"), (r"y", "i"),
        (r"(?<=.)e$", ""), (r"(.)\1", r"\1"), (r"ie", "ei"),
    ),
}  # fmt: skip


class Usual:
    """The words of one language's articles, by how often they stand there and by how they sound."""

    def __init__(self, texts: list[str], language: str) -> None:
        self.language = language
        self.times = Counter(word for text in texts for word in WORD.findall(lexical.folded(text)))
        self.sounding: dict[str, str] = {}
        for word, _times in self.times.most_common():
            self.sounding.setdefault(sound(word, language), word)
        self.spelling = Spelling(word for word, times in self.times.items() if times >= USUAL)

    def meant(self, word: str) -> str:
        """The usual word that a folded one was meant to be, or itself."""
        times = self.times[word]
        if len(word) < SHORTEST or times >= USUAL:
            return word
        meant = [self.sounding.get(sound(word, self.language), word), *self.swapped(word), self.alike(word)]
        found = max(meant, key=lambda each: self.times[each])
        same = lexical.stem(found, self.language) == lexical.stem(word, self.language)
        return word if same or self.times[found] < max(USUAL, MORE_USUAL * times) else found

    def swapped(self, word: str) -> list[str]:
        """The words that have two neighbouring letters of it the other way round; of a short one only those that
        nobody means by themselves ("teh", "hwo")."""
        found = [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]
        return [
            each for each in found if len(word) >= SHORTEST_SWAPPED or each in wording.STOPWORDS.get(self.language, ())
        ]

    def alike(self, word: str) -> str:
        found = self.spelling.meant(word)
        near = len(word) >= SHORTEST_ALIKE and SequenceMatcher(None, word, found).ratio() >= ALIKE
        return found if near and found[-2:] == word[-2:] else word


def sound(word: str, language: str) -> str:
    for written, heard in SOUNDS.get(language, ()):
        word = re.sub(written, heard, word)
    return word


def respelt(known: Corpus, text: str, language: str) -> str:
    """The text with its slips mended; the text itself where there are none."""
    usual = usual_words(known, language)
    folded = {word: lexical.folded(word) for word in WORD.findall(text)}
    slips = {word: meant for word, low in folded.items() if (meant := usual.meant(low)) != low}
    return WORD.sub(lambda match: slips.get(match[0], match[0]), text)


@lru_cache(maxsize=8)
def usual_words(known: Corpus, language: str) -> Usual:
    articles = known.words[language].articles if language in known.words else ()
    return Usual([passage.text for article in articles for passage in article.passages], language)
