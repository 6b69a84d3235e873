"""Mail that no person wrote to us. Answering it would make two programs write to each other for ever.

RFC 3834 (Auto-Submitted), RFC 2919 and 2369 (lists), and the older headers that programs still use.
"""

from __future__ import annotations

import re
from email.message import Message

MACHINES = re.compile(
    r"(mailer-?daemon|postmaster|no-?reply|do-?not-?reply|noresponder|no-?responder|bounces?|listserv|majordomo)"
    r"([-+.=][^@]*)?@.*",
    re.IGNORECASE,
)
BULK = {"bulk", "junk", "list", "auto_reply", "auto-reply"}
PRESENT = (
    "List-Id", "List-Unsubscribe", "List-Post", "Feedback-ID", "X-Autoreply", "X-Autorespond", "X-Autoresponse",
    "X-Auto-Reply-From", "X-Mailing-List", "X-Loop",
)  # fmt: skip


def not_from_a_person(message: Message, sender: str, own: frozenset[str]) -> str:
    """Return why a mail is not to be answered, "" where a person wrote it."""
    submitted = _first_word(message.get("Auto-Submitted"))
    if submitted and submitted != "no":
        return "Auto-Submitted"
    if _first_word(message.get("Precedence")) in BULK:
        return "Precedence"
    for name in PRESENT:
        if message.get(name):
            return name
    if str(message.get("Return-Path", "")).strip() == "<>":
        return "Return-Path"
    if message.get_content_type() in ("multipart/report", "message/disposition-notification"):
        return "report"
    if MACHINES.fullmatch(sender):
        return "sender"
    return "own address" if _without_plus(sender) in own else ""


def _first_word(value: object) -> str:
    return str(value or "").split(";")[0].strip().lower()


def _without_plus(address: str) -> str:
    local, _, domain = address.partition("@")
    return f"{local.partition('+')[0]}@{domain}"
