"""Codes, times and sizes in words, for the desk's templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import get_language, pgettext

from bot.desk import labels

register = template.Library()

GROUPS: dict[str, labels.Words] = {
    "reason": labels.REASONS,
    "channel": labels.CHANNELS,
    "state": labels.STATES,
    "kind": labels.KINDS,
    "decision": labels.DECISIONS,
    "file": labels.FILES,
}


@register.filter
def label(code: str, group: str) -> str:
    """{{ code|label:"reason" }}"""
    return labels.word(GROUPS[group], code)


@register.filter
def priority(number: int) -> str:
    return str(labels.PRIORITIES.get(number, ""))


@register.filter
def ago(moment: datetime) -> str:
    """How long since, in the largest whole unit: the page's script goes on counting in the same way."""
    minutes = int((timezone.now() - moment).total_seconds() // 60)
    if minutes < 1:
        return "<1 min"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 60 * 48 else f"{minutes // 1440} d"


@register.filter
def size(count: Any) -> str:
    """Bytes, readable; nothing where the channel did not tell."""
    return filesizeformat(count) if isinstance(count, int) else ""


@register.filter
def media(kind: str) -> str:
    names = {
        "image": pgettext("desk", "image"),
        "audio": pgettext("desk", "audio"),
        "video": pgettext("desk", "video"),
        "document": pgettext("desk", "document"),
        "sticker": pgettext("desk", "sticker"),
    }
    return names.get(kind, pgettext("desk", "file"))


@register.filter
def percent(share: float) -> str:
    """A share from 0 to 1 as "87 %", as the page's language writes it."""
    return f"{round(100 * share)}%" if (get_language() or "").startswith("en") else f"{round(100 * share)} %"


@register.filter
def lookup(table: dict[str, Any], key: str) -> Any:
    """{{ table|lookup:key }}"""
    return table.get(key)


@register.filter
def euros(amount: Any) -> str:
    """An amount as the page's language writes it."""
    plain = f"{amount:.2f}"
    return f"€{plain}" if (get_language() or "").startswith("en") else plain.replace(".", ",") + " €"


@register.filter
def translatable(line: Any) -> bool:
    """Whether a line can be shown in the agent's language: only where a chat model is configured."""
    return bool(settings.CHAT_MODEL) and line.author == "customer" and bool(line.text)
