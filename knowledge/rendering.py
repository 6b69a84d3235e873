"""Markdown in, three things out: sanitised HTML, plain text for chat, and anchors for headings."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "hr", "img", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul", "div", "s",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "ol": {"start"},
    "th": {"style", "scope"},
    "td": {"style"},
    "div": {"class", "tabindex"},
}
ARTICLE_LINK = re.compile(r"^(?:\./)?([a-z0-9][a-z0-9-]*)\.md(#[\w-]*)?$")


@lru_cache(maxsize=1)
def parser() -> MarkdownIt:
    """CommonMark with tables and strikethrough. Raw HTML in an article is shown as text, never run."""
    return MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def parse(markdown: str) -> list[Token]:
    return parser().parse(markdown)


def anchor(heading: str) -> str:
    """The id of a heading: lower case, without accents, hyphens between words.

    >>> anchor("¿Qué hago si…?")
    'que-hago-si'
    """
    folded = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", folded.lower()).strip("-") or "section"


def plain(inline: Token) -> str:
    """The words of an inline token: links and emphasis leave their text, pictures their description."""
    parts: list[str] = []
    for child in inline.children or []:
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append(" ")
        elif child.type == "image":
            parts.append(child.content)
    return re.sub(r"\s+", " ", "".join(parts)).strip()


def render(markdown: str) -> SafeString:
    """HTML that is safe to show. `[text](slug.md)` becomes a link to the sibling article's page."""
    tokens = parse(markdown)
    for position, token in enumerate(tokens):
        if token.type == "heading_open":
            # The page's title is the only h1.
            token.tag = {"h1": "h2", "h5": "h4", "h6": "h4"}.get(token.tag, token.tag)
            token.attrSet("id", anchor(plain(tokens[position + 1])))
        elif token.type == "heading_close":
            token.tag = {"h1": "h2", "h5": "h4", "h6": "h4"}.get(token.tag, token.tag)
        elif token.type == "th_open":
            token.attrSet("scope", "col")
        for child in token.children or []:
            if child.type == "link_open":
                child.attrSet("href", page_link(str(child.attrGet("href") or "")))
    html = parser().renderer.render(tokens, parser().options, {})
    html = html.replace("<table>", '<div class="table" tabindex="0"><table>').replace("</table>", "</table></div>")
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"})
    return mark_safe(clean)  # noqa: S308  nh3 has just removed everything that is not on the lists above


def page_link(href: str) -> str:
    """Where a link of an article leads: `slug.md` is the sibling page, anything else stays."""
    match = ARTICLE_LINK.match(href)
    return f"../{match[1]}/{match[2] or ''}" if match else href
