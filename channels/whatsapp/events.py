"""Twilio's webhook forms, read into `Inbound`. Field names: https://www.twilio.com/docs/messaging/guides/webhook-request"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from channels.base import Alias, DeliveryState, Geo, Inbound, MediaKind, MediaRef
from channels.consent import consent
from channels.text import clean
from channels.whatsapp.errors import kind_of

PREFIX = "whatsapp:"
PHONE = re.compile(r"\+\d{5,15}")
MEDIA_AT_MOST = 10

# Twilio's states in ours; one that is not here (scheduled, partially_delivered) says nothing new about a delivery.
STATES: Mapping[str, DeliveryState] = {
    "queued": "accepted", "accepted": "accepted", "sending": "accepted", "sent": "sent", "delivered": "delivered",
    "read": "read", "failed": "failed", "undelivered": "failed", "canceled": "failed",
}  # fmt: skip
RECEIVED = {"", "received", "receiving"}


def bare(address: str) -> str:
    return address.removeprefix(PREFIX).strip()


def read_event(
    form: Mapping[str, str], query: Mapping[str, str], channel: str, account: str, now: datetime
) -> Inbound | None:
    """Return what `form` tells, or None for a kind that is not known. Twilio sends no time, so it is `now`."""
    sid = form.get("MessageSid") or form.get("SmsSid") or ""
    state = (form.get("MessageStatus") or form.get("SmsStatus") or "").lower()
    if not sid or len(sid) > 64:
        return None
    if state not in RECEIVED:
        return _status(form, query, channel, account, now, sid, state)
    identity = bare(form.get("ExternalUserId") or form.get("From") or "")
    if not form.get("From", "").startswith(PREFIX) or not identity or len(identity) > 160:
        return None
    text = clean(form.get("ListTitle") or form.get("ButtonText") or form.get("Body") or "")
    membership = _consent(form, text)
    return Inbound(
        channel=channel, account=account, event_id=sid, provider_id=sid, external_id=identity, occurred_at=now,
        kind=_kind_of_event(form, membership),
        membership=membership, text=text, action=_action(form),
        display_name=clean(form.get("ProfileName", ""))[:200], aliases=_aliases(form),
        attachments=_attachments(form), location=_location(form),
        reply_to=form.get("OriginalRepliedMessageSid") or None, raw=dict(form),
    )  # fmt: skip


def _status(
    form: Mapping[str, str],
    query: Mapping[str, str],
    channel: str,
    account: str,
    now: datetime,
    sid: str,
    state: str,
) -> Inbound | None:
    if state not in STATES:
        return None
    code = form.get("ErrorCode", "")[:20]
    return Inbound(
        channel=channel, account=account, event_id=f"{sid}:{state}", kind="status", provider_id=sid,
        external_id=bare(form.get("To", ""))[:160], occurred_at=now, status=STATES[state],
        error_code=code, error_kind=kind_of(code) if STATES[state] == "failed" else None,
        reference=query.get("reference", "")[:80], raw=dict(form),
    )  # fmt: skip


def _action(form: Mapping[str, str]) -> str | None:
    return form.get("ButtonPayload") or form.get("ListId") or None


def _kind_of_event(form: Mapping[str, str], membership: str) -> Literal["message", "callback", "optout"]:
    # "Start" and "alta" by themselves may also be how somebody begins a conversation, so they remain a message.
    if membership == "opted_out" or (membership and form.get("OptOutType")):
        return "optout"
    return "callback" if _action(form) else "message"


def _consent(form: Mapping[str, str], text: str) -> Literal["", "opted_out", "opted_in"]:
    said = form.get("OptOutType", "").upper()
    if said in ("STOP", "START"):
        return "opted_out" if said == "STOP" else "opted_in"
    return "" if said or _action(form) else consent(text)


def _aliases(form: Mapping[str, str]) -> tuple[Alias, ...]:
    """Name the customer's phone, business-scoped id and user name, as far as WhatsApp shows them.

    Since 2026 a customer may hide the phone behind a business-scoped id; From and ExternalUserId then hold that.
    """
    phone, scoped = bare(form.get("From", "")), bare(form.get("ExternalUserId", ""))
    username = form.get("ProfileUsername") or form.get("Username") or ""
    found: list[Alias] = []
    if PHONE.fullmatch(phone):
        found.append(Alias(kind="phone", value=phone))
    if scoped:
        found.append(Alias(kind="bsuid", value=scoped))
    if username:
        found.append(Alias(kind="username", value=username))
    return tuple(found)


def _attachments(form: Mapping[str, str]) -> tuple[MediaRef, ...]:
    count = form.get("NumMedia", "0")
    wanted = min(int(count), MEDIA_AT_MOST) if count.isdecimal() and len(count) < 4 else 0
    found: list[MediaRef] = []
    for number in range(wanted):
        url, mime = form.get(f"MediaUrl{number}", ""), form.get(f"MediaContentType{number}", "")
        if url:
            found.append(MediaRef(kind=_kind(mime, form), ref=url, mime=mime))
    return tuple(found)


def _kind(mime: str, form: Mapping[str, str]) -> MediaKind:
    if form.get("MessageType") == "sticker":
        return "sticker"
    if mime.startswith("image/"):
        return "image"
    if mime.startswith("audio/"):
        return "audio"
    return "video" if mime.startswith("video/") else "document"


def _location(form: Mapping[str, str]) -> Geo | None:
    try:
        latitude, longitude = float(form["Latitude"]), float(form["Longitude"])
    except (KeyError, ValueError):
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    label = clean(" ".join(filter(None, [form.get("Label"), form.get("Address")])))
    return Geo(latitude=latitude, longitude=longitude, label=label[:300])
