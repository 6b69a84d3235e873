"""Content resources of the stand-in for Twilio: kept, checked and filled in. https://www.twilio.com/docs/content"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.models import ProviderContent, new_sid
from bot.sandbox.provider.refusals import Refused

BODY = 1024
LIMITS = {"twilio/quick-reply": (10, "actions", "title", 20), "twilio/list-picker": (10, "items", "item", 24)}
VARIABLE = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True)
class Shown:
    """What the phone shows of a message. `template` is set for what may be sent outside the 24 hours."""

    text: str = ""
    choices: list[dict[str, str]] = field(default_factory=list)
    list_button: str = ""
    template: bool = False


def problem(body: Any) -> str:
    """What is wrong with a Content that is to be created; empty when nothing is."""
    types = body.get("types") if isinstance(body, dict) else None
    if not isinstance(types, dict) or not types or not all(isinstance(each, dict) for each in types.values()):
        return "types"
    if not isinstance(body.get("language"), str) or not isinstance(body.get("variables") or {}, dict):
        return "language or variables"
    for kind, content in types.items():
        if not kind.startswith(("twilio/", "whatsapp/")) or not isinstance(content.get("body", ""), str):
            return str(kind)
        if kind in LIMITS:
            most, entries = LIMITS[kind][0], content.get(LIMITS[kind][1])
            if not isinstance(entries, list) or not 1 <= len(entries) <= most:
                return f"{kind}: 1 to {most} {LIMITS[kind][1]}"
    return ""


def create(body: Mapping[str, Any]) -> ProviderContent:
    return ProviderContent.objects.create(
        sid=new_sid("HX"),
        friendly_name=str(body.get("friendly_name") or "")[:200],
        language=body["language"][:16],
        variables=body.get("variables") or {},
        types=body["types"],
    )


def resource(content: ProviderContent) -> dict[str, Any]:
    created = content.created_at.isoformat()
    return {
        "sid": content.sid, "friendly_name": content.friendly_name, "language": content.language,
        "variables": content.variables, "types": content.types, "date_created": created, "date_updated": created,
        "url": f"https://content.twilio.com/v1/Content/{content.sid}", "links": {},
    }  # fmt: skip


def render(form: Mapping[str, str]) -> Shown:
    """Fill a Content with the message's variables; raises `Refused` with Twilio's codes."""
    content = ProviderContent.objects.filter(sid=form["ContentSid"]).first()
    if content is None:
        raise Refused(20404, "The requested resource was not found", 404)
    try:
        variables = json.loads(form.get("ContentVariables") or "{}")
        assert isinstance(variables, dict)
    except (ValueError, AssertionError):
        raise Refused(21656, "The ContentVariables Parameter is invalid.") from None
    if any(not isinstance(value, str) or not value.strip() for value in variables.values()):
        raise Refused(21656, "The ContentVariables Parameter is invalid.")
    kind, body = next(iter(content.types.items()))
    values = {**content.variables, **variables}
    text = _fill(body.get("body", ""), values)
    if _length(text) > BODY:
        raise Refused(21656, f"The Content body exceeds {BODY} characters once its variables are filled in.")
    if kind not in LIMITS:
        return Shown(text=text, template=True)
    choices = [_choice(kind, entry, values) for entry in body[LIMITS[kind][1]]]
    if kind == "twilio/quick-reply" and len(choices) > 3:
        raise Refused(63021, "More than three buttons need an approved template.")
    for choice in choices:
        if _length(choice["label"]) > LIMITS[kind][3] or _length(choice.get("description", "")) > 72:
            raise Refused(63021, "A button or a list entry is too long.")
    return Shown(text=text, choices=choices, list_button=_fill(body.get("button", ""), values))


def _choice(kind: str, entry: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    choice = {"id": _fill(entry.get("id", ""), values), "label": _fill(entry[LIMITS[kind][2]], values)}
    if entry.get("description"):
        choice["description"] = _fill(entry["description"], values)
    return choice


def _fill(text: str, values: Mapping[str, str]) -> str:
    return VARIABLE.sub(lambda match: str(values.get(match[1], match[0])), text)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
