"""The figures of a run, as a table for people, a page for the documentation and one line for programs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from knowledge import fitting
from tests.retrieval.methods import Outcome

type Figures = dict[str, float]
type Table = dict[str, dict[str, Figures]]

COLUMNS = ("r1", "r5", "mrr10", "auroc")
METHODS = {
    "bm25": "BM25 alone",
    "encoder": "the encoder alone (multilingual E5 small)",
    "minilm": "Chroma's usual English MiniLM",
    "hybrid": "this system",
}
SETS = {
    "xquad-es-es": "XQuAD, Spanish questions, Spanish paragraphs",
    "xquad-en-es": "XQuAD, English questions, Spanish paragraphs",
    "xquad-es-en": "XQuAD, Spanish questions, English paragraphs",
    "xquad-mixed": "XQuAD, questions in both languages, each paragraph in one of them",
    "faq-es": "a public FAQ, Spanish questions, Spanish answers",
    "faq-en-es": "the same FAQ, English questions, Spanish answers",
    "own-es": "our questions in Spanish",
    "own-en": "our questions in English",
    "own-es-en": "our questions in Spanish, English articles only",
    "own-en-es": "our questions in English, Spanish articles only",
}


def figures(outcome: Outcome) -> Figures:
    places = np.array(outcome.places)
    return {
        "r1": round(float((places == 0).mean()), 4),
        "r5": round(float((places < 5).mean()), 4),
        "mrr10": round(float(np.where(places < 10, 1 / (places + 1), 0).mean()), 4),
        "auroc": round(fitting.auroc(np.array(outcome.sure), np.array(outcome.unsure)), 4),
    }


def as_lines(name: str, methods: dict[str, Figures]) -> list[str]:
    head = f"{SETS[name]:<72}" + "".join(f"{column:>8}" for column in COLUMNS)
    rows = [
        f"  {METHODS[method]:<70}" + "".join(f"{100 * found[column]:>8.1f}" for column in COLUMNS)
        for method, found in methods.items()
    ]
    return [head, *rows]


def page(table: Table, notes: list[str], size: dict[str, float]) -> str:
    """docs/retrieval.md."""
    lines = [
        "# How well articles are found",
        "",
        "Written by `make bench-retrieval`; nothing here is typed by hand. In per cent: how often the right article",
        "comes first (R@1) or among the first five (R@5), the mean reciprocal rank of the first ten (MRR@10), and how",
        "well a question with an answer is told from one without (AUROC): on the public sets the right paragraph is",
        "taken away, of our own questions some have no answer.",
        "",
        "All ways of finding read the same passages in the same run. On the public sets this system's weights are",
        "fitted on one half (XQuAD: by Wikipedia article) and tried on the other, both ways round. On our own articles",
        "they are the committed ones, fitted on the articles' own wordings; the questions asked here are no wordings.",
        "",
    ]
    for name, methods in table.items():
        lines += [
            f"## {SETS[name][0].upper()}{SETS[name][1:]}",
            "",
            "| | R@1 | R@5 | MRR@10 | AUROC |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| {METHODS[method]} | " + " | ".join(f"{100 * found[column]:.1f}" for column in COLUMNS) + " |"
            for method, found in methods.items()
        ]
        lines.append("")
    if size:
        lines += ["## A hundred times as many passages", "", *size_lines(size), ""]
    if notes:
        lines += ["## What was not measured", "", *(f"- {note}" for note in notes), ""]
    return "\n".join(lines)


def size_lines(size: dict[str, float]) -> list[str]:
    return [
        f"The median search takes {size['small_ms']:.0f} ms among {size['small']:,.0f} passages and "
        f"{size['large_ms']:.0f} ms among {size['large']:,.0f}, asked in turn in one run: "
        f"{size['ratio']:.2f} times as long."
    ]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
