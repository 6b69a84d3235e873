"""From an `Outbound` to Send API calls: split, offer quick replies, append sources. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from channels import text
from channels.base import Capabilities, ChannelError, Choice, MediaRef, Outbound, Part
from channels.messenger.platforms import QUICK_LABEL, QUICK_PAYLOAD, QUICK_REPLIES

TYPES = {"image": "image", "audio": "audio", "video": "video", "document": "file", "sticker": "image"}


def render(out: Outbound, window_open: bool, caps: Capabilities) -> list[Part]:
    """Return the calls that say `out`; raises `ChannelError` when the window is closed, for people after 7 days."""
    if not window_open and not (out.late and out.actor == "human"):
        raise ChannelError(
            "window",
            "The customer wrote more than 24 hours ago, and Meta now takes only a person's own answer, for 7 days.",
            code="window_closed",
        )
    sources = "\n".join(f"📄 {each.title}: {each.url}" for each in out.citations)
    quick = _quick_replies(out.choices)
    said = text.numbered(out.text, out.choices, out.language) if out.choices and not quick else out.text
    texts = _texts("\n\n".join(filter(None, [said, sources])), caps)
    if out.choices and not out.text.strip():
        raise ChannelError("bad_content", "Choices need a question to stand under.", code="empty")
    files = [_media(ref, caps) for ref in out.media]
    # Quick replies vanish when anything follows them, so the question goes last.
    messages = [*texts[:-1], *files, {**texts[-1], "quick_replies": quick}] if quick else [*texts, *files]
    if not messages:
        raise ChannelError("bad_content", "A message needs text or a file.", code="empty")
    return [_part(out, message, number, window_open) for number, message in enumerate(messages, 1)]


def _part(out: Outbound, message: Mapping[str, Any], number: int, window_open: bool) -> Part:
    kind = {"messaging_type": "RESPONSE"} if window_open else {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    reply = {"reply_to": {"mid": out.reply_to}} if out.reply_to and number == 1 else {}
    return Part(to=out.to, payload={**kind, **reply, "message": message, "reference": f"{out.id}.{number}"})


def _texts(said: str, caps: Capabilities) -> list[dict[str, Any]]:
    return [{"text": part} for part in text.split(said, caps.max_text, caps.text_unit) if part.strip()]


def _quick_replies(choices: Sequence[Choice]) -> list[dict[str, str]]:
    """Return a quick reply a choice, or nothing where they do not fit and the choices become a numbered list."""
    labels = [each.label for each in choices]
    fits = all(label.strip() and text.measure(label, "utf16") <= QUICK_LABEL for label in labels)
    short = all(0 < len(each.id.encode()) <= QUICK_PAYLOAD for each in choices)
    if not fits or not short or len(choices) > QUICK_REPLIES or len(set(labels)) != len(labels):
        return []
    return [{"content_type": "text", "title": each.label, "payload": each.id} for each in choices]


def _media(ref: MediaRef, caps: Capabilities) -> dict[str, Any]:
    if not ref.ref.startswith(("https://", "http://")):
        raise ChannelError("bad_content", "Meta takes a file by a public https address.", code="media_address")
    if (ref.size or 0) > caps.media_out.get(ref.kind, 0):
        return {"text": f"📎 {ref.name or ref.kind}: {ref.ref}"}
    return {"attachment": {"type": TYPES[ref.kind], "payload": {"url": ref.ref, "is_reusable": False}}}
