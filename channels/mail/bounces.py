"""Mail that came back: which message of ours it is about, and whether trying again could help.

RFC 3464 (delivery status), RFC 3463 (enhanced codes); servers that follow neither still send our mail's head back.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message

from channels.base import ErrorKind
from channels.mail.names import Names, Ours

CODE = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
SEARCHED = 100_000


@dataclass(frozen=True)
class Bounce:
    """`to` is whom it did not reach; `code` an enhanced status code, or "" where the server told none."""

    ours: Ours
    to: str
    code: str
    kind: ErrorKind


def read(message: Message, sender: str, names: Names) -> Bounce | None:
    """Return what bounced for good, or None: not a bounce, only a delay, or not a mail of ours."""
    statuses = _statuses(message)
    if not statuses and not re.match(r"(mailer-?daemon|postmaster)@", sender):
        return None
    failed = next((each for each in statuses if str(each.get("Action", "")).strip().lower() == "failed"), None)
    if statuses and failed is None:
        return None
    ours = names.find(_searched(message))
    if not ours:
        return None
    told = str(failed.get("Status", "")) if failed else _searched(message)
    found = CODE.search(told)
    code = found.group() if found else ""
    if code.startswith("4") and not failed:
        return None
    to = str(failed.get("Final-Recipient") if failed else "").rpartition(";")[2].strip().lower()
    return Bounce(ours[0], to, code, _kind(code))


def _statuses(message: Message) -> list[Message]:
    found = []
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            found += [each for each in blocks if isinstance(each, Message) and each.get("Action")] if blocks else []
    return found


def _searched(message: Message) -> str:
    """Return the start of everything that came back, where our Message-ID stands."""
    return message.as_bytes()[:SEARCHED].decode("utf-8", "replace").replace("=\n", "").replace("\n ", "")


def _kind(code: str) -> ErrorKind:
    """Judge an enhanced code: 5.1.x and 5.2.1 are about the address, the rest about the mail or the server."""
    if not code or code.startswith(("5.1.", "5.2.1", "5.4.4", "5.7.0")):
        return "unreachable"
    return "bad_content"
