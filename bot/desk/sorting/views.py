"""How a conversation's kind is shown to an agent."""

from __future__ import annotations

from dataclasses import dataclass

from bot.conversations.models import Conversation
from bot.desk.labels import word
from bot.desk.sorting.kinds import ASPECTS, SOURCES, values
from bot.desk.sorting.models import Sort


@dataclass(frozen=True)
class SortView:
    """`options` are the values that it can be corrected to, with their words."""

    aspect: str
    label: str
    value: str
    words: str
    confidence: float
    source: str
    why: str
    options: tuple[tuple[str, str], ...]


def sorts(conversation: Conversation) -> list[SortView]:
    """Every aspect, in a fixed order; one that nothing is known of has an empty value."""
    known = {each.aspect: each for each in Sort.objects.filter(conversation=conversation)}
    return [_view(aspect, known.get(aspect)) for aspect in ASPECTS]


def _view(aspect: str, found: Sort | None) -> SortView:
    possible = values(aspect)
    return SortView(
        aspect, word(ASPECTS, aspect), found.value if found else "", word(possible, found.value) if found else "",
        found.confidence if found else 0.0, found.source if found else "", word(SOURCES, found.source) if found else "",
        tuple((code, word(possible, code)) for code in possible),
    )  # fmt: skip
