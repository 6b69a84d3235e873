"""From an `Outbound` to mails: a numbered list for choices, sources as links, plain text and the same as HTML. Pure."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from channels import text
from channels.base import Capabilities, ChannelError, Citation, Outbound, Part
from channels.mail.names import Names

SUBJECTS = {"es": "Tu consulta a {shop}", "en": "Your question to {shop}"}
LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:!?)\]]")


def render(out: Outbound, names: Names, shop: str, caps: Capabilities) -> list[Part]:
    """Return the mails that say `out`: one, but for texts beyond all measure. Raises `ChannelError` for nothing."""
    said = text.numbered(out.text, out.choices, out.language) if out.choices else out.text
    if not out.text.strip() and (out.choices or not out.media):
        raise ChannelError("bad_content", "A message needs text or a file.", code="empty")
    files = "\n".join(f"📎 {each.name or each.kind}: {each.ref}" for each in out.media)
    more = "\n\n".join(filter(None, [files, _sources(out.citations)]))
    parts = [part for part in text.split(said, caps.max_text) if part.strip()] or [""]
    parts[-1] = "\n\n".join(filter(None, [parts[-1], more]))
    return [_part(out, part, number, names, shop) for number, part in enumerate(parts, 1)]


def _sources(citations: Sequence[Citation]) -> str:
    return "\n".join(f"{each.title}: {each.url}" for each in citations)


def _part(out: Outbound, said: str, number: int, names: Names, shop: str) -> Part:
    thread = out.thread or out.to
    payload: dict[str, Any] = {
        "message_id": names.message(out.id, number, thread), "reply_to": names.reply_to(thread),
        "subject": subject(out, shop), "answers": out.context.get("answers", ""),
        "references": out.context.get("references", ""), "text": said, "html": as_html(said, out.language),
        "language": out.language, "automatic": out.actor != "human", "reference": f"{out.id}.{number}",
    }  # fmt: skip
    return Part(to=out.to, payload=payload)


def subject(out: Outbound, shop: str) -> str:
    """Return the subject of an answer, or of a mail that begins; where there is none, one that names the shop."""
    told = " ".join(out.context.get("subject", "").split())
    if told and not out.context.get("answers"):
        return told
    return f"Re: {told}" if told else SUBJECTS.get(out.language, SUBJECTS["en"]).format(shop=shop)


def as_html(said: str, language: str) -> str:
    """Return the text as HTML: paragraphs, lines and links, nothing that a mail program would have to guess."""
    paragraphs = re.split(r"\n\s*\n", said.strip())
    shown = "\n".join(f"<p>{_linked(each)}</p>" for each in paragraphs)
    return f'<!doctype html>\n<html lang="{html.escape(language)}"><body>\n{shown}\n</body></html>\n'


def _linked(paragraph: str) -> str:
    shown, end = [], 0
    for match in LINK.finditer(paragraph):
        address = html.escape(match.group())
        shown += [html.escape(paragraph[end : match.start()], quote=False), f'<a href="{address}">{address}</a>']
        end = match.end()
    shown.append(html.escape(paragraph[end:], quote=False))
    return "".join(shown).replace("\n", "<br>\n")
