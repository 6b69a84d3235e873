"""The trade-off as a picture: false alarms a year against contacts until a wave is found."""

from __future__ import annotations

from math import log10

from bot.insights.radar import bench, rare
from bot.insights.radar.bench import Trials

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 720, 420, 64, 56, 24, 210
COLOURS = ("#a63d1c", "#1d63c9", "#1d6b3a", "#8a4b00")
LEAST_ALARMS, MOST_ALARMS, MOST_CONTACTS = 0.02, 50.0, 16


def picture(trials: Trials) -> str:
    """An SVG that reads on light and dark pages."""
    points = [bench.at(trials, budget) for budget in bench.BUDGETS]
    parts = [_frame(), *_marks()]
    for index, (waves, colour) in enumerate(zip(trials.waves, COLOURS, strict=True)):
        told = [(one["false_alarms_a_year"], one["waves"][waves.name]["median"], one["budget"]) for one in points]
        known = [(_x(alarms), _y(median), budget) for alarms, median, budget in told if median is not None]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _budget in known)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_dot(x, y, colour, budget == rare.BUDGET) for x, y, budget in known]
        parts.append(f'<text x="{WIDTH - RIGHT + 16}" y="{TOP + 20 + 22 * index}" fill="{colour}">{waves.name}</text>')
    body = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="13">\n<title>False alarms a year against contacts until found</title>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n{body}\n</svg>\n'
    )


def _x(alarms: float) -> float:
    """On a logarithmic scale; no alarm at all stands at the left edge."""
    share = log10(max(alarms, LEAST_ALARMS) / LEAST_ALARMS) / log10(MOST_ALARMS / LEAST_ALARMS)
    return LEFT + min(1.0, share) * (WIDTH - LEFT - RIGHT)


def _y(contacts: float) -> float:
    return HEIGHT - BOTTOM - min(contacts, MOST_CONTACTS) / MOST_CONTACTS * (HEIGHT - BOTTOM - TOP)


def _dot(x: float, y: float, colour: str, used: bool) -> str:
    ring = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="7" fill="none" stroke="{colour}" stroke-width="2"/>' if used else ""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour}"/>{ring}'


def _frame() -> str:
    right, low = WIDTH - RIGHT, HEIGHT - BOTTOM
    bar_x, bar_y = _x(1.0), _y(bench.FEW)
    return (
        f'<rect x="{LEFT}" y="{bar_y:.1f}" width="{bar_x - LEFT:.1f}" height="{low - bar_y:.1f}" fill="#e2f3e7"/>\n'
        f'<path d="M{LEFT} {TOP}V{low}H{right}" fill="none" stroke="#65605a"/>\n'
        f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 12}" text-anchor="middle" fill="#1f1d1a">'
        f'false alarms a year</text>\n<text x="16" y="{(TOP + low) / 2}" text-anchor="middle" fill="#1f1d1a" '
        f'transform="rotate(-90 16 {(TOP + low) / 2})">contacts until found (median)</text>'
    )


def _marks() -> list[str]:
    low = HEIGHT - BOTTOM
    across = [
        f'<text x="{_x(alarms):.1f}" y="{low + 18}" text-anchor="middle" fill="#65605a">{text}</text>'
        for alarms, text in ((LEAST_ALARMS, "0"), (0.1, "0.1"), (1, "1"), (10, "10"))
    ]
    up = [
        f'<text x="{LEFT - 8}" y="{_y(contacts) + 4:.1f}" text-anchor="end" fill="#65605a">{contacts}</text>'
        for contacts in range(0, MOST_CONTACTS + 1, 2)
    ]
    return across + up
