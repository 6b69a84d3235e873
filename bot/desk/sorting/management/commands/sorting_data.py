"""manage.py sorting_data: what agents corrected, as a file to review and to train with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandParser

from bot.desk.sorting.kinds import INTENTS
from bot.desk.sorting.models import Correction


class Command(BaseCommand):
    help = (
        "Write agents' corrections to a YAML file: topics as examples of intents in Rasa's own format, the rest as "
        "plain examples. Texts are masked; read them before they go into data/nlu."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to write, such as var/corrections.yml")
        parser.add_argument("--language", default="", help="only of this language: es or en")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Correction.objects.exclude(text="")
        if options["language"]:
            rows = rows.filter(language=options["language"])
        found = list(rows)
        path: Path = options["file"]
        path.write_text(written(found), encoding="utf-8")
        self.stdout.write(f"{len(found)} corrections are in {path}; review them before they are used for training.")


def written(rows: list[Correction]) -> str:
    """The file's text: reviewable, one example a line, what it was taken for beside it."""
    intents: dict[str, list[str]] = {}
    for row in rows:
        if row.aspect == "topic" and row.after in INTENTS:
            intents.setdefault(INTENTS[row.after], []).append(_one_line(row.text))
    nlu = [{"intent": intent, "examples": "".join(f"- {text}\n" for text in dict.fromkeys(texts))}
           for intent, texts in sorted(intents.items())]  # fmt: skip
    corrections = [
        {"aspect": row.aspect, "taken_for": row.before or None, "confidence": round(row.confidence, 3), "is": row.after,
         "language": row.language, "text": _one_line(row.text), "at": f"{row.at:%Y-%m-%d}"}
        for row in rows
    ]  # fmt: skip
    data = {"version": "3.1", "nlu": nlu, "x-corrections": corrections}
    head = "# What agents corrected at the desk; texts are masked. Review, then move what is right to data/nlu.\n"
    return head + str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120))


def _one_line(text: str) -> str:
    """Rasa reads [x](y) as an entity and a leading dash as the next example."""
    return " ".join(text.split()).replace("[…]", "…").replace("[", "(").replace("]", ")")
