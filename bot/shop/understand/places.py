"""Addresses: whether a text is one, and the shipping zone it lies in."""

import re
from typing import Literal

from bot.shop.policy_rules import Zone
from bot.shop.understand.lexicon import words
from bot.shop.understand.text import has, plain

SPANISH_CODE = re.compile(r"(?<![\d\-+])(\d{2})\d{3}(?![\d\-])")
PORTUGUESE_CODE = re.compile(r"(?<!\d)\d{4}-\d{3}(?!\d)")
# The first two digits of a Spanish postal code are the province (INE): 07 Balears, 35 and 38 Canarias, 51, 52.
ZONE_BY_PROVINCE: dict[str, Zone] = {
    "07": "balearics", "35": "canaries", "38": "canaries", "51": "ceuta_melilla", "52": "ceuta_melilla",
}  # fmt: skip
LAST_PROVINCE = 52
# Named places, the narrow ones before the wide: "Palma" is in the Balearics, but "Las Palmas" is not.
NAMED: tuple[Zone, ...] = ("canaries", "ceuta_melilla", "portugal", "eu", "balearics", "mainland")

# The city in Mallorca, where nothing says that it is the island of La Palma, Las Palmas, or the palm of a hand.
PALMA = re.compile(r"(?<!\bla )(?<!\blas )\bPalma\b(?! de\b| del\b)", re.IGNORECASE)


def plainly_placed(text: str) -> str:
    """The text with the city of Palma called by its island, whose name no other place has."""
    return PALMA.sub("Mallorca", text)


def zone(address: str) -> Zone | None:
    """The zone an address lies in, or None when it cannot be told or the shop does not send there."""
    folded = plain(address)
    if has(folded, words("zone_outside")):
        return None
    abroad: tuple[Zone, ...] = ("portugal", "eu")
    for name in abroad:
        if has(folded, words(f"zone_{name}")) and not has(folded, words("zone_mainland")):
            return name
    if PORTUGUESE_CODE.search(folded):
        return "portugal"
    code = SPANISH_CODE.search(folded)
    if code and 1 <= int(code[1]) <= LAST_PROVINCE:
        return ZONE_BY_PROVINCE.get(code[1], "mainland")
    return next((name for name in NAMED if has(folded, words(f"zone_{name}"))), None)


def looks_like_address(text: str) -> bool:
    """A street with a number, or a postal code with a place."""
    folded = plain(text)
    figures = re.search(r"\d", folded) is not None
    code = SPANISH_CODE.search(folded) or PORTUGUESE_CODE.search(folded)
    return figures and (has(folded, words("street")) or bool(code and re.search(r"[a-z]{3,}", folded)))


def address_lacks(text: str) -> Literal["street", "place"] | None:
    """What a text that should be a whole address still wants: the street, or the town or postal code; else None."""
    folded = plain(text)
    coded = SPANISH_CODE.search(folded) or PORTUGUESE_CODE.search(folded)
    if not has(folded, words("street")) and not re.search(r"[a-z]{3,} \d{1,3}\b", folded):
        return "street"
    named = any(has(folded, words(f"zone_{name}")) for name in NAMED) or re.search(r"\d.*,\s*[a-z]{3,}", folded)
    return None if coded or named else "place"
