"""Sending through Django's mail, and what an SMTP server's refusal means. RFC 5321, RFC 3463."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable, Mapping
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from channels.base import ChannelError, ErrorKind, Part

Mailer = Callable[[], BaseEmailBackend]
ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
# Slow down, try later (greylisting), no such mailbox, moved away, no longer used.
BUSY = {"4.7.28", "4.7.32", "4.5.3", "4.4.5"}
NOBODY = ("5.1.", "5.2.1", "5.4.4")


def mail(part: Part, sender: str, plus: bool) -> EmailMultiAlternatives:
    """Return the mail of a part. A mail that no person wrote says so, and asks not to be answered by programs."""
    payload = part.payload
    headers = {"Message-ID": str(payload["message_id"]), "Content-Language": str(payload["language"])}
    if payload["answers"]:
        headers["In-Reply-To"] = str(payload["answers"])
    if payload["references"]:
        headers["References"] = str(payload["references"])
    if payload["automatic"]:
        headers |= {"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All"}
    message = EmailMultiAlternatives(
        str(payload["subject"]), str(payload["text"]), sender, [part.to], headers=headers,
        reply_to=[str(payload["reply_to"])] if plus else None,
    )  # fmt: skip
    message.attach_alternative(str(payload["html"]), "text/html")
    return message


def send(mailer: Mailer, message: EmailMultiAlternatives) -> None:
    """Hand a mail to the server; raises `ChannelError`. Before the server was reached nothing can have been sent."""
    connection = mailer()
    try:
        connection.open()
    except (OSError, smtplib.SMTPException) as error:
        raise _before(error) from None
    try:
        connection.send_messages([message])
    except (OSError, smtplib.SMTPException) as error:
        raise judge(error) from None
    except (ValueError, UnicodeError):
        raise ChannelError("bad_content", "The mail's head cannot be written.", code="header") from None
    finally:
        connection.close()


def _before(error: Exception) -> ChannelError:
    if isinstance(error, smtplib.SMTPAuthenticationError | smtplib.SMTPNotSupportedError):
        return ChannelError("auth", "The mail server refused our name or password.", code="auth")
    code = str(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else type(error).__name__
    return ChannelError("retry", f"The mail server could not be reached ({code}).", code=code)


def judge(error: Exception) -> ChannelError:
    """Return what a refusal means. The server's words may hold the address and are left out."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = _first(error.recipients)
        return _by_code(code, said)
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return ChannelError("bad_content", "The server cannot carry this address.", code="not_supported")
    name = type(error).__name__
    return ChannelError("uncertain", f"The mail server did not answer ({name}); the mail may be on its way.", code=name)


def _first(recipients: Mapping[str, Any]) -> tuple[int, bytes]:
    code, said = next(iter(recipients.values()), (550, b""))
    return int(code), said


def _by_code(code: int, said: bytes | str) -> ChannelError:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    found = ENHANCED.search(words)
    enhanced = found.group() if found else ""
    shown = f"{code} {enhanced}".strip()
    return ChannelError(
        _kind(code, enhanced), f"The mail server refused the mail ({shown}).", code=enhanced or str(code)
    )


def _kind(code: int, enhanced: str) -> ErrorKind:
    if code in (530, 535) or enhanced in ("5.7.8", "5.7.9"):
        return "auth"
    if enhanced in BUSY:
        return "rate"
    if 400 <= code < 500:
        return "retry"
    if enhanced.startswith(NOBODY) or (not enhanced and code in (550, 551, 553)):
        return "unreachable"
    return "bad_content"
