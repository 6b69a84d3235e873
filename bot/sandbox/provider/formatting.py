"""Telegram's HTML, read as Telegram reads it: a short list of tags, and an error for all others.

https://core.telegram.org/bots/api#html-style
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

TAGS = {
    "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler", "span",
    "tg-emoji",
}  # fmt: skip


class Unreadable(Exception):
    """Telegram cannot parse the text."""


def length(text: str) -> int:
    """In UTF-16 units, as Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def read_html(source: str) -> tuple[str, list[dict[str, Any]]]:
    """What is shown, and the links in it as {offset, length, url}; raises `Unreadable`."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    if reader.open:
        raise Unreadable(
            f"Bad Request: can't parse entities: Can't find end tag corresponding to start tag {reader.open[-1][0]}"
        )
    return reader.text, reader.links


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.open: list[tuple[str, int, str]] = []
        self.links: list[dict[str, Any]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise Unreadable(
                f'Bad Request: can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self._offset()}'
            )
        self.open.append((tag, length(self.text), dict(attrs).get("href") or ""))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise Unreadable(f"Bad Request: can't parse entities: Unexpected end tag at byte offset {self._offset()}")
        _, start, address = self.open.pop()
        if tag == "a" and address.startswith(("http://", "https://")):
            self.links.append({"offset": start, "length": length(self.text) - start, "url": address})

    def handle_data(self, data: str) -> None:
        self.text += data

    def _offset(self) -> int:
        return len(self.text.encode("utf-8", "surrogatepass"))
