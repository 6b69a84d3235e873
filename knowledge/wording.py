"""What kind of message a question is: told in many sentences, or so short that it leans on what was said before."""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache

from bm25s.stopwords import STOPWORDS_EN_PLUS, STOPWORDS_SPANISH

from knowledge import lexical

SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")
# A sentence of so few words says nothing alone ("Thanks!", "Any idea?").
LEAST_WORDS = 4
# So few words that carry meaning may lean on what was said before, if one of the others points back to it.
FEW_WORDS = 3
LEADS = {
    "es": re.compile(r"(y|e|o|pero|entonces|también|tampoco|vale)\b[\s,]*", re.IGNORECASE),
    "en": re.compile(r"(and|or|but|so|what about|how about|then|also|ok(ay)?)\b[\s,]*", re.IGNORECASE),
}
POINTS_BACK = {
    "es": re.compile(r"\b(eso|esto|ese|esa|esos|esas|este|esta|ello|lo|la|los|las|ahí|allí|\w+(lo|la|los|las))\b"),
    "en": re.compile(r"\b(it|that|this|those|these|them|they|there|one|ones)\b"),
}
# A question that begins so and says little else leaves its subject out: "¿cada cuánto?", "what do I check?".
ASKS = {
    "es": re.compile(
        r"((a|de|en|con|por|para|hasta|desde|cada) )?(qu[eé]|cu[aá]nt[oa]s?|c[oó]mo|cu[aá]ndo|d[oó]nde|qui[eé]n(es)?"
        r"|cu[aá]l(es)?)\b",
        re.IGNORECASE,
    ),
    "en": re.compile(r"((at|in|for|from|until|by) )?(how|what|when|where|who|which|why)\b", re.IGNORECASE),
}
# What is asked of a thing, to be taken out of a question that goes on with another: "how long does delivery take?" —
# "and what does it cost?" is about delivery.
MEASURES = {
    "es": {
        "cost": re.compile(
            r"cu[aá]nto (?:me |nos |os )?(?:cuesta\w*|vale\w*|sale\w*|cobr\w+|pag\w+|es\b)"
            r"|(?:qu[eé] |a qu[eé] )?(?:precio|coste)(?: tiene)?|(?:es |son )?gratis|(?:hay|tengo) que pagar"
        ),
        "time": re.compile(
            r"cu[aá]nt[oa]s? (?:tiempo |d[ií]as )?(?:me |se |os )?(?:tarda\w*|dura\w*|tengo)(?: en llegar)?|cu[aá]ndo "
            r"(?:me )?llega\w*|(?:qu[eé] |en qu[eé] )?plazos?(?: tiene)?"
        ),
    },
    "en": {
        "cost": re.compile(
            r"how much(?: is| are| does| do| will)?|what does|\bcosts?\b|\bprice\b|\bfree\b|\bcharged?\b"
        ),
        "time": re.compile(
            r"how (?:long|soon|many days)(?: is| are| does| do| will)?|when (?:does|do|will)|\btakes?\b|arrive"
        ),
    },
}
STOPWORDS = {"es": STOPWORDS_SPANISH, "en": STOPWORDS_EN_PLUS}


def last_question(message: str) -> list[str]:
    """The last question of a message of several sentences, alone; empty where the message is one sentence."""
    sentences = [part.strip() for part in SENTENCE.findall(message)]
    sentences = [part for part in sentences if len(part.split()) >= LEAST_WORDS]
    questions = [part for part in sentences if part.endswith("?")]
    if len(sentences) < 2:
        return []
    return [(questions or sentences)[-1]]


class Leaning(IntEnum):
    """How much a question depends on the one before: on its own, perhaps (it names little), or it points back there."""

    NOT = 0
    PERHAPS = 1
    BACK = 2


def leaning(question: str, language: str) -> Leaning:
    """How much a question depends on what was asked before, to judge by its words alone."""
    text = question.strip(" ¿¡\t\n").lower()
    code = language if language in LEADS else "en"
    if LEADS[code].match(text):
        return Leaning.BACK
    stems = len(content_stems(text, language))
    if stems <= FEW_WORDS and POINTS_BACK[code].search(text):
        return Leaning.BACK
    bare = stems <= 1 or (stems <= FEW_WORDS and ASKS[code].match(text))
    return Leaning.PERHAPS if bare else Leaning.NOT


def without_lead(question: str, language: str) -> str:
    """The question without the word that only joins it to another: "y", "and"."""
    text = question.strip(" ¿¡\t\n")
    joins = LEADS[language if language in LEADS else "en"].match(text)
    return text[joins.end() :] if joins else text


def content_stems(text: str, language: str) -> set[str]:
    """The stems of the words that carry meaning."""
    return set(lexical.words(text, language)) - unmeant(language)


@lru_cache(maxsize=8)
def unmeant(language: str) -> frozenset[str]:
    """The stems of the words that carry none."""
    return frozenset(lexical.stem(word, language) for word in STOPWORDS.get(language, ()))


def measure(text: str, language: str) -> str:
    """Whether a question asks what something costs ("cost") or how long it takes ("time"), or neither ("")."""
    measures = MEASURES.get(language, MEASURES["en"])
    return next((name for name, words in measures.items() if words.search(text.lower())), "")


def without_measure(text: str, language: str) -> str:
    """The text without what it asks of a thing: "how long does delivery take to Faro?" is "delivery to Faro?"."""
    low = text.lower()
    for words in MEASURES.get(language, MEASURES["en"]).values():
        low = words.sub(" ", low)
    return " ".join(low.split()).strip(" ¿?")
