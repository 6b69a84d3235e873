"""Child processes that cannot outlive us."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

POLL_SECONDS = 0.05
# linux/prctl.h
_PR_SET_PDEATHSIG = 1


def _load_prctl() -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        prctl: Callable[..., int] = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return None
    return prctl


_prctl = _load_prctl()


def _tie_to(parent: int) -> Callable[[], None] | None:
    """What the child runs before its program: the kernel kills it when the thread that started it ends."""
    if _prctl is None:
        return None
    prctl = _prctl

    def tie() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        # The parent may have died between fork and prctl.
        if os.getppid() != parent:
            os._exit(1)

    return tie


def spawn(command: Sequence[object], *, cwd: Path, env: Mapping[str, str], log: Path) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, its output appended to `log`. A key pressed in our terminal does not
    reach it. On Linux it dies with us even when we are killed with -9. Raises OSError."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as output:
        return subprocess.Popen(
            [str(part) for part in command],
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_tie_to(os.getpid()),
        )


def signal_group(process: subprocess.Popen[Any], number: int) -> None:
    """Send a signal to the process and to whatever it started."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return


def stop(process: subprocess.Popen[Any], grace: float, hurry: Callable[[], bool] = lambda: False) -> bool:
    """End the process and its group: TERM, and KILL after `grace` seconds or once `hurry` says so. Tells whether TERM
    was enough."""
    signal_group(process, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while process.poll() is None and time.monotonic() < deadline and not hurry():
        time.sleep(POLL_SECONDS)
    willing = process.poll() is not None
    signal_group(process, signal.SIGKILL)
    process.wait()
    return willing


def last_lines(log: Path, count: int = 15, offset: int = 0) -> list[str]:
    """The last lines of what was written to `log` after `offset` bytes; empty ones left out."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(offset, size - 64_000))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line.rstrip() for line in text.replace("\r", "\n").split("\n") if line.strip()][-count:]


def close_pipes(process: subprocess.Popen[Any]) -> None:
    """Close our ends of its pipes, so that none is left to the garbage collector."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
