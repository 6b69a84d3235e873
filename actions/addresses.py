"""A new address that comes in one message with the wish to have it changed."""

from __future__ import annotations

import re

from bot.shop import understand

LENGTH = 500
ORDER_OR_MAIL = re.compile(r"\bLB[- ]?\d{5}\b|\S+@\S+", re.I)
# What stands around an address in the wish to have it changed.
LEADS_TO_IT = re.compile(
    r"^.*?\b(?:direcci[oó]n|address|mand\w+|env[ií]\w+|send|ship|deliver)\b.*?(?:\b(?:a|to|es|is|por)\b:?|:)\s+"
    r"(?=(?:la |el )?(?:c/|calle|avda|avenida|av\b|plaza|pza|paseo|carrer|ronda|camino|carretera|traves[ií]a|r[uú]a\b|"
    r"rue\b|urbanizaci[oó]n|pol[ií]gono|\d{1,4},? [a-z]))",
    re.I | re.S,
)
ENDS_IT = re.compile(
    r"[,.;]?\s*\b(?:soy|mi (?:correo|mail|email)|my (?:e-?mail|name)|i'?m|i am|gracias|thanks|thank you|please)\b.*$",
    re.I | re.S,
)


def told_with_the_wish(text: str) -> str | None:
    """An address that comes with the wish: the words without what names the order, or who writes."""
    told = ORDER_OR_MAIL.sub(" ", text)
    for rest in (LEADS_TO_IT.sub("", ENDS_IT.sub("", told)), LEADS_TO_IT.sub("", told)):
        if understand.looks_like_address(rest) and understand.address_lacks(rest) is None:
            return " ".join(rest.split())[:LENGTH]
    return None
