"""manage.py bench_radar: contacts until a wave is found, and false alarms a year."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from bot.insights.radar import bench, plot


class Command(BaseCommand):
    help = "Try the radar on simulated fault waves and quiet years; ends with one line of JSON. Needs no database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--years", type=int, default=40)
        parser.add_argument("--orders", type=int, default=20_000, help="a year")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--write", type=Path, help="folder of docs to write radar.md and its picture into")

    def handle(self, *args: Any, **options: Any) -> None:
        trials = bench.run(options["years"], options["orders"], options["seed"], self.stderr.write)
        if folder := options["write"]:
            (folder / "radar.md").write_text(bench.report(trials), encoding="utf-8")
            (folder / "pictures").mkdir(exist_ok=True)
            (folder / "pictures" / "radar.svg").write_text(plot.picture(trials), encoding="utf-8")
        self.stdout.write(json.dumps(bench.figures(trials)))
