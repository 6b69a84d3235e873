"""Where an article's links and pictures lead, and which of them lead nowhere."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import httpx

from knowledge import rendering
from knowledge.models import ArticlePage
from knowledge.pictures import known_pictures
from knowledge.rendering import PICTURE_LINK

TIMEOUT = 5.0


@dataclass(frozen=True)
class Link:
    """`target` as it is written in the article."""

    target: str
    kind: Literal["article", "picture", "external", "other"]


def links(markdown: str) -> Iterator[Link]:
    """Every link and picture of an article's body."""
    for token in rendering.parse(markdown):
        for child in token.children or []:
            if child.type == "link_open":
                target = str(child.attrGet("href") or "")
                kind = "article" if rendering.ARTICLE_LINK.match(target) else outside(target)
                yield Link(target, kind)
            elif child.type == "image":
                target = str(child.attrGet("src") or "")
                yield Link(target, "picture" if PICTURE_LINK.match(target) else outside(target))


def outside(target: str) -> Literal["external", "other"]:
    return "external" if urlsplit(target).scheme in ("http", "https") else "other"


def broken(page: ArticlePage, slugs: set[str]) -> list[str]:
    """The links of an article to articles of its language that are not public, and to pictures that do not exist.

    `slugs` are those of the public articles in the article's language.
    """
    found = list(links(page.body))
    pictures = known_pictures({link.target for link in found if link.kind == "picture"})
    gone = []
    for link in found:
        match = rendering.ARTICLE_LINK.match(link.target)
        if (
            (match and match[1] not in slugs)
            or (link.kind == "picture" and link.target not in pictures)
            or (link.kind == "other" and not link.target.startswith(("mailto:", "tel:", "#", "/")))
        ):
            gone.append(link.target)
    return gone


def dead(address: str) -> str:
    """Why an address out in the world does not answer; empty when it does. Asks over the network, at most 5 seconds.

    Addresses of private networks are not asked: an article must not make this server look around at home.
    """
    host = urlsplit(address).hostname or ""
    try:
        if any(not ipaddress.ip_address(info[4][0]).is_global for info in socket.getaddrinfo(host, None)):
            return "private address"
        with httpx.Client(
            timeout=TIMEOUT, follow_redirects=False, headers={"User-Agent": "Postventa link check"}
        ) as http:
            answer = http.head(address)
            if answer.status_code in (403, 405, 501):
                # Some servers refuse HEAD and nothing else.
                answer = http.get(address)
    except (OSError, httpx.HTTPError, ValueError) as error:
        return type(error).__name__
    return f"{answer.status_code}" if answer.status_code >= 400 else ""
