"""manage.py bench_prediction: precision, lift and calibration of the prediction on simulated shops."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from bot.insights.radar import foretelling


class Command(BaseCommand):
    help = "Measure the prediction per unit on simulated shops; ends with one line of JSON. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shops", type=int, default=12)
        parser.add_argument("--orders", type=int, default=20_000, help="a year")
        parser.add_argument("--seed", type=int, default=11)
        parser.add_argument("--write", type=Path, help="folder of docs to write prediction.md into")

    def handle(self, *args: Any, **options: Any) -> None:
        measured = foretelling.run(options["shops"], options["orders"], options["seed"], self.stderr.write)
        if folder := options["write"]:
            (folder / "prediction.md").write_text(foretelling.report(measured, options["orders"]), encoding="utf-8")
        self.stdout.write(json.dumps(measured))
