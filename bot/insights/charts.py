"""Plots as numbers for a template: points, bars and cells of an SVG, ready to be placed. Nothing here knows HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

WIDTH, HEIGHT = 260.0, 56.0
EDGE = 4.0


@dataclass(frozen=True)
class Line:
    """A small course over time. `path` may have gaps where there was nothing to say."""

    path: str
    last: tuple[float, float] | None
    lowest: float
    highest: float


@dataclass(frozen=True)
class Bar:
    label: str
    key: str
    count: int
    percent: float


@dataclass(frozen=True)
class Cell:
    """One hour of one weekday; `level` from 0 (nothing) to 4 (the busiest)."""

    hour: int
    count: int
    level: int


def line(points: Sequence[tuple[date, float | None]]) -> Line | None:
    """The course as an SVG path; None where fewer than two values are known."""
    values = [value for _day, value in points if value is not None]
    if len(values) < 2:
        return None
    lowest, highest = min(values), max(values)
    span, step = (highest - lowest) or 1.0, (WIDTH - 2 * EDGE) / max(1, len(points) - 1)
    path, last, pen = [], None, "M"
    for index, (_day, value) in enumerate(points):
        if value is None:
            pen = "M"
            continue
        x, y = EDGE + index * step, HEIGHT - EDGE - (value - lowest) / span * (HEIGHT - 2 * EDGE)
        path.append(f"{pen}{x:.1f} {y:.1f}")
        last, pen = (round(x, 1), round(y, 1)), "L"
    return Line(" ".join(path), last, lowest, highest)


def bars(counts: Sequence[tuple[str, str, int]]) -> list[Bar]:
    """Bars of (label, key, count), as percent of the longest."""
    most = max((count for _label, _key, count in counts), default=0) or 1
    return [Bar(label, key, count, round(100 * count / most, 1)) for label, key, count in counts]


def heat(table: Sequence[Sequence[int]]) -> list[list[Cell]]:
    """Hours of weekdays in five shades."""
    most = max((count for row in table for count in row), default=0) or 1
    return [
        [Cell(hour, count, 0 if not count else min(4, 1 + 4 * count // (most + 1))) for hour, count in enumerate(row)]
        for row in table
    ]
