"""Meta's webhooks for what a Messenger or Instagram phone did, and for what became of our messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from bot.sandbox.models import Phone
from bot.sandbox.saying import Kept, Said
from channels.messenger import sandbox
from channels.messenger.platforms import MESSENGER, Platform

ACCOUNTS = {"messenger": sandbox.PAGE_ID, "instagram": sandbox.INSTAGRAM_ID}
TYPES = {"image": "image", "audio": "audio", "video": "video", "document": "file"}
PUERTA_DEL_SOL = "https://maps.example/?q=40.416775,-3.703790"


def webhook_for(kept: Kept, said: Said, platform: Platform) -> dict[str, Any]:
    """The webhook that Meta would post for this message or press of a quick reply."""
    message: dict[str, Any] = {"mid": f"m_{kept.message.provider_id}"}
    if kept.choice:
        message |= {"text": kept.choice["label"], "quick_reply": {"payload": kept.choice["id"]}}
    elif said.text:
        message["text"] = said.text.encode("utf-8", "replace").decode()
    if said.attachment:
        message["attachments"] = [_attached(kept, said)]
    return _hook(platform, kept.phone, kept.message.created_at, message=message)


def _attached(kept: Kept, said: Said) -> dict[str, Any]:
    assert said.attachment
    if kept.file is None:
        # Neither of the two sends places or cards; what people share instead is a link.
        return {"type": "fallback", "payload": {"url": PUERTA_DEL_SOL, "title": "Puerta del Sol"}}
    url = f"{settings.PUBLIC_BASE_URL}/sandbox/provider/files/{kept.file.key}"
    return {"type": TYPES.get(said.attachment.kind, "file"), "payload": {"url": url}}


def delivered(platform: Platform, phone: Phone, mid: str) -> dict[str, Any]:
    """Messenger's report that a message reached the phone."""
    now = timezone.now()
    return _hook(platform, phone, now, delivery={"mids": [mid], "watermark": _milliseconds(now)})


def read(platform: Platform, phone: Phone, mid: str) -> dict[str, Any]:
    """The report that a message was read: Messenger gives a time, Instagram the message."""
    now = timezone.now()
    told = {"watermark": _milliseconds(now)} if platform is MESSENGER else {"mid": mid}
    return _hook(platform, phone, now, read=told)


def _hook(platform: Platform, phone: Phone, at: datetime, **event: Any) -> dict[str, Any]:
    account, when = ACCOUNTS[platform.name], _milliseconds(at)
    whose = {"sender": {"id": phone.identity}, "recipient": {"id": account}, "timestamp": when}
    return {"object": platform.object, "entry": [{"id": account, "time": when, "messaging": [{**whose, **event}]}]}


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
