"""Meta's webhooks, read into `Inbound`. A webhook is a batch: entries, and in each of them events.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/webhook-events
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from channels.base import EXTERNAL_ID_LENGTH, Inbound, MediaKind, MediaRef
from channels.messenger.platforms import Platform
from channels.text import clean

log = logging.getLogger(__name__)

Event = Mapping[str, Any]
MEDIA: Mapping[str, MediaKind] = {"image": "image", "video": "video", "audio": "audio", "file": "document"}
REELS = ("reel", "ig_reel", "ig_post", "post", "share", "fallback", "template")
# The thumb that stands beside Messenger's input field, in its three sizes.
THUMBS = frozenset({369239263222822, 369239343222814, 369239383222810})
UNSUPPORTED = "unsupported"
# The reference that `send` puts into a message's metadata.
OWN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.[0-9]{1,4}")


def read_batch(data: Event, platform: Platform, account: str, now: datetime) -> list[Inbound]:
    """Return the events of a webhook in the order in which they happened; what is not understood is left out.

    What the Page itself said (echoes) is no message, nor is what Meta shows us while another app answers (standby).
    """
    if data.get("object") != platform.object:
        log.warning("A webhook for %s came to the %s channel.", str(data.get("object"))[:20], platform.name)
        return []
    found: list[Inbound] = []
    for event in _events(data):
        try:
            found += _read(event, platform, account, now)
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
            kinds = ", ".join(str(key)[:30] for key in event if key not in ("sender", "recipient", "timestamp"))
            log.warning(
                "A %s event (%s) of an unknown shape was left aside: %s.", platform.name, kinds, type(error).__name__
            )
    return sorted(found, key=lambda event: event.occurred_at)


def _events(data: Event) -> Iterator[Event]:
    for entry in _list(data.get("entry")):
        if isinstance(entry, dict):
            yield from (event for event in _list(entry.get("messaging")) if isinstance(event, dict))


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _read(event: Event, platform: Platform, account: str, now: datetime) -> list[Inbound]:
    echo = isinstance(event.get("message"), dict) and event["message"].get("is_echo")
    sender = event["recipient" if echo else "sender"]["id"]
    if not isinstance(sender, str) or not 0 < len(sender) <= EXTERNAL_ID_LENGTH or sender == account:
        return []
    base = {
        "channel": platform.name, "account": account, "external_id": clean(sender),
        "occurred_at": _time(event.get("timestamp"), now), "raw": dict(event),
    }  # fmt: skip
    if echo:
        return _echo(event["message"], base)
    if "message" in event:
        return _message(event["message"], base)
    if "message_edit" in event:
        return _edited(event["message_edit"], base)
    if "postback" in event:
        return _postback(event["postback"], base)
    if "referral" in event:
        return _referral(event["referral"], base)
    if "delivery" in event:
        return _delivered(event["delivery"], base)
    return _seen(event["read"], base) if "read" in event else []


def _time(milliseconds: Any, now: datetime) -> datetime:
    if not isinstance(milliseconds, int) or isinstance(milliseconds, bool) or not 0 < milliseconds < 10**14:
        return now
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def _message(message: Event, base: Mapping[str, Any]) -> list[Inbound]:
    if message.get("is_deleted"):
        return []
    mid, pressed = _name(message["mid"]), message.get("quick_reply")
    attachments, words = _attachments(message)
    if message.get("is_unsupported"):
        attachments = (MediaRef(kind="document", ref=UNSUPPORTED, name=UNSUPPORTED),)
    text = "\n".join(filter(None, [_words(message.get("text")), *words]))
    action = str(pressed["payload"]) if isinstance(pressed, dict) else _start(message.get("referral"))
    if not (text or attachments or action):
        return []
    replied = message.get("reply_to")
    return [
        Inbound(
            **base, event_id=mid, provider_id=mid, kind="callback" if pressed else "message", text=text, action=action,
            attachments=attachments,
            reply_to=_name(replied["mid"]) if isinstance(replied, dict) and replied.get("mid") else None,
        )
    ]  # fmt: skip


def _echo(message: Event, base: Mapping[str, Any]) -> list[Inbound]:
    """Read what went out: our own message proves that a call whose answer never came did arrive, others are nothing."""
    reference = _words(message.get("metadata"))
    if not OWN.fullmatch(reference):
        return []
    mid = _name(message["mid"])
    return [
        Inbound(
            **base, event_id=f"echo:{mid}"[:200], kind="status", provider_id=mid, status="sent", reference=reference
        )
    ]


def _name(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise ValueError("not a message's name")
    return clean(value)


def _words(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""


def _attachments(message: Event) -> tuple[tuple[MediaRef, ...], list[str]]:
    """Return files, and words for what is none: a shared link, or the thumb that people send as "yes"."""
    files: list[MediaRef] = []
    words: list[str] = []
    stickers: set[str] = set()
    for item in _list(message.get("attachments")):
        kind, payload = item["type"], item.get("payload") or {}
        url, sticker = payload.get("url"), payload.get("sticker_id")
        if kind == "sticker" or sticker:
            # While Meta moves from one form to the other, the same sticker comes as a sticker and as an image.
            if str(sticker) in stickers:
                continue
            stickers.add(str(sticker))
            if sticker in THUMBS:
                words.append("👍")
            elif isinstance(url, str):
                files.append(MediaRef(kind="sticker", ref=url, mime="image/png"))
        elif kind in MEDIA and isinstance(url, str):
            files.append(MediaRef(kind=MEDIA[kind], ref=url, name=_words(payload.get("title"))[:200]))
        elif kind in REELS:
            link = url if isinstance(url, str) else item.get("url")
            words += [_words(link)] if _words(link) not in _words(message.get("text")) else []
        elif kind != "story_mention":  # somebody names the shop in public: nothing that waits for an answer
            files.append(MediaRef(kind="document", ref=UNSUPPORTED, name=UNSUPPORTED))
    return tuple(files), [word for word in words if word]


def _start(referral: Any) -> str | None:
    """Return the token of a link m.me/<page>?ref=X or ig.me/m/<name>?ref=X that led here."""
    ref = referral.get("ref") if isinstance(referral, dict) else None
    return f"start:{clean(ref)[:64]}" if isinstance(ref, str) and ref else None


def _edited(edit: Event, base: Mapping[str, Any]) -> list[Inbound]:
    mid = _name(edit["mid"])
    event_id = f"edit:{mid[:180]}:{edit.get('num_edit') or 0}"[:200]
    return [Inbound(**base, event_id=event_id, provider_id=mid, kind="edited", text=_words(edit.get("text")))]


def _postback(postback: Event, base: Mapping[str, Any]) -> list[Inbound]:
    """Read a press on "Get started", an opening question or the menu: its title is what the customer says.

    Our own questions go out as quick replies, so a postback's payload never names one of our choices.
    """
    when = int(base["occurred_at"].timestamp() * 1000)
    mid = _name(postback.get("mid") or f"postback:{base['external_id']}:{when}")
    text, start = _words(postback.get("title")), _start(postback.get("referral"))
    return [Inbound(**base, event_id=mid, provider_id=mid, kind="message", text=text, action=start)] if text else []


def _referral(referral: Event, base: Mapping[str, Any]) -> list[Inbound]:
    start = _start(referral)
    when = int(base["occurred_at"].timestamp() * 1000)
    event_id = f"referral:{base['external_id']}:{when}"[:200]
    return [Inbound(**base, event_id=event_id, kind="message", action=start)] if start else []


def _delivered(delivery: Event, base: Mapping[str, Any]) -> list[Inbound]:
    names = [_name(mid) for mid in _list(delivery.get("mids"))]
    if not names:
        return _watermark(delivery, base, "delivered")
    return [
        Inbound(**base, event_id=f"delivered:{mid}"[:200], kind="status", provider_id=mid, status="delivered")
        for mid in names
    ]


def _seen(read: Event, base: Mapping[str, Any]) -> list[Inbound]:
    """Read a receipt: Instagram names the message, Messenger the time until which everything was read."""
    if not read.get("mid"):
        return _watermark(read, base, "read")
    mid = _name(read["mid"])
    return [Inbound(**base, event_id=f"read:{mid}"[:200], kind="status", provider_id=mid, status="read")]


def _watermark(receipt: Event, base: Mapping[str, Any], status: Literal["delivered", "read"]) -> list[Inbound]:
    until = _time(receipt["watermark"], base["occurred_at"])
    event_id = f"{status}:{base['external_id']}:{int(until.timestamp() * 1000)}"[:200]
    return [Inbound(**{**base, "occurred_at": until}, event_id=event_id, kind="status", status=status)]
