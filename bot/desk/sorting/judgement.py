"""One guess about a conversation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Judgement:
    """`confidence` from 0 to 1; `source` is a key of `kinds.SOURCES`."""

    value: str
    confidence: float
    source: str
