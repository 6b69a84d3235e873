"""Telegram's update for what a phone did. https://core.telegram.org/bots/api#update"""

from __future__ import annotations

from typing import Any

from bot.sandbox.models import Phone, ProviderMessage
from bot.sandbox.saying import Attachment, Kept, Said
from channels.telegram.sandbox import BOT_TOKEN

# Telegram counts a bot's updates from a high number of its own choice.
FIRST_UPDATE = 700_000_000
BOT = {"id": int(BOT_TOKEN.partition(":")[0]), "is_bot": True, "first_name": "Lumbre", "username": "lumbre_sandbox_bot"}


def update_for(kept: Kept, said: Said) -> dict[str, Any]:
    """The update that Telegram would post for this message or press of a button."""
    update: dict[str, Any] = {"update_id": FIRST_UPDATE + kept.message.pk}
    if kept.choice and kept.offer:
        return update | {
            "callback_query": {
                "id": str(10**17 + kept.message.pk),
                "from": person(kept.phone),
                "chat_instance": str(kept.phone.pk),
                "data": kept.choice["id"],
                "message": bot_message(kept.offer),
            }
        }
    message = {
        "message_id": kept.message.pk,
        "from": person(kept.phone),
        "chat": chat(kept.phone),
        "date": int(kept.message.created_at.timestamp()),
    }
    if said.attachment:
        words = {"caption": said.text} if said.text else {}
        return update | {"message": message | _attached(said.attachment, kept) | words}
    return update | {"message": message | {"text": said.text}}


def person(phone: Phone) -> dict[str, Any]:
    first, _, last = (phone.name or "Cliente").partition(" ")
    named = {"last_name": last} if last else {}
    return {"id": int(phone.identity), "is_bot": False, "first_name": first, "language_code": phone.language, **named}


def chat(phone: Phone) -> dict[str, Any]:
    return {"id": int(phone.identity), "type": "private", "first_name": person(phone)["first_name"]}


def bot_message(message: ProviderMessage) -> dict[str, Any]:
    """A message of the bot as Telegram shows it in answers and updates."""
    shown: dict[str, Any] = {
        "message_id": message.pk,
        "from": BOT,
        "chat": chat(message.phone),
        "date": int(message.created_at.timestamp()),
    }
    for media in message.media:
        shown |= _file(media["kind"], media["url"].rpartition("/")[2], media.get("name", ""), media.get("mime", ""), 1)
    if message.text:
        shown["caption" if message.media else "text"] = message.text
    if message.links:
        shown["entities"] = [{"type": "text_link", **link} for link in message.links]
    if message.choices:
        rows = [[{"text": each["label"], "callback_data": each["id"]}] for each in message.choices]
        shown["reply_markup"] = {"inline_keyboard": rows}
    return shown


def _attached(attachment: Attachment, kept: Kept) -> dict[str, Any]:
    if attachment.kind == "location":
        return {"location": {"latitude": 40.416775, "longitude": -3.70379}}
    if attachment.kind == "contact":
        card = {"phone_number": attachment.phone or "+34600000000", "user_id": int(kept.phone.identity)}
        return {"contact": card | {"first_name": person(kept.phone)["first_name"]}}
    assert kept.file
    return _file(attachment.kind, kept.file.key, attachment.name, attachment.mime, len(attachment.data))


def _file(kind: str, key: str, name: str, mime: str, size: int) -> dict[str, Any]:
    file: dict[str, Any] = {"file_id": key, "file_unique_id": key[:16], "file_size": size}
    if kind == "image":
        return {"photo": [file | {"width": 640, "height": 480}]}
    if kind in ("audio", "video"):
        extra = {"duration": 3, "mime_type": mime} | ({"width": 640, "height": 480} if kind == "video" else {})
        return {("voice" if kind == "audio" else kind): file | extra}
    return {"document": file | {"file_name": name, "mime_type": mime}}
