"""Log lines that name the conversation they are about, in words or as JSON, and no customer and no secret.

Who logs takes care not to quote customers; what an error of somebody else's code says is masked here all the same.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from uuid import UUID

_conversation: ContextVar[str] = ContextVar("conversation", default="")

MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# International numbers, and Spanish ones as they are written without their country; not a part of an id or a decimal.
PHONE = re.compile(r"(?<![\w.:-])(?:\+\d(?:[ .-]?\d){7,14}|[679]\d{2}(?:[ .]?\d{2,3}){2,3})(?![\w.:-])")
# Telegram's tokens stand in its addresses; others come as a bearer or in a query.
SECRET = re.compile(r"(?<!\d)\d{6,}:[\w-]{30,}|(?i:(?<=bearer )|(?<=token=)|(?<=key=)|(?<=secret=))[\w.~+/-]{8,}")


def masked(text: str) -> str:
    """The line without mail addresses, phone numbers and secrets."""
    for pattern in (SECRET, MAIL, PHONE):
        text = pattern.sub("[…]", text)
    return text


@contextmanager
def about(conversation: UUID | str) -> Iterator[None]:
    """What is logged inside the block, also on database threads, names this conversation."""
    token = _conversation.set(str(conversation))
    try:
        yield
    finally:
        _conversation.reset(token)


class Conversation(logging.Filter):
    """Gives each record the attribute `conversation`, empty where it is about none."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.conversation = _conversation.get()
        return True


class Words(logging.Formatter):
    """One line for people."""

    def format(self, record: logging.LogRecord) -> str:
        line, conversation = masked(super().format(record)), getattr(record, "conversation", "")
        return f"{line} [{conversation}]" if conversation and conversation not in line else line


class Json(logging.Formatter):
    """One JSON object a line, for programmes: at (UTC), level, logger, message, conversation, error."""

    def format(self, record: logging.LogRecord) -> str:
        told = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": masked(record.getMessage()),
            "conversation": getattr(record, "conversation", "") or None,
            "error": masked(self.formatException(record.exc_info)) if record.exc_info else None,
        }
        return json.dumps({name: value for name, value in told.items() if value is not None}, ensure_ascii=False)
