"""A conversation's lines as an agent sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import pgettext

from bot.conversations.models import Conversation, Delivery, Message
from bot.desk.access import display_name
from bot.desk.labels import DELIVERIES, DELIVERY_ERRORS, word

PAGE = 200
CAN_REPEAT = ("failed", "uncertain")


@dataclass(frozen=True)
class Sent:
    """What became of a line on its way to the customer."""

    id: int
    state: str
    label: str
    error: str

    @property
    def can_repeat(self) -> bool:
        return self.state in CAN_REPEAT


@dataclass(frozen=True)
class Line:
    seq: int
    channel: str
    author: str
    name: str
    text: str
    note: bool
    at: datetime
    citations: tuple[dict[str, Any], ...]
    attachments: tuple[dict[str, Any], ...]
    choices: tuple[str, ...]
    sent: Sent | None

    @property
    def is_today(self) -> bool:
        """Whether it was said today, in the time zone that is active."""
        return timezone.localdate(self.at) == timezone.localdate()


def lines(conversation: Conversation, after: int = 0, limit: int = PAGE) -> list[Line]:
    """The newest `limit` lines with a number above `after`, oldest first."""
    newest = (
        conversation.messages.filter(seq__gt=after)
        .select_related("agent", "delivery", "identity")
        .order_by("-seq")[:limit]
    )
    return [line_of(message) for message in reversed(newest)]


def before(conversation: Conversation, seq: int, limit: int = PAGE) -> list[Line]:
    """The `limit` lines before line `seq`, oldest first."""
    older = (
        conversation.messages.filter(seq__lt=seq)
        .select_related("agent", "delivery", "identity")
        .order_by("-seq")[:limit]
    )
    return [line_of(message) for message in reversed(older)]


def named(conversation: Conversation, seqs: Sequence[int]) -> list[Line]:
    return [line_of(message) for message in _of(conversation).filter(seq__in=seqs).order_by("seq")]


def earliest(conversation: Conversation, shown: Sequence[Line]) -> int:
    """The number of the first line shown where there are lines before it, else 0."""
    return shown[0].seq if shown and conversation.messages.filter(seq__lt=shown[0].seq).exists() else 0


def _of(conversation: Conversation) -> QuerySet[Message]:
    return conversation.messages.select_related("agent", "delivery", "identity")


def line_of(message: Message) -> Line:
    return Line(
        seq=message.seq,
        channel=message.identity.channel,
        author=message.author,
        name=_name(message),
        text=message.text,
        note=message.note,
        at=message.created_at,
        citations=tuple({**citation, "url": safe_url(citation.get("url", ""))} for citation in message.citations),
        attachments=tuple(attachments(message.attachments)),
        choices=tuple(str(choice.get("label", "")) for choice in message.choices),
        sent=_sent(message),
    )


def _name(message: Message) -> str:
    if message.author == Message.Author.AGENT:
        return display_name(message.agent) if message.agent else pgettext("desk", "Agent")
    return {
        "customer": pgettext("desk", "Customer"),
        "bot": pgettext("desk", "Bot"),
        "system": pgettext("desk", "System"),
    }[message.author]


def _sent(message: Message) -> Sent | None:
    delivery: Delivery | None = getattr(message, "delivery", None)
    if delivery is None:
        return None
    error = word(DELIVERY_ERRORS, delivery.error_kind) if delivery.error_kind else ""
    if delivery.error_code:
        error = f"{error} ({delivery.error_code})" if error else delivery.error_code
    return Sent(delivery.pk, delivery.state, word(DELIVERIES, delivery.state), error)


def attachments(items: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """What can be shown of the files that came with a line; `url` is empty for one that was not kept."""
    for item in items:
        kept = item.get("id") and item.get("state") == "kept"
        yield {
            **{name: str(item.get(name, "")) for name in ("id", "kind", "name", "state", "problem", "transcript")},
            **{name: item.get(name) for name in ("size", "width", "height")},
            "url": reverse("desk-media", args=[item["id"]]) if kept else safe_url(str(item.get("url", ""))),
        }


def safe_url(url: str) -> str:
    """The address if a browser may follow it, else nothing: `javascript:` and the like never become links."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and parts.netloc:
        return url
    return url if not parts.scheme and not parts.netloc and url.startswith("/") and not url.startswith("//") else ""
