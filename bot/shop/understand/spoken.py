"""Numbers said in words, in Spanish and English: "diez mil cuatrocientos uno", "one oh four oh one"."""

import re
from collections.abc import Iterator

UNITS = {
    "cero": 0, "uno": 1, "un": 1, "una": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
    "ocho": 8, "nueve": 9, "zero": 0, "oh": 0, "o": 0, "nought": 0, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}  # fmt: skip
TEENS = {
    "diez": 10, "once": 11, "doce": 12, "trece": 13, "catorce": 14, "quince": 15, "dieciseis": 16, "diecisiete": 17,
    "dieciocho": 18, "diecinueve": 19, "veintiuno": 21, "veintiun": 21, "veintidos": 22, "veintitres": 23,
    "veinticuatro": 24, "veinticinco": 25, "veintiseis": 26, "veintisiete": 27, "veintiocho": 28, "veintinueve": 29,
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19,
}  # fmt: skip
TENS = {
    "veinte": 20, "treinta": 30, "cuarenta": 40, "cincuenta": 50, "sesenta": 60, "setenta": 70, "ochenta": 80,
    "noventa": 90, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
    "ninety": 90,
}  # fmt: skip
HUNDREDS = {
    "cien": 100, "ciento": 100, "doscientos": 200, "doscientas": 200, "trescientos": 300, "trescientas": 300,
    "cuatrocientos": 400, "cuatrocientas": 400, "quinientos": 500, "quinientas": 500, "seiscientos": 600,
    "seiscientas": 600, "setecientos": 700, "setecientas": 700, "ochocientos": 800, "ochocientas": 800,
    "novecientos": 900, "novecientas": 900,
}  # fmt: skip
TWICE = {"doble", "double"}
JOINS = {"y", "and"}
NUMBERS = UNITS | TEENS | TENS | HUNDREDS
MULTIPLIERS = {"mil": 1000, "thousand": 1000, "hundred": 100}
WORDS = {*NUMBERS, *MULTIPLIERS, *TWICE}
TOKEN = re.compile(r"[a-z]+|\d+|[^\sa-z\d]")


def runs(text: str) -> Iterator[str]:
    """The digits of every unbroken run of numbers in a folded text, words and figures alike.

    Numbers next to each other are read one after the other: "uno cero cuatro cero uno", "104 01" and "diez mil
    cuatrocientos uno" all give "10401". Commas and hyphens do not break a run; anything else does.
    """
    run: list[str] = []
    words = TOKEN.findall(text)
    for index, word in enumerate(words):
        follows = words[index + 1] if index + 1 < len(words) else ""
        if word.isdecimal() or word in WORDS or (run and word in JOINS and (follows in WORDS)):
            run.append(word)
        elif not (run and word in "-,."):
            yield from _read(run)
            run = []
    yield from _read(run)


def count(text: str) -> int | None:
    """The first small number in a folded text ("dos", "3"), or None."""
    for word in TOKEN.findall(text):
        if word.isdecimal() and len(word) <= 3:
            return int(word)
        if word in TEENS or (word in UNITS and word not in {"o", "oh", "un", "una", "uno", "one"}):
            return NUMBERS[word]
    return None


def _read(run: list[str]) -> Iterator[str]:
    """The run's numbers one after the other, as digits. Nothing for an empty run."""
    chunks: list[str] = []
    value: int | None = None
    last, room = 0, 0  # what was added last, and below what the next number must be to belong to this one
    twice = False
    for word in run:
        if word in JOINS or word in TWICE:
            twice = twice or word in TWICE
            continue
        if value and word in MULTIPLIERS:
            value += (last if word == "hundred" else value) * (MULTIPLIERS[word] - 1)
            room = MULTIPLIERS[word]
            continue
        number = MULTIPLIERS.get(word, NUMBERS.get(word))
        if value is not None and number and number < room:
            value, last, room = value + number, number, _room(word, number)
            continue
        chunks += [] if value is None else [str(value)]
        chunks += [word] if number is None else [str(number)] if twice else []
        value, last, room, twice = number, number or 0, _room(word, number or 0), False
    chunks += [] if value is None else [str(value)]
    if chunks:
        yield "".join(chunks)


def _room(word: str, number: int) -> int:
    """What may follow within the same number: tens after a hundred, units after tens, nothing after a unit."""
    if number >= 1000:
        return 1000
    if word in HUNDREDS or word == "hundred":
        return 100
    return 10 if word in TENS else 0
