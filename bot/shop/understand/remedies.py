"""Which of the remedies a customer wants."""

from bot.shop.decisions.facts import Resolution
from bot.shop.understand.denial import said
from bot.shop.understand.lexicon import words
from bot.shop.understand.returning import indifferent
from bot.shop.understand.text import plain

RESOLUTIONS: tuple[Resolution, ...] = (
    "price_reduction", "store_credit", "other_colour", "repair", "refund", "replacement",
)  # fmt: skip


def resolution(text: str, offered: tuple[Resolution, ...]) -> Resolution | None:
    """Which of the offered remedies the customer wants; "otro nuevo" is a new unit or a replacement as offered.

    A bare colour ("negra") means another colour, where that is offered. "Me da igual" takes the first that is offered
    (`indifferent` tells that it was no choice), unless all that there are were "offered": then it is None.
    """
    folded = words("indifferent_to").sub(", ", plain(text))
    for hit in said(folded, *(words(f"resolution_{name}") for name in RESOLUTIONS)):
        name = RESOLUTIONS[hit.of]
        meant: Resolution = "new_unit" if name == "replacement" and "new_unit" in offered else name
        if not hit.denied and meant in offered:
            return meant
    return offered[0] if 0 < len(offered) < len(RESOLUTIONS) and indifferent(text) else None
