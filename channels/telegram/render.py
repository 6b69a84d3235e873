"""From an `Outbound` to Bot API calls: split, escape, attach a keyboard, append sources. Pure."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import Any

from channels import text
from channels.base import Capabilities, ChannelError, Choice, Citation, MediaRef, Outbound, Part

TEXT = 4096
BUTTONS = 100
LABEL = 60
DATA_BYTES = 64
# Only the customer's own card proves a phone; the button sends that one.
SHARE = {"es": "📱 Enviar mi número", "en": "📱 Send my number"}
METHODS = {"image": "photo", "audio": "audio", "video": "video", "document": "document", "sticker": "document"}


def render(out: Outbound, caps: Capabilities) -> list[Part]:
    """Return the calls that say `out`: texts, then files, then the question with its buttons."""
    said, sources = out.text, _sources(out.citations)
    buttons = _keyboard(out.choices)
    if out.choices and not buttons:
        said = text.numbered(said, out.choices, out.language)
    texts = _texts(said, *sources)
    if out.choices and not texts:
        raise ChannelError("bad_content", "Choices need a question to stand under.", code="empty")
    files = [_media(ref, caps) for ref in out.media]
    payloads = [*texts[:-1], *files, {**texts[-1], "buttons": buttons}] if buttons else [*texts, *files]
    if not payloads:
        raise ChannelError("bad_content", "A message needs text or a file.", code="empty")
    if out.asks == "phone" and not out.choices and "plain" in payloads[-1]:
        payloads[-1]["contact"] = SHARE.get(out.language, SHARE["en"])
    if out.reply_to and payloads:
        payloads[0]["reply_to"] = out.reply_to
    return [
        Part(to=out.to, payload={**payload, "reference": f"{out.id}.{number}"})
        for number, payload in enumerate(payloads, 1)
    ]


def _texts(said: str, formatted: str, plain: str) -> list[dict[str, Any]]:
    """Split before escaping, because Telegram counts what is shown, and keep each part's plain text beside it."""
    parts = [part for part in text.split(said, TEXT, "utf16") if part.strip()]
    texts: list[dict[str, Any]] = [
        {"kind": "text", "html": html.escape(part, quote=False), "plain": part} for part in parts
    ]
    if not plain:
        return texts
    if texts and text.measure(texts[-1]["plain"] + plain, "utf16") + 2 <= TEXT:
        texts[-1]["html"] += "\n\n" + formatted
        texts[-1]["plain"] += "\n\n" + plain
    elif text.measure(plain, "utf16") <= TEXT:
        texts.append({"kind": "text", "html": formatted, "plain": plain})
    else:
        texts += [
            {"kind": "text", "html": html.escape(each, quote=False), "plain": each} for each in text.split(plain, TEXT)
        ]
    return texts


def _sources(citations: Sequence[Citation]) -> tuple[str, str]:
    formatted = [
        f'📄 <a href="{html.escape(each.url)}">{html.escape(each.title, quote=False)}</a>' for each in citations
    ]
    return "\n".join(formatted), "\n".join(f"📄 {each.title}: {each.url}" for each in citations)


def _keyboard(choices: Sequence[Choice]) -> list[dict[str, str]]:
    """Return a button a row, or nothing where the keyboard cannot hold the choices and they become a numbered list."""
    whole = all(
        each.label.strip() and text.measure(each.label, "utf16") <= LABEL and 0 < len(each.id.encode()) <= DATA_BYTES
        for each in choices
    )
    if not whole or len(choices) > BUTTONS:
        return []
    return [{"label": each.label, "data": each.id} for each in choices]


def _media(ref: MediaRef, caps: Capabilities) -> dict[str, Any]:
    if (ref.size or 0) > caps.media_out.get(ref.kind, 0):
        line = f"📎 {ref.name or ref.kind}: {ref.ref}"
        return {"kind": "text", "html": html.escape(line, quote=False), "plain": line}
    return {"kind": "media", "method": METHODS[ref.kind], "file": ref.ref}
