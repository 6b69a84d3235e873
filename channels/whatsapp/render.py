"""From an `Outbound` to Twilio calls: split, offer choices, append sources. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from channels import text
from channels.base import Capabilities, ChannelError, Choice, Citation, MediaRef, Outbound, Part

BODY = 1600
CONTENT_BODY = 1024
QUICK_REPLIES, QUICK_LABEL = 3, 20
LIST_ITEMS, LIST_LABEL, LIST_DESCRIPTION = 10, 24, 72
ID_BYTES = 200
LIST_BUTTON = {"es": "Ver opciones", "en": "See options"}
SHORTEST_BODY = 200


def render(out: Outbound, window_open: bool, caps: Capabilities) -> list[Part]:
    """Return the calls that say `out`; raises `ChannelError` when the window is closed and no template is given."""
    if not window_open:
        if out.template is None:
            raise ChannelError(
                "window",
                "The customer wrote more than 24 hours ago, and WhatsApp now takes only an approved template.",
                code="window_closed",
            )
        return _number(out, [_template(out)])
    said = _with_sources(out.text, out.citations)
    files = [_media(ref, caps) for ref in out.media]
    payloads = _with_choices(said, files, out) if out.choices else [*_texts(said, BODY), *files]
    if not payloads and out.template:
        payloads = [_template(out)]
    if not payloads:
        raise ChannelError("bad_content", "A message needs text or a file.", code="empty")
    return _number(out, payloads)


def _number(out: Outbound, payloads: Sequence[Mapping[str, Any]]) -> list[Part]:
    return [
        Part(to=out.to, payload={**payload, "reference": f"{out.id}.{number}"})
        for number, payload in enumerate(payloads, 1)
    ]


def _template(out: Outbound) -> dict[str, Any]:
    template = out.template
    assert template is not None
    variables = dict(template.variables)
    return {"kind": "template", "name": template.name, "language": template.language, "variables": variables}


def _with_sources(said: str, citations: Sequence[Citation]) -> str:
    lines = [f"📄 {each.title}: {each.url}" for each in citations]
    return "\n\n".join(filter(None, [said, "\n".join(lines)]))


def _texts(said: str, limit: int) -> list[dict[str, Any]]:
    return [{"kind": "text", "body": part} for part in text.split(said, limit, "utf16") if part.strip()]


def _with_choices(said: str, files: Sequence[dict[str, Any]], out: Outbound) -> list[dict[str, Any]]:
    """Return the parts for a question: the last has buttons or a list, and carries the same as numbered text.

    The numbered text goes out when Twilio refuses to make the buttons, so it has to fit into one message as well.
    """
    if not said.strip():
        raise ChannelError("bad_content", "Choices need a question to stand under.", code="empty")
    kind = _shape(out.choices)
    room = min(CONTENT_BODY, BODY - text.measure(text.numbered("", out.choices, out.language), "utf16"))
    if kind is None or room < SHORTEST_BODY:
        return [*files, *_texts(text.numbered(said, out.choices, out.language), BODY)]
    *before, last = _texts(said, BODY)
    *more, last = _texts(last["body"], room)
    described = kind == "list-picker" and any(_length(each.label) > LIST_LABEL for each in out.choices)
    question = {
        "kind": "choices", "shape": kind, "count": len(out.choices), "described": described,
        "variables": _variables(kind, last["body"], out, described),
        "fallback": text.numbered(last["body"], out.choices, out.language),
    }  # fmt: skip
    return [*before, *more, *files, question]


def _shape(choices: Sequence[Choice]) -> str | None:
    labels = [each.label for each in choices]
    if any(len(each.id.encode()) > ID_BYTES or not each.label.strip() for each in choices):
        return None
    if len(choices) <= QUICK_REPLIES and _distinct(labels, QUICK_LABEL) and max(map(_length, labels)) <= QUICK_LABEL:
        return "quick-reply"
    if len(choices) <= LIST_ITEMS and _distinct(labels, LIST_LABEL) and max(map(_length, labels)) <= LIST_DESCRIPTION:
        return "list-picker"
    return None


def _length(label: str) -> int:
    return text.measure(label, "utf16")


def _distinct(labels: Sequence[str], limit: int) -> bool:
    return len({text.shorten(label, limit, "utf16") for label in labels}) == len(labels)


def _variables(kind: str, body: str, out: Outbound, described: bool) -> dict[str, str]:
    # WhatsApp refuses a value with more than four spaces in a row (error 63013).
    values = {"body": re.sub(r"[ \t]{4,}", "   ", body.strip())}
    if kind == "list-picker":
        values["button"] = LIST_BUTTON.get(out.language, LIST_BUTTON["en"])
    limit = QUICK_LABEL if kind == "quick-reply" else LIST_LABEL
    for number, choice in enumerate(out.choices, 1):
        values |= {f"t{number}": text.shorten(choice.label, limit, "utf16"), f"i{number}": choice.id}
        if described:
            values[f"d{number}"] = choice.label
    return values


def _media(ref: MediaRef, caps: Capabilities) -> dict[str, Any]:
    if not ref.ref.startswith(("https://", "http://")):
        raise ChannelError("bad_content", "WhatsApp takes a file by a public https address.", code="media_address")
    if (ref.size or 0) > caps.media_out.get(ref.kind, 0):
        return {"kind": "text", "body": f"📎 {ref.name or ref.kind}: {ref.ref}"}
    return {"kind": "media", "url": ref.ref}
