"""The report of a run: report.json for programmes, report.html for people, a summary in Markdown for the repository."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from tests.evaluation import figures, plots
from tests.evaluation.results import Result, Said, of_set
from tests.evaluation.style import STYLE

COLUMNS = ("all", "es", "en")
NAMES = {
    "questions_right": "Questions answered right",
    "questions_wrong": "Wrong source, told with confidence",
    "unanswerable_admitted": "Unanswerable, and said so",
    "needs_person": "Reached a person when one was needed",
    "danger": "Danger reached a person",
    "dialogues": "Dialogues that ended as expected",
    "attacks": "Attacks held off",
}


@dataclass
class Report:
    """`about`: the run's circumstances in the order in which they are shown. `seconds`: how long all of it took."""

    results: Sequence[Result]
    about: Mapping[str, str]
    notes: Sequence[str] = field(default_factory=list)

    @property
    def summary(self) -> dict[str, Any]:
        return figures.summary(self.results)

    @property
    def failed(self) -> list[Result]:
        return [result for result in self.results if not result.right]

    def write(self, folder: Path) -> None:
        """Write report.json and report.html into the folder; it is made where it is missing."""
        folder.mkdir(parents=True, exist_ok=True)
        found = {
            "about": dict(self.about),
            "figures": self.summary,
            "notes": list(self.notes),
            "results": [result.as_json() for result in self.results],
        }
        # A transcript may hold half a surrogate pair, which has no UTF-8.
        (folder / "report.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
        (folder / "report.html").write_text(self.html(), encoding="utf-8", errors="replace")

    def html(self) -> str:
        """A page that needs nothing but itself."""
        parts = [self._head(), self._figures(), *self._plots(), self._failures()]
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Evaluation</title>'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<style>{STYLE}</style></head><body><main>{''.join(parts)}</main></body></html>"
        )

    def _head(self) -> str:
        about = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in self.about.items())
        notes = "".join(f'<p class="note">{escape(note)}</p>' for note in self.notes)
        return f"<h1>Evaluation</h1><dl>{about}</dl>{notes}"

    def _figures(self) -> str:
        summary, rows = self.summary, []
        for name, title in NAMES.items():
            values = [summary[name], summary["es"][name], summary["en"][name]]
            cells = "".join(f'<td class="{_class(name, value)}">{percent(value)}</td>' for value in values)
            bar = f"{'≤' if name in figures.AT_MOST else '≥'} {figures.BARS[name]:.0%}"
            rows.append(f"<tr><th>{title}</th>{cells}<td>{bar}</td></tr>")
        called, count = figures.unneeded(self.results)
        rows.append(
            f"<tr><th>A person called without need</th><td>{called}/{count}</td><td></td><td></td><td></td></tr>"
        )
        head = "<tr><th></th><th>all</th><th>es</th><th>en</th><th>bar</th></tr>"
        return f"<table>{head}{''.join(rows)}</table>"

    def _plots(self) -> list[str]:
        asked, played = of_set(self.results, "questions"), of_set(self.results, "dialogues")
        turns = Counter(result.turns for result in played if result.turns)
        tenths = Counter(min(20, int(seconds * 10)) for result in self.results for seconds in result.seconds)
        unlike = "".join(
            f"<li>{escape(name)}: {escape(', '.join(f'{channel} {end}' for channel, end in ends.items()))}</li>"
            for name, ends in figures.alike(self.results)
        )
        return [
            plots.bars(figures.by_kind(self.results), COLUMNS, "Right, by kind and language"),
            plots.bars(figures.by_channel(self.results), ("dialogues", "attacks"), "Right, by channel"),
            f"<h2>Played on several channels, and ended differently</h2><ul>{unlike}</ul>" if unlike else "",
            plots.matrix(figures.confusions(asked), "Article expected (rows) and cited (columns)"),
            plots.matrix(figures.outcome_confusions(played), "Outcome expected (rows) and reached (columns)"),
            plots.matrix(figures.reason_confusions(asked), "Reason for a person expected (rows) and given (columns)"),
            plots.histogram(turns, "Turns per dialogue", "turns of the customer"),
            plots.histogram(tenths, "Seconds per turn", "tenths of a second, 20 and more in the last column"),
        ]

    def _failures(self) -> str:
        shown = "".join(_failure(result) for result in self.failed)
        return f"<h2>Not as expected: {len(self.failed)}</h2>{shown}"

    def markdown(self) -> str:
        """The summary that is committed; the transcripts stay in the report."""
        summary = self.summary
        lines = ["# Quality", "", "Made by `make eval`; the full report is in `var/evaluation/report.html`.", ""]
        lines += [f"- {name}: {value}" for name, value in self.about.items()]
        lines += ["", "| figure | all | es | en | bar |", "|---|---|---|---|---|"]
        for name, title in NAMES.items():
            values = " | ".join(percent(value) for value in (summary[name], summary["es"][name], summary["en"][name]))
            bar = f"{'≤' if name in figures.AT_MOST else '≥'} {figures.BARS[name]:.0%}"
            lines.append(f"| {title} (`{name}`) | {values} | {bar} |")
        called, count = figures.unneeded(self.results)
        lines += ["", f"A person was called without need: {called} of {count} questions."]
        lines += ["", "| kind | all | es | en |", "|---|---|---|---|"]
        for name, cells in figures.by_kind(self.results):
            lines.append(f"| {name} | {' | '.join(_fraction(cells.get(column)) for column in COLUMNS)} |")
        lines += ["", "| channel | dialogues | attacks |", "|---|---|---|"]
        for name, cells in figures.by_channel(self.results):
            lines.append(f"| {name} | {_fraction(cells.get('dialogues'))} | {_fraction(cells.get('attacks'))} |")
        lines += ["", f"Not as expected: {len(self.failed)} of {len(self.results)}.", ""]
        lines += [f"- {note}" for note in self.notes]
        lines += [f"- `{one.set}` {one.id}: {'; '.join(one.problems)[:160]}" for one in self.failed]
        return "\n".join(lines).rstrip() + "\n"


def percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _fraction(cell: tuple[int, int] | None) -> str:
    return "–" if cell is None else f"{cell[0]}/{cell[1]}"


def _class(name: str, value: float | None) -> str:
    reached = figures.reaches(name, value)
    return "" if reached is None else "good" if reached else "bad"


def _failure(result: Result) -> str:
    facts = f"{result.set} · {result.kind} · {result.lang} · {result.channel} · {result.conversation}"
    wrong = "".join(f"<li>{escape(problem)}</li>" for problem in result.problems)
    lines = "".join(_line(line) for line in result.transcript)
    return (
        f'<details open id="{escape(result.set)}-{escape(result.id)}"><summary>{escape(result.id)}</summary>'
        f'<p class="dim">{escape(facts)}</p><ul>{wrong}</ul>{lines}</details>'
    )


def _line(line: Said) -> str:
    more = [f"[{choice}]" for choice in line.choices]
    more += [f"cites {slug}" for slug in line.cites]
    more += [f"asks {line.asks}"] if line.asks else []
    more += [line.note] if line.note else []
    small = f'<div class="dim">{escape(" · ".join(more))}</div>' if more else ""
    return f'<div class="line {escape(line.who)}"><div>{escape(line.text)}</div>{small}</div>'
