"""What customers call the shop's appliances, and a text in which they are called nothing in particular.

"The thermostat died after eight months" is a question about the warranty, but next to "how do I fit the thermostat"
its vector lies with the thermostat's guides. So passages and questions are compared as "the product died after eight
months", and which product was named is weighed apart (measured: the right article first for 86 → 96 % of the
questions in tests/knowledge/questions.jsonl).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

# What stands in for a product's name.
NEUTRAL = {"es": "producto", "en": "product"}
# What is no appliance keeps its name: "opened coffee", "gift card" and "refurbished" are what such questions are about.
KEPT_KINDS = ("consumable", "service")
KEPT_FLAGS = ("refurbished", "food", "gift_card", "personalised")


# In more words than this another appliance may be named in passing: "nothing lights up, yet my kettle works there".
FEW_WORDS = 8
# Stands among a question's products for an appliance that others made, which no article is about.
NOT_OURS = "not ours"


@dataclass(frozen=True)
class Products:
    """`skus` are the appliances; `names` maps each folded name to the SKUs it may mean; `own` finds those that are of
    our make alone, `not_sold` other kinds of appliance and `makes` who makes them."""

    skus: frozenset[str]
    names: dict[str, frozenset[str]]
    pattern: re.Pattern[str] | None
    own: re.Pattern[str] | None = None
    not_sold: re.Pattern[str] | None = None
    makes: re.Pattern[str] | None = None


def catalogue_path() -> Path:
    """The YAML file with the products: `products: [{sku, kind, names: {es: []}, generic: {es: []}}]`."""
    return Path(getattr(settings, "KNOWLEDGE_CATALOGUE", settings.BASE_DIR / "bot" / "shop" / "catalogue.yml"))


@lru_cache(maxsize=2)
def read(path: Path) -> Products:
    """The appliances of a catalogue; none where there is no such file."""
    catalogue: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    names: dict[str, set[str]] = {}
    own: set[str] = set()
    appliances = [entry for entry in catalogue.get("products", []) if appliance(entry)]
    for entry in appliances:
        own |= {name for words in entry.get("names", {}).values() for name in words}
        for part in (entry.get("names", {}), entry.get("generic", {})):
            for name in (name for words in part.values() for name in words):
                names.setdefault(" ".join(plain(name).split()), set()).add(entry["sku"])
    return Products(
        frozenset(entry["sku"] for entry in appliances),
        {name: frozenset(skus) for name, skus in names.items()},
        any_of(names),
        any_of(own),
        any_of(name for words in catalogue.get("not_sold", {}).values() for name in words),
        any_of(catalogue.get("other_makes", [])),
    )


def any_of(names: Iterable[str]) -> re.Pattern[str] | None:
    """A pattern for any of these in text that `plain` has folded, in singular or plural; the longest counts."""
    longest_first = sorted({" ".join(plain(name).split()) for name in names}, key=lambda name: (-len(name), name))
    choices = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
    return re.compile(rf"(?<!\w)({choices})(?:e?s)?(?!\w)") if choices else None


def not_ours(text: str) -> bool:
    """Whether a text is about an appliance that others made: a kind that we do not sell, or another maker's of a kind
    that we do ("mi cafetera Nespresso"). One that calls an appliance of ours by its name is about that."""
    known, folded = current(), plain(text)
    if len(folded.split()) > FEW_WORDS or (known.own and known.own.search(folded)):
        return False
    if known.makes and known.makes.search(folded):
        return True
    ours = known.pattern is not None and known.pattern.search(folded)
    return bool(not ours and known.not_sold and known.not_sold.search(folded))


def appliance(entry: dict[str, Any]) -> bool:
    return entry.get("kind") not in KEPT_KINDS and not any(entry.get(flag) for flag in KEPT_FLAGS)


def current() -> Products:
    """The appliances of the configured catalogue, read once per process."""
    return read(catalogue_path())


@lru_cache(maxsize=256)
def plain(text: str) -> str:
    """Lower case without accents, each character in its place; ñ stays."""
    return "".join(c if c == "ñ" else unicodedata.normalize("NFKD", c)[0] for c in map(lower, text))


def lower(character: str) -> str:
    # A few letters (İ) are longer in lower case, which would move every place behind them.
    low = character.lower()
    return low if len(low) == 1 else character


def neutral(text: str, language: str) -> tuple[str, frozenset[str]]:
    """(the text with each appliance's name replaced by "product", the SKUs that the names may mean)."""
    products = current()
    if products.pattern is None:
        return text, frozenset()
    word = NEUTRAL.get(language, NEUTRAL["en"])
    pieces: list[str] = []
    found: set[str] = set()
    position = 0
    for match in products.pattern.finditer(plain(text)):
        found |= products.names[" ".join(match.group(1).split())]
        pieces += [text[position : match.start()], word]
        position = match.end()
    told = "".join([*pieces, text[position:]])
    return re.sub(rf"\b{word}(\s+{word})+\b", word, told), frozenset(found)
