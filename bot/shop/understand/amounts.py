"""How many units, and how many points out of five."""

import re

from bot.shop.understand.lexicon import words
from bot.shop.understand.spoken import count
from bot.shop.understand.text import any_of, has, plain

OUT_OF = re.compile(r"(?:/|\b(?:de|sobre|out of|of)\b)\s*(5|10|cinco|diez|five|ten)\b")
TEN = any_of("diez", "ten")
ONE = {"un": 1, "uno": 1, "una": 1, "one": 1}
NUMBER = r"(\d{1,2}|un[oa]?|dos|tres|cuatro|cinco|one|two|three|four|five)"
# "One pair of the two", "uno de mis dos cascos": the part, not the whole.
THOSE = r"(?:the|my|our|these|those|los|las|mis|estos|estas)"
PART_OF = re.compile(
    rf"\b{NUMBER}(?: (?!of\b|out\b|de\b)[a-z]+(?= (?:out of|of|de) {THOSE}))? (?:out of|of|de)(?: {THOSE})?"
    r" (?:\d{1,2}|dos|tres|cuatro|cinco|two|three|four|five|both)\b"
)
# In this order, so that "muy mal" is not read as "mal", nor "not good" as "good".
RATES = (("rating_mixed", 3), *((f"rating_{rate}", rate) for rate in (1, 2, 5, 4, 3)))
FREE_WORDS = 8


def quantity(text: str) -> int | None:
    """How many units ("dos", "2 unidades", "both", "uno solo", "one of my two headphones": 1), or None."""
    folded = plain(text)
    if part := PART_OF.search(folded):
        return ONE.get(part[1]) or count(part[1])
    if has(folded, words("only_one")):
        return 1
    if has(folded, words("both")):
        return 2
    return count(folded)


def rating(text: str) -> int | None:
    """A rating from 1 to 5 in figures, stars or words ("genial", "meh"), or None. Customers also rate out of ten: 6 to
    10 are halved, rounded up. Words rate only in a short text that asks nothing."""
    folded = plain(text)
    stars = text.count("⭐") or text.count("★")
    if stars:
        return min(stars, 5)
    whole = OUT_OF.search(folded)
    bare = OUT_OF.sub(" ", folded).strip()
    number = re.search(r"(?<![\d.,])(10|\d)(?![\d])", bare)
    single = int(number[1]) if number else ONE.get(bare) or count(bare) or (10 if has(bare, TEN) else None)
    if single is None:
        return _in_words(folded)
    if single < 1:
        return None
    out_of_ten = single > 5 or (whole and whole[1] in ("10", "diez", "ten"))
    return (single + 1) // 2 if out_of_ten else single


def _in_words(folded: str) -> int | None:
    """The rate whose words stand in a short text; of several ("bien, pero muy lento, mal") the lowest."""
    if "?" in folded or len(folded.split()) > FREE_WORDS:
        return None
    found: list[int] = []
    for name, rate in RATES:
        if has(folded, words(name)):
            found.append(rate)
            folded = words(name).sub(" ", folded)
    return min(found, default=None)
