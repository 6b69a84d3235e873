"""What the person at the terminal sees: lines that stay, and one live line below them."""

from __future__ import annotations

import re
import shutil
import time
from typing import TextIO

LIVE_PAUSE_SECONDS = 0.2
QUIET_PAUSE_SECONDS = 15.0
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x1f\x7f]")


class Console:
    """Writes to `stream`. On a terminal the live line is rewritten in place; elsewhere it comes every 15 seconds."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._terminal = stream.isatty()
        self._shown = False
        self._last = time.monotonic()

    def line(self, text: str = "") -> None:
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = False
        self._write(text + "\n")
        self._last = time.monotonic()

    def live(self, text: str) -> None:
        now = time.monotonic()
        if now - self._last < (LIVE_PAUSE_SECONDS if self._terminal else QUIET_PAUSE_SECONDS):
            return
        self._last = now
        plain = _CONTROL.sub(" ", text)
        if self._terminal:
            width = max(20, shutil.get_terminal_size().columns - 1)
            self._write("\r\x1b[K" + plain[:width])
            self._shown = True
        else:
            self._write(plain + "\n")

    def _write(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(text.encode(encoding, "replace").decode(encoding))
        self._stream.flush()
