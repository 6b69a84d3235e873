"""The words by which a customer stops our messages and takes them up again.

Twilio honours them by itself on long codes only, Telegram nowhere, so each adapter asks here. Only the whole message
counts: "baja el precio" stops nothing.
"""

from __future__ import annotations

from typing import Literal

STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "/stop", "baja", "darme de baja"})
# Also how somebody may begin: what these mean depends on whether the customer had stopped us.
START_WORDS = frozenset({"start", "unstop", "/start", "alta", "darme de alta"})


def consent(text: str) -> Literal["", "opted_out", "opted_in"]:
    """What a customer's whole message says about being written to, if anything."""
    words = " ".join(text.strip().strip(".!¡").casefold().split())
    if words in STOP_WORDS:
        return "opted_out"
    return "opted_in" if words in START_WORDS else ""
