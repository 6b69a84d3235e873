"""Keeping the bot's token and customers' words out of logs.

Telegram puts the token into every address, and httpx logs addresses.
"""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
SPEAKERS = ("httpx", "httpcore", "channels.telegram")
# The library's own loggers write out what customers are told, and answers that it cannot read.
CHATTERERS = ("telegram.Bot", "telegram.request.BaseRequest")


def redact(text: str) -> str:
    return TOKEN.sub("<token>", text)


class Redaction(logging.Filter):
    """Rewrites a record before any handler sees it."""

    def filter(self, record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if TOKEN.search(said):
            record.msg, record.args = redact(said), None
        return True


class Silence(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        return False


REDACTION, SILENCE = Redaction(), Silence()


def keep_secrets_out_of_logs() -> None:
    """Put a filter on every logger that meets an address or a message; doing so again changes nothing."""
    for name in SPEAKERS:
        logging.getLogger(name).addFilter(REDACTION)
    for name in CHATTERERS:
        logging.getLogger(name).addFilter(SILENCE)
