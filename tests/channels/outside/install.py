"""`python -m tests.channels.outside.install`: fetch the outside clients into var/clients/, where that can be done.

Never an obstacle: what cannot be had is named, and the tests that need it are skipped with the reason. Exit code 0.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
CLIENTS = ROOT / "var" / "clients"
NPM, PYTHON = CLIENTS / "npm", CLIENTS / "python"
PACKAGES = ("@stoplight/prism-cli@5.14.2", "twilio@6.2.0")
REQUIREMENTS = ROOT / "requirements" / "clients.txt"
PATIENCE = 300


def main() -> int:
    npm("Node packages", NPM / "installed", " ".join(PACKAGES))
    pip("Python packages", PYTHON / "installed", REQUIREMENTS.read_text(encoding="utf-8"))
    return 0


def npm(title: str, stamp: Path, wanted: str) -> None:
    options = ["--prefix", str(NPM), "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=1"]
    program = shutil.which("npm")
    if program is None:
        _say(title, "npm is not installed")
        return
    _install(title, stamp, wanted, [program, "install", *options, "--fetch-timeout=20000", *PACKAGES])


def pip(title: str, stamp: Path, wanted: str) -> None:
    """With uv where there is one, because it installs into a folder without looking at the environment."""
    uv = shutil.which("uv") or next(iter(map(str, Path(sys.executable).parent.glob("uv"))), None)
    tool = [uv, "pip", "install"] if uv else [sys.executable, "-m", "pip", "install", "--no-input"]
    options = ["--target", str(PYTHON), "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS)]
    _install(title, stamp, wanted, [*tool, *options])


def _install(title: str, stamp: Path, wanted: str, command: list[str]) -> None:
    mark = sha256(wanted.encode()).hexdigest()
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == mark:
        return
    shutil.rmtree(stamp.parent, ignore_errors=True)
    stamp.parent.mkdir(parents=True)
    try:
        done = subprocess.run(
            command, cwd=stamp.parent, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        _say(title, type(error).__name__)
        return
    if done.returncode:
        _say(title, (done.stderr.strip().splitlines() or ["no reason given"])[-1][:200])
        return
    stamp.write_text(mark, encoding="utf-8")


def _say(title: str, reason: str) -> None:
    print(f"outside clients: no {title} ({reason}); the tests that need them are skipped", flush=True)


if __name__ == "__main__":
    sys.exit(main())
