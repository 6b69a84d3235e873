"""Products that a text names, by name, by kind of appliance, or misspelt."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property, lru_cache

from bot.shop.rulebook import current
from bot.shop.understand.lexicon import words as listed
from bot.shop.understand.text import plain

# Ordinary words that look like a misspelt product.
NOT_PRODUCTS = frozenset(
    {"cabeza", "cabezas", "marca", "marcas", "template", "temple", "header", "tostado", "tostada", "tostadas", "cafes"}
)
# A five-letter word with one wrong letter scores 0.80, a six-letter one 0.83.
ALIKE = 0.82
SHORTEST_TYPO = 5
# Two words together: "hair drier" for "hair dryer" scores 0.89.
ALIKE_IN_TWO = 0.87
# "Los cabezales no" as a clause of its own, and "all but the heads".
EXCLUDED = re.compile(
    r"(?:(?<=[,;.] )|^|(?<=\by )|(?<=\bpero )|(?<=\band )|(?<=\bbut ))(?:[a-z]+ ){1,3}?[a-z]+ no\b(?=\s*(?:[,.;!]|$))|"
    r"\b(?:(?:pero|y) no|menos|excepto|salvo|quitando|(?:and |but )?not|except(?: for)?|apart from|all but)"
    r" (?:el|la|los|las|the|my|mis?) [a-z]+(?: [a-z]+)?"
)
OWNED = re.compile(r"\b(?:mi|un|una|el|la|nuestr[oa]|my|a|an|the|our)(?: [a-z]+){0,2} $")
PARTS = re.compile(r"[a-z]+|\d+")
PART_OF_A_ROBOT = re.compile(r"cepillos? (?:lateral|central|de|del|del? la)\b")


@dataclass(frozen=True)
class _Name:
    words: str
    own: tuple[str, ...]
    generic: tuple[str, ...]

    @cached_property
    def start(self) -> str:
        """The letters or figures that it begins with, however it is written."""
        return str(PARTS.findall(self.words)[0])

    def meant(self, among: Sequence[str] | None) -> list[str]:
        """The first that the order has; without an order the product itself, or all of that kind."""
        if among is not None:
            return [sku for sku in (*self.own, *self.generic) if sku in among][:1]
        return list(self.own or self.generic)


def products(text: str, among: Sequence[str] | None = None) -> list[str]:
    """Skus named in the text, in order of appearance. `among` keeps those of an order.

    A generic word gives every product of that kind ("cafetera": new and refurbished); an exact name only its own,
    unless `among` leaves just the other ("Brasa 20" in an order with a refurbished one).
    """
    folded = plain(text)
    found, _rest = _named(folded)
    wanted = [sku for _, name in sorted(found.items(), key=lambda each: each[0]) for sku in name.meant(among)]
    if "LR3" in wanted and "MR1" in wanted and PART_OF_A_ROBOT.search(folded):
        wanted.remove("MR1")
    return list(dict.fromkeys(wanted))


def without_products(text: str) -> str:
    """The folded text with a dot for each letter of a product's name."""
    return _named(plain(text))[1].replace("\0", "·")


def _named(folded: str) -> tuple[dict[int, _Name], str]:
    """(the names in a folded text by where they stand, the text with each of their letters blanked)."""
    found: dict[int, _Name] = {}
    rest = folded
    for name in _names():
        # Of hundreds of names nearly all are not even begun.
        for match in _pattern(name.words).finditer(rest) if name.start in rest else ():
            found[match.start()] = name
            rest = rest[: match.start()] + "\0" * len(match[0]) + rest[match.end() :]
    for position, name, length in list(_typos(rest)):
        found.setdefault(position, name)
        rest = rest[:position] + "\0" * length + rest[position + length :]
    return found, rest


def products_meant(text: str) -> list[str]:
    """`products` without those that the text excludes: "solo la freidora, los cabezales no", "all but the heads"."""
    wanted = products(EXCLUDED.sub(" ", plain(text)))
    return wanted or products(text)


def is_service(sku: str) -> bool:
    """Whether it is something done to a product, such as an engraving, which no order holds by itself."""
    return any(product.sku == sku and product.kind == "service" for product in current().catalogue)


def other_brand(text: str) -> str | None:
    """The make of an appliance of the customer's ("my dyson hair dryer") that this shop does not sell."""
    folded = plain(text)
    brand = next(
        (each for each in listed("other_brand").finditer(folded) if OWNED.search(folded[: each.start()])), None
    )
    return brand[0].title() if brand else None


@lru_cache(maxsize=1)
def _names() -> tuple[_Name, ...]:
    """Every name with the products it means, the longest first, so that it is not taken for a shorter one."""
    own: dict[str, list[str]] = {}
    generic: dict[str, list[str]] = {}
    for product in current().catalogue:
        for words in (product.sku, *product.names.es, *product.names.en):
            own.setdefault(plain(words), []).append(product.sku)
        for words in (*product.generic.es, *product.generic.en):
            generic.setdefault(plain(words), []).append(product.sku)
    return tuple(
        _Name(words, tuple(dict.fromkeys(own.get(words, []))), tuple(dict.fromkeys(generic.get(words, []))))
        for words in sorted({*own, *generic}, key=len, reverse=True)
    )


@lru_cache(maxsize=512)
def _pattern(words: str) -> re.Pattern[str]:
    """The words with any space, hyphen or nothing before a figure, in singular or plural."""
    parts = PARTS.findall(words)
    plural = [part if part.isdigit() else part + "(?:s|es)?" for part in parts]
    return re.compile(r"(?<!\w)" + r"[\s\-]*".join(plural) + r"(?!\w)")


def _typos(rest: str) -> Iterator[tuple[int, _Name, int]]:
    """Names that are misspelt, or written in two words or in one ("freidroa", "ear buds", "blow drier"): where each
    stands, and how long it is."""
    for match in re.finditer(rf"[a-z]{{{SHORTEST_TYPO},20}}", rest):
        if match[0] not in NOT_PRODUCTS and (name := _alike(match[0], ALIKE, spaced=False)):
            yield match.start(), name, len(match[0])
    for match in re.finditer(r"(?<!\w)(?=([a-z]{3,12}[ \-][a-z]{3,12})(?!\w))", rest):
        if name := _alike(re.sub("[^a-z]", "", match[1]), ALIKE_IN_TWO, spaced=True):
            yield match.start(), name, len(match[1])


@lru_cache(maxsize=4096)
def _alike(word: str, least: float, *, spaced: bool) -> _Name | None:
    """The name most like a word; `spaced`: also names of several words, compared with their spaces removed."""
    known = _joined(spaced)
    best = get_close_matches(word, [name for name in known if abs(len(name) - len(word)) < 3], n=1, cutoff=least)
    return known[best[0]] if best else None


@lru_cache(maxsize=2)
def _joined(spaced: bool) -> dict[str, _Name]:
    names = (name for name in _names() if spaced or name.words.isalpha())
    joined = {name.words.replace(" ", ""): name for name in names}
    return {words: name for words, name in joined.items() if words.isalpha() and len(words) >= SHORTEST_TYPO}
