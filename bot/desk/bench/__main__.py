"""`make bench-desk`: ends with one line holding one JSON object."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

import django


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench-desk", description="From an event to the desks that show it.")
    parser.add_argument("--agents", type=int, default=50)
    parser.add_argument("--conversations", type=int, default=2_000)
    parser.add_argument("--rate", type=float, default=20.0, help="messages a second")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--write", type=Path, help="the page of the documents to write the figures into")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="postventa-bench-") as folder:
        # A shop of its own: the settings are read once, before anything of Django's.
        os.environ |= {
            "POSTVENTA_VAR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "POSTVENTA_LOG_LEVEL": "WARNING",
            "POSTVENTA_SANDBOX": "1",
            "DJANGO_SETTINGS_MODULE": "bot.settings",
        }
        django.setup()
        from bot.desk.bench import report, run

        figures = asyncio.run(run.measure(Path(folder), options))
    if options.write:
        options.write.write_text(report.page(figures), encoding="utf-8")
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
