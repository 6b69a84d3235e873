"""What is asked of whoever writes to customers by itself; the settings bring the two together.

`forbidden(message)`: why a message must not go out at this moment, or "". `answer_to(conversation, text, payload)`:
what to do with a line that answers such a message by itself, or None. `about(conversation)`: what the last such
message was about, for the dialogue. `wanted(customer)`: what the customer has said of such messages, for agents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from bot.conversations.models import Conversation, Customer, Message

# Of the payloads of buttons below such messages.
PREFIX = "gateway:outreach:"
# Carries out what an answer means; the caller holds the conversation and has stored the line.
Act = Callable[[Conversation, Message], None]


@dataclass(frozen=True)
class Wanted:
    """`offers`: since when (UTC) they are agreed to, by identity. `reminders`: whether they take those."""

    offers: Mapping[int, datetime]
    reminders: bool


_writer = SimpleLazyObject(lambda: import_module(settings.WRITES_FIRST))


def forbidden(message: Message) -> str:
    """Asked about every line of the bot that answers nothing: all that the bot says in a turn answers something."""
    if message.author != Message.Author.BOT or message.in_reply_to is not None:
        return ""
    return str(_writer.forbidden(message))


def answer_to(conversation: Conversation, text: str, payload: str) -> Act | None:
    act: Act | None = _writer.answer_to(conversation, text, payload)
    return act


def about(conversation: Conversation) -> Mapping[str, str] | None:
    found: Mapping[str, str] | None = _writer.about(conversation)
    return found


def wanted(customer: Customer) -> Wanted:
    found: Wanted = _writer.wanted(customer)
    return found
