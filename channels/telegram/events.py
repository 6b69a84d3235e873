"""Telegram's updates, read into `Inbound`. https://core.telegram.org/bots/api#update"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from telegram import Chat, InlineKeyboardMarkup, Message, Update, User

from channels.base import Alias, Geo, Inbound, MediaKind, MediaRef, VerifiedContact
from channels.consent import consent
from channels.text import clean

log = logging.getLogger(__name__)
START = "/start"


def read_update(data: Mapping[str, Any], channel: str, account: str, now: datetime) -> Inbound | None:
    """Return what the update tells, or None for one not understood, not from a person or not from a private chat.

    A support bot that was put into a group stays silent there: it would show one customer's matters to others.
    Telegram gives no time for a pressed button, so that is `now`.
    """
    try:
        return _read(data, channel, account, now)
    except Exception as error:  # the library checks no types and raises what it happens to stumble over
        kinds = ", ".join(str(key)[:40] for key in data if key != "update_id")
        log.warning("A Telegram update (%s) of an unknown shape was left aside: %s.", kinds, type(error).__name__)
        return None


def _read(data: Mapping[str, Any], channel: str, account: str, now: datetime) -> Inbound | None:
    update = Update.de_json(dict(data), None)
    name = {"channel": channel, "account": account, "event_id": str(update.update_id), "raw": dict(data)}
    if update.message is not None:
        return _message(update.message, "message", name)
    if update.edited_message is not None:
        return _message(update.edited_message, "edited", name)
    if update.callback_query is not None:
        return _callback(update, name, now)
    return _membership(update, name) if update.my_chat_member is not None else None


def message_name(chat: object, message: object) -> str:
    """Return a message's name: Telegram counts messages per chat."""
    return f"{chat}/{message}"


def _message(message: Message, kind: Literal["message", "edited"], name: Mapping[str, Any]) -> Inbound | None:
    sender = message.from_user
    if sender is None or not _private(message.chat, sender):
        return None
    text, start = _start(clean(message.text or message.caption or ""))
    attachments, place, contact = _attachments(message), _location(message), _own_contact(message, sender)
    if not (text or attachments or place or message.contact):
        return None
    replied = message.reply_to_message
    wish = consent(text) if kind == "message" and not start else ""
    return Inbound(
        **name, **_person(sender, message.chat, contact), kind="optout" if wish == "opted_out" else kind,
        occurred_at=message.edit_date or message.date, membership=wish,
        text=text, action=f"start:{start}" if start else None, attachments=attachments, group=message.media_group_id,
        location=place, contact=contact, provider_id=message_name(message.chat.id, message.message_id),
        reply_to=message_name(message.chat.id, replied.message_id) if replied else None,
    )  # fmt: skip


def _callback(update: Update, name: Mapping[str, Any], now: datetime) -> Inbound | None:
    query = update.callback_query
    assert query is not None
    chat = query.message.chat if query.message else None
    if chat is None or query.data is None or not _private(chat, query.from_user):
        return None
    keyboard = query.message.reply_markup if isinstance(query.message, Message) else None
    return Inbound(
        **name, **_person(query.from_user, chat, None), kind="callback", occurred_at=now,
        text=clean(_label(keyboard, query.data)), action=query.data,
        reply_to=message_name(chat.id, query.message.message_id) if query.message else None,
    )  # fmt: skip


def _label(keyboard: InlineKeyboardMarkup | None, data: str) -> str:
    rows = keyboard.inline_keyboard if keyboard else ()
    return next((button.text for row in rows for button in row if button.callback_data == data), "")


def _membership(update: Update, name: Mapping[str, Any]) -> Inbound | None:
    change = update.my_chat_member
    assert change is not None
    was, is_now = change.old_chat_member.status, change.new_chat_member.status
    if not _private(change.chat, change.from_user) or (was == "kicked") == (is_now == "kicked"):
        return None
    return Inbound(
        **name, **_person(change.from_user, change.chat, None), kind="membership", occurred_at=change.date,
        membership="blocked" if is_now == "kicked" else "unblocked",
    )  # fmt: skip


def _private(chat: Chat, sender: User) -> bool:
    return chat.type == "private" and not sender.is_bot


def _person(sender: User, chat: Chat, contact: VerifiedContact | None) -> dict[str, Any]:
    aliases = [Alias(kind="username", value=sender.username)] if sender.username else []
    if contact:
        aliases.append(Alias(kind="phone", value=contact.phone))
    return {
        "external_id": str(chat.id),
        "display_name": clean(sender.full_name)[:200],
        "language": (sender.language_code or "")[:10],
        "aliases": tuple(aliases),
    }


def _start(text: str) -> tuple[str, str]:
    """Part "/start X", which a deep link t.me/<bot>?start=X sends, into the command and the link's token."""
    command, _, token = text.partition(" ")
    return (START, token.strip()[:64]) if command == START and token.strip() else (text, "")


def _own_contact(message: Message, sender: User) -> VerifiedContact | None:
    """Return the phone on the sender's own card. Anybody can pass on anybody's card, so others prove nothing."""
    card = message.contact
    if card is None or card.user_id != sender.id:
        return None
    return VerifiedContact(phone="+" + card.phone_number.lstrip("+").replace(" ", ""))


def _attachments(message: Message) -> tuple[MediaRef, ...]:
    if message.photo:
        largest = message.photo[-1]
        return (MediaRef(kind="image", ref=largest.file_id, mime="image/jpeg", size=largest.file_size),)
    kinds: tuple[tuple[str, MediaKind, str], ...] = (
        ("animation", "video", "video/mp4"), ("document", "document", ""), ("voice", "audio", "audio/ogg"),
        ("audio", "audio", ""), ("video", "video", "video/mp4"), ("video_note", "video", "video/mp4"),
        ("sticker", "sticker", "image/webp"),
    )  # fmt: skip
    for attribute, kind, usual in kinds:
        file = getattr(message, attribute)
        if file is not None:
            mime, name = getattr(file, "mime_type", None) or usual, getattr(file, "file_name", None) or ""
            found: MediaKind = "image" if kind == "document" and mime.startswith("image/") else kind
            return (MediaRef(kind=found, ref=file.file_id, mime=mime, name=clean(name)[:200], size=file.file_size),)
    return ()


def _location(message: Message) -> Geo | None:
    if message.location is None:
        return None
    label = f"{message.venue.title}, {message.venue.address}" if message.venue else ""
    return Geo(latitude=message.location.latitude, longitude=message.location.longitude, label=clean(label)[:300])
