"""What stops a command: said once, with its remedy."""

from __future__ import annotations

import errno
from collections.abc import Sequence

FULL_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FULL_DISK_WORDS = ("No space left on device", "Disk quota exceeded", "database or disk is full", "File too large")
_NETWORK_WORDS = (
    "Temporary failure in name resolution",
    "Name or service not known",
    "Network is unreachable",
    "Failed to establish a new connection",
    "failed to lookup address",
    "error sending request for url",
    "Connection refused",
    "Read timed out",
)


class Trouble(Exception):
    """`message` says what is wrong and where, `remedy` what to do; `details` are the lines that show it."""

    def __init__(self, message: str, remedy: str, details: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.details = list(details)

    def text(self) -> str:
        lines = ["", f"Stopped: {self.message}"]
        lines += [f"    | {line}" for line in self.details]
        return "\n".join([*lines, f"What to do: {self.remedy}"])


def full_disk(where: object) -> Trouble:
    """The trouble of a disk (or a quota) without room; `where` is the folder that was written to."""
    return Trouble(
        f"the disk that holds {where} is full.",
        "make room (a whole set-up takes about 3 GB) and run the same command again; it goes on where it stopped.",
    )


def of_os_error(error: OSError, where: object) -> Trouble:
    """An error of the operating system, as something a person can act on."""
    if error.errno in FULL_DISK:
        return full_disk(error.filename or where)
    if error.errno == errno.ENOENT:
        return Trouble(
            f"{error.filename or where} is not there.",
            "an environment may be damaged: delete .venv and .venv-rasa, and run the same command again.",
        )
    return Trouble(
        f"{error.strerror or error}: {error.filename or where}.",
        "check that this account may write there, then run the same command again.",
    )


def of_output(title: str, log: object, lines: Sequence[str], remedy: str) -> Trouble:
    """A step that failed, told by the last lines of its output."""
    text = "\n".join(lines)
    if any(words in text for words in _FULL_DISK_WORDS):
        trouble = full_disk(log)
        return Trouble(f"“{title}”: {trouble.message}", trouble.remedy, lines[-4:])
    if any(words in text for words in _NETWORK_WORDS):
        remedy = (
            "the package registry could not be reached: check the connection and the proxy and index settings of pip "
            f"or uv, then run the same command again. The whole output is in {log}"
        )
    return Trouble(f"“{title}” failed. Its last lines:", f"{remedy} (whole output: {log})", lines)
