"""python -m tests.services: PostgreSQL and Redis for as long as the tests run that are named, or those that touch them.

Ends with pytest's exit status; with 0, saying why, where the servers cannot be had.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from deploy.local.layout import ROOT, Layout
from tests.services import servers

# What stores, claims, locks, counts or searches. Left out is what meets no database of ours: parsers and renderers of
# channels, retrieval, Rasa's own parts, the set-up; and what brings its own SQLite shop: road, chaos, browsers.
TOUCHED = (
    "tests/conversations",
    "tests/desk",
    "tests/insights",
    "tests/outreach",
    "tests/sandbox",
    "tests/security",
    "tests/services",
    "tests/shop",
    "tests/knowledge",
    "tests/channels",
)
LEFT_OUT = ("tests/channels/outside", "tests/desk/test_browser.py", "tests/desk/test_browser_files.py")


def main(words: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, _interrupt)
    # Two runs at once have nothing in common.
    folder = Path(Layout.of().var).absolute() / "services" / str(os.getpid())
    try:
        servers.postgres_folder(), servers.redis_server()
        with servers.postgres(folder / "postgres") as database, servers.redis_at(folder / "redis") as events:
            print(f"on {database} and {events}", file=sys.stderr, flush=True)
            return _pytest(list(words) or [*TOUCHED, "-q"], {"DATABASE_URL": database, "REDIS_URL": events})
    except servers.Missing as missing:
        print(f"skipped: {missing}", file=sys.stderr)
        return 0
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pytest(words: list[str], env: dict[str, str]) -> int:
    command = [sys.executable, "-m", "pytest", *words, *(f"--ignore={path}" for path in LEFT_OUT)]
    return subprocess.call(command, cwd=ROOT, env={**os.environ, **env})


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
