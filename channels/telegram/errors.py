"""python-telegram-bot's errors, judged."""

from __future__ import annotations

from datetime import timedelta

import httpx
from telegram import error as telegram

from channels.base import ChannelError, ErrorKind
from channels.telegram.secrecy import redact

UNSENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)
NOBODY = ("chat not found", "user is deactivated", "user not found", "peer_id_invalid", "chat_write_forbidden")


def judge(error: telegram.TelegramError) -> ChannelError:
    """Return what `error` means for the message. Its own text may hold the token and is cleaned of it."""
    said = redact(str(error))[:200]
    wait = error.retry_after if isinstance(error, telegram.RetryAfter) else None
    seconds = wait.total_seconds() if isinstance(wait, timedelta) else wait
    code = type(error).__name__
    return ChannelError(
        _kind(error, said), f"Telegram refused the call ({code}): {said}", code=code, retry_after=seconds
    )


def _kind(error: telegram.TelegramError, said: str) -> ErrorKind:
    match error:
        case telegram.RetryAfter():
            return "rate"
        case telegram.Forbidden() | telegram.ChatMigrated():
            return "unreachable"
        case telegram.InvalidToken():
            return "auth"
        case telegram.Conflict():
            return "retry"
        # BadRequest and TimedOut are kinds of NetworkError, so they come first.
        case telegram.BadRequest():
            return "unreachable" if any(sign in said.lower() for sign in NOBODY) else "bad_content"
        case telegram.NetworkError() if isinstance(error.__cause__, UNSENT):
            return "retry"
        case telegram.NetworkError() if error.__cause__ is None:
            # Telegram answered with its own error, and nothing was sent.
            return "retry"
        case telegram.NetworkError():
            return "uncertain"
    return "bad_content"


def unparsable(error: telegram.TelegramError) -> bool:
    """Say whether Telegram did not understand our formatting, so that the plain text may go instead."""
    return isinstance(error, telegram.BadRequest) and "parse entities" in str(error).lower()
