"""What the conversation asks of a dialogue engine, whatever engine that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True)
class Question:
    """The customer's unanswered messages as one. `payload` is a choice that the server itself offered; else `text`
    counts.

    `verified` is what the channel itself vouches for, such as {"channel": "whatsapp", "address": "+34600111001"}.
    `fresh` cuts the engine's memory of what was said before. `about` is what we wrote about before the customer did:
    {"rule": "descale", "order": "LB-10402", "sku": "BR20"}. `today` is set in the sandbox only. `waiting`: they wait
    for a person, so that a question may be answered and nothing begun.
    """

    conversation: UUID
    message_id: UUID
    text: str
    channel: str
    language: str
    identity: str
    contact: str
    payload: str | None = None
    verified: Mapping[str, str] | None = None
    attachments: tuple[Mapping[str, Any], ...] = ()
    today: date | None = None
    fresh: bool = False
    about: Mapping[str, str] | None = None
    waiting: bool = False


@dataclass(frozen=True)
class Option:
    label: str
    payload: str


@dataclass(frozen=True)
class Reply:
    text: str
    options: tuple[Option, ...] = ()
    citations: tuple[Mapping[str, Any], ...] = ()
    attachments: tuple[Mapping[str, Any], ...] = ()
    asks: str = ""


@dataclass(frozen=True)
class Command:
    """What the dialogue wants done: `handoff`, `leave_queue`, `resolve`, `call_back`, `rate` or `gap`, with its
    arguments."""

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    replies: tuple[Reply, ...]
    commands: tuple[Command, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    language: str = ""
    intent: str = ""
    confidence: float | None = None
    replayed: bool = False


class DialogueError(Exception):
    """The engine gave no usable answer. The same question may be asked again: the engine answers a message id once.

    `unreachable`: the question never arrived, because the engine is down or starting.
    """

    def __init__(self, message: str, *, unreachable: bool = False) -> None:
        super().__init__(message)
        self.unreachable = unreachable


class Dialogue(Protocol):
    async def ask(self, question: Question) -> Answer:
        """Answer one turn; raises `DialogueError`."""

    async def healthy(self) -> bool:
        """Tell whether the engine answers at all; never raises."""

    async def forget(self, conversation: UUID) -> None:
        """Keep nothing of a conversation, also not of one that was never known; raises `DialogueError`."""
