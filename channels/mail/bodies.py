"""The words and files of a mail: the right part, the right letters, and no markup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message

from bs4 import BeautifulSoup, Tag
from charset_normalizer import from_bytes

from channels.base import MediaKind, MediaRef
from channels.mail.quotes import without_quotes
from channels.text import clean

LARGEST_MARKUP = 500_000
FILES = 20
# Logos under a signature: smaller than any photo that somebody means to show.
SMALLEST_PICTURE = 12_000
NO_FILE = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
UNSEEN = ["script", "style", "head", "title", "template", "object", "noscript", "svg", "math", "iframe"]
QUOTED = (
    "blockquote[type=cite], .moz-cite-prefix, .yahoo_quoted, .protonmail_quote, .tutanota_quote, .gmail_signature, "
    "#ms-outlook-mobile-signature, .moz-signature, #mail-editor-reference-message-container"
)
FROM_HERE = "#divRplyFwdMsg, #appendonsend, #OLK_SRC_BODY_SECTION, #isForwardContent"
BLOCKS = ["p", "div", "li", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol", "pre"]


def words_of(message: Message) -> str:
    """Return what the customer wrote in this mail, without quotations, as plain text."""
    plain, markup = "", ""
    for part in _leaves(message):
        if _is_file(part):
            continue
        if part.get_content_type() == "text/plain":
            plain = plain or _unfolded(part, _decoded(part))
        elif part.get_content_type() == "text/html":
            markup = markup or _decoded(part)
    own = without_quotes(_one_kind_of_line(plain)) if plain.strip() else ""
    return own if own.strip() or not markup else from_markup(markup)


def _one_kind_of_line(text: str) -> str:
    text = clean(text).replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return text.removesuffix("\n")


def _leaves(message: Message) -> Iterator[Message]:
    """Yield the parts that hold something; a mail that hangs on a mail is one file, whatever is in it."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from _leaves(part)


def _is_file(part: Message) -> bool:
    if part.get_content_disposition() == "attachment" or part.get_content_type() == "message/rfc822":
        return True
    return part.get_content_maintype() != "text" or bool(part.get_filename())


def _decoded(part: Message) -> str:
    """Decode a part whose charset may be missing, unknown or a lie."""
    data = content(part)
    told = (part.get_content_charset() or "").lower()
    for charset in filter(None, (told if told not in ("us-ascii", "ascii") else "", "utf-8")):
        try:
            return data.decode(charset)
        except (LookupError, UnicodeDecodeError, ValueError):
            continue
    guess = from_bytes(data[:20_000]).best()
    return data.decode(guess.encoding if guess else "cp1252", "replace")


def content(part: Message) -> bytes:
    """Return the bytes of a part; of a mail that hangs on a mail, the whole of it."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and inner and isinstance(inner[0], Message) else b""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _unfolded(part: Message, text: str) -> str:
    """Join the lines that the sender's program broke (RFC 3676): those that end in a space."""
    if str(part.get_param("format", "")).lower() != "flowed":
        return text
    joint = "" if str(part.get_param("delsp", "")).lower() == "yes" else " "
    text = text.replace("\r\n", "\n")
    return re.sub(r"(?<!^--)[ ]\n(?!>|-- )", joint, text, flags=re.MULTILINE)


def from_markup(markup: str) -> str:
    """Return the text of HTML as a reader would see it. Nothing in it is run, fetched or kept as markup."""
    markup = markup[:LARGEST_MARKUP]
    # To a browser, what follows an unfinished comment is part of it; to the parser it is text.
    unfinished = markup.find("<!--", markup.rfind("-->") + 1)
    soup = BeautifulSoup(markup if unfinished < 0 else markup[:unfinished], "html.parser")
    for unseen in soup(UNSEEN) + soup.select("[hidden], [style*='display:none' i], [style*='display: none' i]"):
        unseen.decompose()
    whole = _text(soup)
    for quoted in [*soup.select(QUOTED), *_quotes_of_gmail(soup)]:
        quoted.decompose()
    for mark in soup.select(FROM_HERE):
        for later in [mark, *mark.find_next_siblings()]:
            later.decompose()
    return without_quotes(_text(soup)) or without_quotes(whole)


def _quotes_of_gmail(soup: BeautifulSoup) -> list[Tag]:
    """Gmail marks what is forwarded like what is quoted; only the latter goes."""
    return [each for each in soup.select(".gmail_quote") if "----------" not in each.get_text()[:200]]


def _text(soup: BeautifulSoup) -> str:
    for line in soup(["br", "hr"]):
        line.replace_with("\n")
    for block in soup(BLOCKS):
        block.insert_before("\n")
        block.insert_after("\n")
    text = clean(soup.get_text()).replace("\u00a0", " ").replace("\u200b", "")
    lines = [" ".join(line.split()) for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def files_of(message: Message) -> list[tuple[int, MediaRef]]:
    """Return the files of a mail with their number among its parts; logos and signatures are none."""
    shown = [
        (number, part) for number, part in enumerate(_leaves(message)) if _is_file(part) and not _is_decoration(part)
    ]
    return [(number, _file(part)) for number, part in shown[:FILES]]


def file_number(message: Message, number: int) -> bytes | None:
    """Return the bytes of the file that `files_of` gave this number, or None."""
    part = dict(enumerate(_leaves(message))).get(number)
    return content(part) if part is not None and _is_file(part) else None


def _is_decoration(part: Message) -> bool:
    if part.get_content_type() in NO_FILE:
        return True
    shown_inside = part.get_content_maintype() == "image" and part.get("Content-ID")
    return (
        bool(shown_inside) and part.get_content_disposition() != "attachment" and len(content(part)) < SMALLEST_PICTURE
    )


def _file(part: Message) -> MediaRef:
    mime = part.get_content_type()
    kinds: dict[str, MediaKind] = {"image": "image", "audio": "audio", "video": "video"}
    kind = kinds.get(part.get_content_maintype(), "document")
    name = clean(str(part.get_filename() or "")).replace("/", "_").replace("\\", "_")[:200]
    named = name or ("mail.eml" if mime == "message/rfc822" else "")
    return MediaRef(kind=kind, ref="", mime=mime[:100], name=named, size=len(content(part)))
