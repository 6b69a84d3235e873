"""Text as it is compared: lower case, without accents, one space between words."""

import re
import unicodedata
from functools import lru_cache

type Pattern = re.Pattern[str]

QUOTES = str.maketrans(
    {"’": "'", "`": "'", "´": "'", "“": '"', "”": '"', "\u00a0": " ", "º": " ", "ª": " ", "–": "-", "—": "-", "_": " "}
)


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """Folded text: "¡Está ROTA!" is "¡esta rota!". At most 4,000 characters are looked at."""
    folded = unicodedata.normalize("NFD", text[:4000].translate(QUOTES).lower())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return re.sub(r"\s+", " ", bare).strip()


@lru_cache(maxsize=512)
def any_of(*alternatives: str) -> Pattern:
    """A pattern that finds any of these as whole words, for text that `plain` has folded.

    A `*` stands for any letters, a space for any run of spaces, commas or hyphens, an apostrophe for one that may be
    missing ("wont"). Brackets, `|`, `?` and `{}` are those of regular expressions: "drop( it| them)? off".
    """
    signs = {"*": r"\w*", " ": r"[\s,;\-]+", "'": "'?"}
    parts = (re.sub("[* ']", lambda sign: signs[sign[0]], alternative) for alternative in alternatives)
    return re.compile(r"(?<!\w)(?:" + "|".join(parts) + r")(?!\w)")


def has(text: str, pattern: Pattern) -> bool:
    return pattern.search(text) is not None
