"""The widget as it goes over the wire: its modules as one file, without comments and indentation, compressed.

Customers on a phone wait for one request instead of fifteen, and a shop's front server need not know how to compress.
The modules stay the source, and run as they are. This is no minifier: it relies on how our own files are written, each
import and each comment on a line of its own, and the tests hold them to it.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILES = Path(__file__).parent / "static" / "channels" / "web"
IMPORT = re.compile(r"^import \{[^}]*\} from '\./([a-z]+\.js)';\n", re.M)
EXPORT = re.compile(r"^export (?=const |class |function |async function )", re.M)
COMMENT = re.compile(r"^[ \t]*//.*\n", re.M)
INDENT = re.compile(r"^[ \t]+", re.M)
ENTRY = "app.js"


@dataclass(frozen=True)
class Script:
    """`tag` names the content; it changes when the content does."""

    plain: bytes
    gzipped: bytes
    tag: str


@cache
def loader() -> Script:
    """The one line's script: a button, and the rest when it is wanted."""
    return _script(_tidied((FILES / "loader.js").read_text(encoding="utf-8")))


@cache
def app() -> Script:
    """The chat: every module in the order in which they need each other; only the entry's `start` is let out."""
    parts = []
    for name in modules():
        text = IMPORT.sub("", (FILES / name).read_text(encoding="utf-8"))
        parts.append(text if name == ENTRY else EXPORT.sub("", text))
    return _script(_tidied("\n".join(parts)))


def modules() -> list[str]:
    """The chat's files, each after those that it imports."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name in order:
            return
        for needed in IMPORT.findall((FILES / name).read_text(encoding="utf-8")):
            visit(needed)
        order.append(name)

    visit(ENTRY)
    return order


def _tidied(text: str) -> str:
    return INDENT.sub("", COMMENT.sub("", text))


def _script(text: str) -> Script:
    plain = text.encode()
    return Script(plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:16])
