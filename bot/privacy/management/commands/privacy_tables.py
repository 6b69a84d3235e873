"""`manage.py privacy_tables`: what becomes of every table, and how long it is kept; `--write` puts that into docs/."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from bot.privacy import holders, retention

DOCUMENT = settings.BASE_DIR / "docs" / "privacy.md"
MARKS = "<!-- {name}: manage.py privacy_tables --write -->\n{table}\n<!-- end of {name} -->"


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="write them between the marks in docs/privacy.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["write"]:
            DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            self.stdout.write(f"{fates()}\n\n{periods()}")


def written(text: str) -> str:
    """The document with both tables as they are now."""
    for name, table in (("fates", fates()), ("periods", periods())):
        pattern = MARKS.format(name=name, table=".*?").replace("(", r"\(")
        text = re.sub(pattern, MARKS.format(name=name, table=table).replace("\\", r"\\"), text, flags=re.DOTALL)
    return text


def fates() -> str:
    """Every table that holds something of customers, in Markdown."""
    rows = {label: fate for holder in holders.all_of() for label, fate in holder.MODELS.items()}
    lines = ["| table | on erasure | why, or what is left |", "|---|---|---|"]
    lines += [f"| {label} | {fate} | {why} |" for label, (fate, why) in sorted(rows.items()) if fate != "nothing"]
    return "\n".join(lines)


def periods() -> str:
    """The periods of retention.yml with their reasons, in Markdown."""
    lines, why = ["| kind | days | from when, and why |", "|---|---|---|"], ""
    for line in retention.PATH.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            why = f"{why} {line.removeprefix('# ')}".strip()
        elif not line:
            why = ""
        else:
            kind, _colon, days = line.partition(":")
            lines.append(f"| {kind} | {days.strip()} | {why} |")
            why = ""
    return "\n".join(lines)
