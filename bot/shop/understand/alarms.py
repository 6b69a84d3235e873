"""What must not be missed, whatever the intent classifier says: the law, the press, a wish for a person.

Danger has a file of its own: `dangers`."""

import re

from bot.shop.understand.denial import denied
from bot.shop.understand.lexicon import words
from bot.shop.understand.text import Pattern, has, plain

SHOUTED_LETTERS = 15
WITHOUT = re.compile(r"\bwithout\b")
BARE_WISH = re.compile(
    r"\W*(?:(?:si|vale|ok|claro|no|yes|yeah|sure|please|por favor|mejor|con|with)\W+)*(?:(?:un|una|a|la)\W+)?"
    r"(?:persona|agente|asesora?|person|someone|alguien)(?:\W+(?:por favor|please))?\W*"
)


def legal_threat(text: str) -> bool:
    """A lawyer, a court, or a complaint to the consumer office. Only asking where its form is, is none."""
    folded = plain(text)
    if _meant(folded, words("legal")):
        return True
    if not _meant(folded, words("consumer_office")):
        return False
    return has(folded, words("threatens")) or not has(folded, words("only_where"))


def asks_person(text: str) -> bool:
    """Wants a person of the team to answer, also when that is all the text says ("persona, por favor")."""
    folded = plain(text)
    if about := words("asks_if_bot").search(folded):
        end = re.search(r"[.,;?!]", folded[about.end() :])
        folded = folded[: about.start()] + (folded[about.end() + end.start() :] if end else "")
    return _meant(folded, words("person")) or BARE_WISH.fullmatch(folded) is not None


def press(text: str) -> bool:
    """Writes for the press."""
    return has(plain(text), words("press"))


def fraud_or_payment(text: str) -> bool:
    """Fraud, an unknown or double charge, a payment in dispute."""
    return has(plain(text), words("fraud"))


def very_upset(text: str) -> bool:
    """Insults, outrage, or a message shouted in capitals."""
    letters = [char for char in text if char.isalpha()]
    shouts = len(letters) >= SHOUTED_LETTERS and sum(map(str.isupper, letters)) > 0.8 * len(letters)
    return shouts or has(plain(text), words("upset"))


def others_order(text: str) -> bool:
    """About another person's order, also a gift received without the gift ticket."""
    folded = plain(text)
    mine = has_gift_ticket(text) or has(folded, words("not_others_order"))
    return has(folded, words("others_order")) and not mine


def has_gift_ticket(text: str) -> bool:
    """Whether whoever was given a present has the ticket that came with it."""
    return _meant(WITHOUT.sub(" no ", plain(text)), words("gift_ticket"))


def _meant(folded: str, pattern: Pattern) -> bool:
    return any(not denied(folded[: match.start()]) for match in pattern.finditer(folded))
