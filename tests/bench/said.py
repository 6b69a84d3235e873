"""What is said in the measurement: questions and small talk of the evaluation set, no two alike."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator

from deploy.local.layout import ROOT

KINDS = {"faq", "guide", "smalltalk", "unanswerable"}
_numbers = itertools.count(1)


def sentences() -> Iterator[str]:
    """Without end. Each is new to every cache, because each comes with another greeting."""
    lines = (ROOT / "tests" / "evaluation" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [line for line in map(json.loads, lines) if line["kind"] in KINDS]
    for line in itertools.cycle(questions):
        hello = "soy la clienta" if line["lang"].startswith("es") else "customer"
        yield f"{line['text']} ({hello} {next(_numbers)})"
