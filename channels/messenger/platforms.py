"""Messenger and Instagram: one API and one kind of webhook, with different names and limits.

https://developers.facebook.com/documentation/business-messaging/messenger-platform
https://developers.facebook.com/documentation/business-messaging/instagram-messaging
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from channels.base import Capabilities, MediaKind

MEGABYTE = 1_000_000
MEDIA_OUT: Mapping[MediaKind, int] = {
    "image": 8 * MEGABYTE,
    "audio": 25 * MEGABYTE,
    "video": 25 * MEGABYTE,
    "document": 25 * MEGABYTE,
}
QUICK_REPLIES, QUICK_LABEL, QUICK_PAYLOAD = 13, 20, 1000
# A customer's message opens 24 hours; a person's own answer may go with the HUMAN_AGENT tag for 7 days.
WINDOW, AGENT_WINDOW = timedelta(hours=24), timedelta(days=7)


@dataclass(frozen=True)
class Platform:
    """`object` is what Meta's webhooks call it."""

    name: str
    title: str
    object: str
    caps: Capabilities


MESSENGER = Platform(
    name="messenger",
    title="Messenger",
    object="page",
    caps=Capabilities(
        max_text=2000,
        text_unit="utf16",
        buttons=QUICK_REPLIES,
        button_label=QUICK_LABEL,
        button_data_bytes=QUICK_PAYLOAD,
        media_in=frozenset({"image", "audio", "video", "document", "sticker"}),
        media_out=MEDIA_OUT,
        typing_out=True,
        typing_ttl=20,
        receipts="read",
        mark_read=True,
        reply_window=WINDOW,
        agent_window=AGENT_WINDOW,
        reply_to=True,
        # Meta allows 300 texts a second; a chat has no published limit.
        rate_global=200.0,
        rate_per_chat=5.0,
    ),
)

INSTAGRAM = Platform(
    name="instagram",
    title="Instagram",
    object="instagram",
    caps=Capabilities(
        max_text=1000,
        text_unit="byte",
        buttons=QUICK_REPLIES,
        button_label=QUICK_LABEL,
        button_data_bytes=QUICK_PAYLOAD,
        media_in=frozenset({"image", "audio", "video", "document"}),
        media_out=MEDIA_OUT,
        typing_out=True,
        typing_ttl=20,
        receipts="read",
        mark_read=True,
        reply_window=WINDOW,
        agent_window=AGENT_WINDOW,
        reply_to=True,
        rate_global=200.0,
        rate_per_chat=5.0,
    ),
)
