"""manage.py bench_dashboard: how long the dashboard's first view takes over a million messages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from bot.insights import bench

NAME = "bench-dashboard.sqlite3"
BEGIN, END = "<!-- bench-dashboard -->", "<!-- /bench-dashboard -->"
# Messages of one simulated matter, roughly.
PER_CONVERSATION = 5


class Command(BaseCommand):
    help = "Measure the dashboard over many messages in a scratch database; ends with one line of JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--messages", type=int, default=1_000_000)
        parser.add_argument("--simulated", type=int, default=20_000, help="messages that are not copies")
        parser.add_argument("--keep", action="store_true", help="use the scratch database of the last time")
        parser.add_argument("--write", type=Path, help="the document that holds the figures, docs/insights.md")
        parser.add_argument("--step", choices=["multiply", "measure"], help="used by the command itself")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["step"] == "multiply":
            bench.multiply(options["messages"])
        elif options["step"] == "measure":
            self.stdout.write(json.dumps(bench.measure()))
        else:
            self._all(options)

    def _all(self, options: dict[str, Any]) -> None:
        scratch = Path(settings.VAR_DIR) / NAME
        if not options["keep"]:
            for path in scratch.parent.glob(f"{NAME}*"):
                path.unlink()
            conversations = options["simulated"] // PER_CONVERSATION
            truth = str(scratch.with_suffix(".json"))
            _run(scratch, "migrate", "--verbosity", "0")
            _run(scratch, "simulate", "--conversations", str(conversations), "--truth", truth)
            _run(scratch, "bench_dashboard", "--step", "multiply", "--messages", str(options["messages"]))
        # A process of its own: the first view is the first that it ever makes.
        told = json.loads(_run(scratch, "bench_dashboard", "--step", "measure").splitlines()[-1])
        if path := options["write"]:
            text = path.read_text(encoding="utf-8")
            head, _begin, rest = text.partition(BEGIN)
            path.write_text(f"{head}{BEGIN}\n{bench.report(told)}{END}{rest.partition(END)[2]}", encoding="utf-8")
        self.stdout.write(json.dumps(told))


def _run(database: Path, *command: str) -> str:
    """`manage.py` with the scratch database; its output. Raises CalledProcessError."""
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{database}", "POSTVENTA_SANDBOX": "1"}
    manage = settings.BASE_DIR / "manage.py"
    done = subprocess.run([sys.executable, manage, *command], env=env, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout
