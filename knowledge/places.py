"""Places that customers name, told as the zone they lie in: articles speak of "the rest of the EU", not of Stockholm.

The names are those by which the shop tells where an address lies.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings

from knowledge.products import plain

OUTSIDE = {"es": "fuera de la Unión Europea", "en": "outside the EU"}
# What articles call each zone whose places they do not list.
ZONES = {
    "zone_eu": {"es": "la Unión Europea", "en": "the EU"},
    "zone_mainland": {"es": "la península", "en": "mainland Spain"},
    "zone_balearics": {"es": "Baleares", "en": "the Balearics"},
    "zone_canaries": {"es": "Canarias", "en": "the Canaries"},
    "zone_portugal": {"es": "Portugal", "en": "Portugal"},
    "zone_outside": OUTSIDE,
    "zone_farther": OUTSIDE,
}
ABROAD = ("zone_eu",)


# Outside the EU much else happens than that we send there ("the capital of Peru"): a question must speak of that, or
# name little but the place.
BEYOND, FEW_WORDS = ("zone_outside", "zone_farther"), 4
SENDING = re.compile(
    r"\b(?:envi\w*|mand\w+|lleg\w+|entreg\w+|compr\w+|pedi\w*|pido|reparti\w*|aduana\w*|arancel\w*|sen[dt]\w*|ship\w*|"
    r"deliver\w*|post\w*|parcels?|order\w*|buy\w*|customs|duty)\b"
)


@dataclass(frozen=True)
class Places:
    """`zones` maps each folded name to the key of its zone."""

    zones: dict[str, str]
    pattern: re.Pattern[str] | None


def lexicon_path() -> Path:
    """The YAML file with the names of each zone: `zone_eu: [francia, france, …]`."""
    return Path(getattr(settings, "KNOWLEDGE_PLACES", settings.BASE_DIR / "bot/shop/understand/lexicon.yml"))


@lru_cache(maxsize=2)
def read(path: Path) -> Places:
    """The places of a lexicon; none where there is no such file."""
    entries: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else {}
    zones = {plain(str(name)): key for key in ZONES for name in entries.get(key, [])}
    longest_first = sorted(zones, key=lambda name: (-len(name), name))
    choices = "|".join(re.escape(name).replace(r"\ ", r"\s+") for name in longest_first)
    return Places(zones, re.compile(rf"(?<!\w)({choices})(?!\w)") if zones else None)


def zoned(text: str, language: str, abroad: bool = False) -> str:
    """The text with each place called by its zone ("to Stockholm" → "to the EU"); `text` itself where none is named.

    `abroad`: only those in the rest of the EU, which alone tell that a question is about sending.
    """
    zones = [*(ABROAD if abroad else ZONES)]
    if len(text.split()) > FEW_WORDS and not SENDING.search(plain(text)):
        zones = [key for key in zones if key not in BEYOND]
    return replaced(text, {key: ZONES[key].get(language, ZONES[key]["en"]) for key in zones})


def without(text: str) -> str:
    """The text without the places that it names."""
    return replaced(text, dict.fromkeys(ZONES, ""))


def replaced(text: str, names: dict[str, str]) -> str:
    """The text with each place of the zones in `names` called as it says there."""
    places = read(lexicon_path())
    if places.pattern is None:
        return text
    pieces: list[str] = []
    position = 0
    for match in places.pattern.finditer(plain(text)):
        zone = places.zones[" ".join(match.group(1).split())]
        if zone in names:
            pieces += [text[position : match.start()], names[zone]]
            position = match.end()
    return "".join([*pieces, text[position:]])
