"""Plots as inline SVG. Colours come from the page's own variables, so that they follow light and dark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from tests.evaluation.figures import Table

BAR = 22
LABEL = 310
WIDTH = 840


def bars(table: Table, columns: Sequence[str], title: str) -> str:
    """Grouped horizontal bars of shares, with the counts beside them."""
    lines = [(name, column, cells[column]) for name, cells in table for column in columns if column in cells]
    height = len(lines) * BAR + 30
    parts, last = [], ""
    for row, (name, column, (right, count)) in enumerate(lines):
        top, share = 8 + row * BAR, right / count if count else 0.0
        span = (WIDTH - LABEL - 130) * share
        label = name if name != last else ""
        parts.append(_text(LABEL - 76, top + 14, label, "end") + _text(LABEL - 8, top + 14, column, "end", "dim"))
        parts.append(f'<rect class="rail" x="{LABEL}" y="{top}" width="{WIDTH - LABEL - 130}" height="{BAR - 6}"/>')
        parts.append(f'<rect class="{column}" x="{LABEL}" y="{top}" width="{span:.1f}" height="{BAR - 6}"/>')
        parts.append(_text(WIDTH - 124, top + 14, f"{share:.1%}  {right}/{count}"))
        last = name
    return _svg(WIDTH, height, title, parts)


def histogram(counts: Mapping[int, int], title: str, unit: str) -> str:
    """One column per number, from the smallest to the largest."""
    if not counts:
        return ""
    numbers = range(min(counts), max(counts) + 1)
    width = min(48, (WIDTH - 40) // len(numbers))
    most = max(counts.values())
    parts = []
    for place, number in enumerate(numbers):
        tall = 130 * counts.get(number, 0) / most
        left = 20 + place * width
        parts.append(f'<rect class="all" x="{left}" y="{150 - tall:.1f}" width="{width - 6}" height="{tall:.1f}"/>')
        parts.append(_text(left + (width - 6) / 2, 166, str(number), "middle", "dim"))
        if counts.get(number):
            parts.append(_text(left + (width - 6) / 2, 145 - tall, str(counts[number]), "middle"))
    parts.append(_text(20, 186, unit, "start", "dim"))
    return _svg(WIDTH, 194, title, parts)


def matrix(pairs: Counter[tuple[str, str]], title: str, *, most: int = 24) -> str:
    """Expected (rows) against actual (columns): those with mistakes, the worst first; the diagonal is right."""
    mistakes = Counter({pair: count for pair, count in pairs.items() if pair[0] != pair[1]})
    if not mistakes:
        return ""
    worst = [pair for pair, _ in mistakes.most_common(most)]
    rows = list(dict.fromkeys(expected for expected, _ in worst))
    columns = list(dict.fromkeys([*rows, *(actual for _, actual in worst)]))
    left, top, cell = 210, 180, 24
    parts = [_text(left - 8, top + row * cell + 16, name, "end") for row, name in enumerate(rows)]
    for place, name in enumerate(columns):
        x = left + place * cell + 15
        parts.append(f'<text x="{x}" y="{top - 8}" transform="rotate(-60 {x} {top - 8})">{escape(name)}</text>')
    for row, expected in enumerate(rows):
        for place, actual in enumerate(columns):
            if count := pairs.get((expected, actual), 0):
                parts.append(_cell(left + place * cell, top + row * cell, cell, count, expected, actual))
    return _svg(left + len(columns) * cell + 130, top + len(rows) * cell + 10, title, parts)


def _cell(x: int, y: int, size: int, count: int, expected: str, actual: str) -> str:
    kind = "good" if expected == actual else "bad"
    strength = min(1.0, 0.3 + count * 0.14)
    return (
        f'<g><title>{escape(expected)} → {escape(actual)}: {count}</title><rect class="{kind}" x="{x}" y="{y}" '
        f'width="{size - 2}" height="{size - 2}" opacity="{strength:.2f}"/>'
        f"{_text(x + size / 2 - 1, y + 16, str(count), 'middle')}</g>"
    )


def _text(x: float, y: float, words: str, anchor: str = "start", kind: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" class="{kind}">{escape(words)}</text>'


def _svg(width: int, height: int, title: str, parts: Sequence[str]) -> str:
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {width} {height}" width="{width}" '
        f'role="img" aria-label="{escape(title)}">{"".join(parts)}</svg></figure>'
    )
