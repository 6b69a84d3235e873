"""Whether a passage says what a sentence says. Strict: what is not clearly in the passage is not supported.

A sentence must have its numbers, its addresses, its names and its denials from the passage, nearly all of its words,
and lie close to it in meaning.
"""

from __future__ import annotations

import re

import numpy as np
from bm25s.stopwords import STOPWORDS_EN_PLUS, STOPWORDS_SPANISH

from knowledge import lexical
from knowledge.encoder import encoder
from knowledge.numbers import numbers
from knowledge.passages import SENTENCE_END

SENTENCE_LIMIT = 400
# The share of a sentence's words that its passage must have; with less, even a close meaning is not enough.
WORDS_SHARE = 0.7
# The least cosine of a sentence and the one of the passage that it repeats.
NEARNESS = 0.4
STOPWORDS = {"es": STOPWORDS_SPANISH, "en": STOPWORDS_EN_PLUS}
DENIALS = {
    "es": re.compile(
        r"\b(?:no|ni|nunca|jamás|sin|tampoco|ningún|ninguna|ninguno|nadie|nada|excepto|salvo)\b", re.IGNORECASE
    ),
    "en": re.compile(
        r"\b(?:no|not|never|without|none|nobody|nothing|neither|nor|cannot|except|unless)\b|n['’]t\b", re.IGNORECASE
    ),
}
ADDRESS = re.compile(r"https?://\S+|www\.\S+|[\w.+-]+@[\w-]+\.\w+|\b[\w-]+\.(?:com|es|net|org|eu|io)\b", re.IGNORECASE)
NAME = re.compile(r"(?<![.!?…¿¡\n:]\s)(?<!^)(?<![¿¡«\"(])\b[A-ZÁÉÍÓÚÑ][\wáéíóúñü-]+")
NUMBER_WORDS = frozenset(
    (
        *("dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "quince"),
        *("veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "noventa", "cien", "ciento", "mil", "doble"),
        *("mitad", "gratis", "gratuito", "gratuita", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        *("ten", "eleven", "twelve", "fifteen", "twenty", "thirty", "forty", "fifty", "sixty", "ninety", "hundred"),
        *("thousand", "half", "double", "twice", "free"),
    )
)
# Somebody speaks to a model here, not to a customer.
ORDERS = re.compile(
    r"\b(?:ignor\w*|olvid\w*|forget|disregard|override)\b.{0,60}"
    r"\b(?:instruc\w*|anterior\w*|previous|above|rules|reglas|prompt)"
    r"|\b(?:system|assistant|developer)\s*(?:prompt|message|:)|<\|?\s*(?:im_start|system|assistant)"
    r"|\b(?:as an ai|language model|modelo de lenguaje|chatbot|prompt)\b"
    r"|\b(?:you are now|from now on you|eres ahora|a partir de ahora eres|act as|actúa como|pretend to be)\b"
    r"|\b(?:reply|respond|answer|say|print|output|responde|contesta|di|escribe|imprime)\s+"
    r"(?:only|just|exactly|solo|sólo|únicamente|exactamente)\b",
    re.IGNORECASE,
)


def supports(passage: str, sentence: str, language: str) -> bool:
    """Whether `passage` says what `sentence` says; both in `language`."""
    if not sentence or len(sentence) > SENTENCE_LIMIT or ORDERS.search(sentence):
        return False
    return (
        not numbers(sentence, language).keys() - numbers(passage, language).keys()
        and not said_numbers(sentence) - said_numbers(passage)
        and all(address in passage for address in ADDRESS.findall(sentence))
        and not names(sentence) - set(words_of(passage))
        and words_share(passage, sentence, language) >= WORDS_SHARE
        and bool(like := closest(passage, sentence, language))
        and same_denials(like, sentence, language)
        and nearness(like, sentence) >= NEARNESS
    )


def words_of(text: str) -> list[str]:
    return [lexical.folded(word) for word in re.findall(r"[\w-]+", text)]


def said_numbers(text: str) -> set[str]:
    """Numbers and amounts that are written as words."""
    return {word for word in words_of(text) if word in NUMBER_WORDS}


def names(sentence: str) -> set[str]:
    """Words with a capital that do not begin a sentence: products, places, people, months."""
    return {lexical.folded(match.group()) for match in NAME.finditer(sentence)}


def content(text: str, language: str) -> set[str]:
    """The stems of the words that carry meaning."""
    unmeant = {lexical.stem(word, language) for word in STOPWORDS.get(language, ())}
    return {stem for stem in lexical.words(text, language) if stem not in unmeant}


def words_share(passage: str, sentence: str, language: str) -> float:
    """How much of what the sentence says is in the passage's words."""
    said = content(sentence, language)
    return len(said & content(passage, language)) / len(said) if said else 0.0


def closest(passage: str, sentence: str, language: str) -> str:
    """The passage's sentence that shares most words with it; empty where the passage has no sentence."""
    said = content(sentence, language)
    parts = [part for line in passage.splitlines() for part in SENTENCE_END.split(line) if part.strip()]
    return max(parts, key=lambda part: len(said & content(part, language)), default="")


def same_denials(like: str, sentence: str, language: str) -> bool:
    """Whether it denies something exactly when the sentence that is most like it does."""
    denial = DENIALS.get(language, DENIALS["en"])
    return bool(denial.search(sentence)) == bool(denial.search(like))


def nearness(one: str, other: str) -> float:
    """The cosine of two sentences, as the encoder of the articles sees them."""
    a, b = (np.array(encoder().embed_query(text)) for text in (one, other))
    return float(a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9))


def without_orders(text: str) -> str:
    """The text without the sentences that give a model orders; lines stay lines."""
    lines = []
    for line in text.splitlines():
        kept = [part for part in SENTENCE_END.split(line) if not ORDERS.search(part)]
        if joined := " ".join(kept).strip():
            lines.append(joined)
    return "\n".join(lines)
