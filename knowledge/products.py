"""What customers call the shop's appliances, and a text in which they are called nothing in particular.

"The thermostat died after eight months" is a question about the warranty, but next to "how do I fit the thermostat"
its vector lies with the thermostat's guides. So passages and questions are compared as "the product died after eight
months", and which product was named is weighed apart (measured: the right article first for 86 → 96 % of the
questions in tests/knowledge/questions.jsonl).
"""

from __future__ import annotations

import re
import unicodedata
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


@dataclass(frozen=True)
class Products:
    """`skus` are the appliances; `names` maps each folded name to the SKUs it may mean."""

    skus: frozenset[str]
    names: dict[str, frozenset[str]]
    pattern: re.Pattern[str] | None


def catalogue_path() -> Path:
    """The YAML file with the products: `products: [{sku, kind, names: {es: []}, generic: {es: []}}]`."""
    return Path(getattr(settings, "KNOWLEDGE_CATALOGUE", settings.BASE_DIR / "bot" / "shop" / "catalogue.yml"))


@lru_cache(maxsize=2)
def read(path: Path) -> Products:
    """The appliances of a catalogue; none where there is no such file."""
    entries: list[dict[str, Any]] = []
    if path.exists():
        entries = yaml.safe_load(path.read_text(encoding="utf-8")).get("products", [])
    names: dict[str, set[str]] = {}
    appliances = [entry for entry in entries if appliance(entry)]
    for entry in appliances:
        for part in (entry.get("names", {}), entry.get("generic", {})):
            for name in (name for words in part.values() for name in words):
                names.setdefault(" ".join(plain(name).split()), set()).add(entry["sku"])
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    choices = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
    pattern = re.compile(rf"(?<!\w)({choices})(?:e?s)?(?!\w)") if names else None
    skus = frozenset(entry["sku"] for entry in appliances)
    return Products(skus, {name: frozenset(skus) for name, skus in names.items()}, pattern)


def appliance(entry: dict[str, Any]) -> bool:
    return entry.get("kind") not in KEPT_KINDS and not any(entry.get(flag) for flag in KEPT_FLAGS)


def current() -> Products:
    """The appliances of the configured catalogue, read once per process."""
    return read(catalogue_path())


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
