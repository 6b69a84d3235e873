"""What is asked of whoever writes to customers by itself; the settings bring the two together.

`forbidden(message)`: why a message must not go out at this moment, or "". `reached(conversation)`: the last such
message that its customer got, as `Reached`. `wanted(customer)`: what the customer has said of such messages, for
agents.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol

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


class Reached(Protocol):
    """What a conversation's customer was written to of our own accord, looked up once for all that is asked of it."""

    def answer_to(self, text: str, payload: str) -> Act | None:
        """What to do with a line that answers the message by itself; None for any other."""

    def about(self) -> Mapping[str, str] | None:
        """What the message was about, for the dialogue; None where there was none."""


_writer = SimpleLazyObject(lambda: import_module(settings.WRITES_FIRST))


def forbidden(message: Message) -> str:
    """Asked about every line of the bot that answers nothing: all that the bot says in a turn answers something."""
    if message.author != Message.Author.BOT or message.in_reply_to is not None:
        return ""
    return str(_writer.forbidden(message))


def reached(conversation: Conversation) -> Reached:
    found: Reached = _writer.Reached(conversation)
    return found


def wanted(customer: Customer) -> Wanted:
    found: Wanted = _writer.wanted(customer)
    return found
