"""Markdown in, three things out: sanitised HTML, plain text for chat, and anchors for headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "a", "blockquote", "br", "code", "del", "em", "h2", "h3", "h4", "hr", "img", "li", "ol", "p", "pre", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul", "div", "s", "video",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height", "loading"},
    "video": {"src", "controls", "preload", "aria-label"},
    "p": {"class"},
    "h2": {"id"},
    "h3": {"id"},
    "h4": {"id"},
    "ol": {"start"},
    "th": {"style", "scope"},
    "td": {"style"},
    "div": {"class", "tabindex"},
}
# A film of the shop's own plays in the page. One on a film site is a link: nobody is watched unasked.
FILM_FILE = re.compile(r"\.(?:mp4|webm)(?:[?#].*)?$", re.IGNORECASE)
FILM_SITE = re.compile(
    r"^https://(?:www\.|m\.)?(?:youtube\.com|youtu\.be|youtube-nocookie\.com|vimeo\.com|peertube\.)", re.IGNORECASE
)
PICTURE_LINK = re.compile(r"^(?:\.\./|\./)?pictures/([\w.-]+)$")
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


def links(markdown: str) -> frozenset[str]:
    """The texts of the links in an article."""
    found: set[str] = set()
    for inline in (token for token in parse(markdown) if token.type == "inline"):
        text: list[str] | None = None
        for child in inline.children or []:
            if child.type == "link_open":
                text = []
            elif child.type == "link_close" and text:
                found.add(re.sub(r"\s+", " ", "".join(text)).strip())
                text = None
            elif text is not None:
                text.append(" " if child.type == "softbreak" else child.content)
    return frozenset(found - {""})


type Shown = tuple[str, int, int]


def render(markdown: str, pictures: Mapping[str, Shown] | None = None) -> SafeString:
    """HTML that is safe to show. `[text](slug.md)` becomes a link to the sibling article's page.

    `pictures`: (address, width, height) of those that the article names as `pictures/<name>`. A picture that is not
    among them leaves its description. A paragraph that is a link to a film becomes a player, or a link that says so.
    """
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
        elif token.type == "inline":
            token.children = inline(token.children or [], pictures or {}, tokens[position - 1])
    html = parser().renderer.render(tokens, parser().options, {})
    html = html.replace("<table>", '<div class="table" tabindex="0"><table>').replace("</table>", "</table></div>")
    clean = nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes={"http", "https", "mailto", "tel"}, link_rel="noopener"
    )
    return mark_safe(clean)  # noqa: S308  nh3 has just removed everything that is not on the lists above


def inline(children: list[Token], pictures: Mapping[str, Shown], around: Token) -> list[Token]:
    """The parts of one paragraph with their links and pictures leading where they should."""
    for child in children:
        if child.type == "link_open":
            child.attrSet("href", page_link(str(child.attrGet("href") or "")))
    if around.type == "paragraph_open" and (film := only_link(children)):
        if FILM_FILE.search(film):
            return [film_player(film, "".join(child.content for child in children))]
        if FILM_SITE.match(film):
            around.attrSet("class", "film")
    return [picture(child, pictures) if child.type == "image" else child for child in children]


def only_link(children: list[Token]) -> str:
    """Where a paragraph leads that is one link and nothing else; otherwise empty."""
    whole = len(children) >= 2 and children[0].type == "link_open" and children[-1].type == "link_close"
    alone = sum(child.type == "link_open" for child in children) == 1
    return str(children[0].attrGet("href") or "") if whole and alone else ""


def film_player(address: str, label: str) -> Token:
    player = Token("html_inline", "", 0)
    player.content = f'<video controls preload="metadata" src="{escape(address)}" aria-label="{escape(label)}"></video>'
    return player


def picture(token: Token, pictures: Mapping[str, Shown]) -> Token:
    """An image as readers get it; where there is none, its description in words."""
    address = str(token.attrGet("src") or "")
    token.attrSet("loading", "lazy")
    match = PICTURE_LINK.match(address)
    if match is None:
        return token
    shown = pictures.get(match[1])
    if shown is None:
        words = Token("text", "", 0)
        words.content = f"[{token.content}]" if token.content else ""
        return words
    for name, value in zip(("src", "width", "height"), shown, strict=True):
        token.attrSet(name, str(value))
    return token


def page_link(href: str) -> str:
    """Where a link of an article leads: `slug.md` is the sibling page, anything else stays."""
    match = ARTICLE_LINK.match(href)
    return f"../{match[1]}/{match[2] or ''}" if match else href
