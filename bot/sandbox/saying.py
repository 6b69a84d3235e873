"""What a customer does on a sandbox phone: read from the request, checked, and kept as the provider would."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from bot.sandbox.answers import Mistake, read_object, read_words
from bot.sandbox.models import Phone, ProviderFile, ProviderMessage, new_sid
from bot.shop.models import CustomerChannel
from channels.text import clean

FIELDS = {"text", "choice", "attachment", "today", "name", "language"}
LONGEST_TEXT = 100_000
LARGEST_FILE = 1_400_000
SAMPLES = Path(__file__).parent / "samples"
SAMPLE_FILES = {
    "photo": ("image", "photo.jpg", "image/jpeg"),
    "document": ("document", "ticket.txt", "text/plain"),
}
KINDS = ("image", "document", "audio", "video", "location", "contact")
IDENTITIES = {
    # A phone number, or the business-scoped id of somebody who hides it.
    "whatsapp": re.compile(r"\+[0-9]{6,15}|[A-Z]{2}\.[A-Za-z0-9.]{1,128}"),
    "telegram": re.compile(r"[1-9][0-9]{0,15}"),
    "mail": re.compile(r"[a-z0-9._+-]{1,60}@[a-z0-9.-]{1,60}\.[a-z]{2,20}"),
    "messenger": re.compile(r"[1-9][0-9]{5,30}"),
    "instagram": re.compile(r"[1-9][0-9]{5,30}"),
}
IDENTITY_HELP = {
    "whatsapp": "a phone such as +34600111001, or ES.abc123",
    "telegram": "a number such as 700100002",
    "mail": "an address such as lucia@example.com",
    "messenger": "a number such as 7000000000000001",
    "instagram": "a number such as 9000000000000001",
}


@dataclass(frozen=True)
class Attachment:
    """A file, a place or a card. `data` is empty for the last two."""

    kind: str
    name: str = ""
    mime: str = ""
    data: bytes = b""
    phone: str = ""


@dataclass(frozen=True)
class Said:
    """One thing that a customer does: writes, presses a button or sends an attachment."""

    text: str = ""
    choice: str = ""
    attachment: Attachment | None = None
    name: str = ""
    language: str = ""


@dataclass(frozen=True)
class Kept:
    """The customer's own message, and the one whose button was pressed."""

    message: ProviderMessage
    phone: Phone
    offer: ProviderMessage | None = None
    choice: Mapping[str, Any] | None = None
    file: ProviderFile | None = None


def check_identity(channel: str, identity: str) -> None:
    """Raises `Mistake` for a channel without a phone, or a name that its provider could not give anybody."""
    if channel not in IDENTITIES:
        raise Mistake(422, "channel", f"channel: there are sandbox phones for {' and '.join(IDENTITIES)}")
    if not IDENTITIES[channel].fullmatch(identity):
        raise Mistake(422, "identity", f"identity: on {channel} it is {IDENTITY_HELP[channel]}")


def read_said(request: HttpRequest) -> tuple[Said, dict[str, Any]]:
    """What the customer does, and the whole body; raises `Mistake`."""
    body = read_object(request, FIELDS)
    said = Said(
        text=read_words(body, "text", LONGEST_TEXT),
        choice=read_words(body, "choice", 200),
        attachment=_attachment(body.get("attachment")),
        name=read_words(body, "name", 100),
        language=read_words(body, "language", 8),
    )
    if said.choice and (said.text or said.attachment):
        raise Mistake(422, "invalid", "choice: a button goes alone, without text or attachment")
    return said, body


def _attachment(value: Any) -> Attachment | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        if value in ("location", "contact"):
            return Attachment(value)
        if value not in SAMPLE_FILES:
            raise Mistake(422, "invalid", f"attachment: an object, or one of {', '.join([*SAMPLE_FILES, *KINDS[-2:]])}")
        kind, name, mime = SAMPLE_FILES[value]
        return Attachment(kind, name, mime, (SAMPLES / name).read_bytes())
    if not isinstance(value, dict) or set(value) - {"kind", "name", "mime", "data", "phone"}:
        raise Mistake(
            422, "invalid", "attachment: an object with kind, name, mime, data (base64) and phone, all optional"
        )
    kind = value.get("kind", "image")
    if kind not in KINDS:
        raise Mistake(422, "invalid", f"attachment.kind: one of {', '.join(KINDS)}")
    return Attachment(
        kind,
        read_words(value, "name", 200) or ("" if kind in KINDS[-2:] else "file"),
        read_words(value, "mime", 100) or "image/jpeg",
        _bytes(value.get("data", "")),
        read_words(value, "phone", 20),
    )


def _bytes(encoded: Any) -> bytes:
    try:
        data = base64.b64decode(encoded, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise Mistake(422, "invalid", "attachment.data: base64") from None
    if len(data) > LARGEST_FILE:
        raise Mistake(413, "too_large", f"attachment.data: at most {LARGEST_FILE} bytes")
    return data


@transaction.atomic
def keep(channel: str, identity: str, said: Said) -> Kept:
    """Store what the customer did; raises `Mistake` for a button that was never sent to this phone."""
    phone = phone_of(channel, identity, said.name, said.language)
    offer, choice = _pressed(phone, said.choice) if said.choice else (None, None)
    words = choice["label"] if choice else said.text
    if not words and not said.attachment:
        raise Mistake(422, "invalid", "send a text, a choice or an attachment")
    message = ProviderMessage.objects.create(
        phone=phone,
        from_customer=True,
        provider_id=new_sid("MM" if said.attachment and said.attachment.data else "SM"),
        text=clean(words),
        state="received",
        request={"choice": choice["id"]} if choice else {},
    )
    return Kept(message, phone, offer, choice, _keep_attachment(message, said.attachment))


def phone_of(channel: str, identity: str, name: str = "", language: str = "") -> Phone:
    """The phone of an identity; a demo customer's carries their name and language."""
    known = CustomerChannel.objects.filter(channel=channel, address=identity).select_related("customer").first()
    holder = (known.customer.name, known.customer.language) if known else ("", "")
    phone, _ = Phone.objects.get_or_create(
        channel=channel,
        identity=identity,
        defaults={"name": clean(name or holder[0]), "language": (language or holder[1] or "es")[:8]},
    )
    if name and phone.name != name:
        phone.name = clean(name)
        phone.save()
    return phone


def _pressed(phone: Phone, choice: str) -> tuple[ProviderMessage, Mapping[str, Any]]:
    """The newest message with that button. It is named by its id or by its words."""
    offers = phone.messages.filter(from_customer=False).exclude(choices=[]).order_by("-pk")[:50]
    for offer in offers:
        for option in offer.choices:
            if choice in (option["id"], option["label"], option.get("description")):
                return offer, option
    raise Mistake(422, "choice", "choice: no such button was ever sent to this phone")


def _keep_attachment(message: ProviderMessage, attachment: Attachment | None) -> ProviderFile | None:
    if attachment is None:
        return None
    message.media = [{"kind": attachment.kind, "name": attachment.name, "mime": attachment.mime}]
    message.save()
    if attachment.kind in ("location", "contact"):
        return None
    file = ProviderFile.objects.create(
        provider_id=message.provider_id, name=attachment.name, mime=attachment.mime, data=attachment.data
    )
    message.media[0]["url"] = f"/sandbox/provider/files/{file.key}"
    message.save()
    return file
