"""Why something goes back and how it travels."""

import re

from bot.shop.policy_rules import Reason
from bot.shop.understand.agreement import nothing_but_yes_no
from bot.shop.understand.denial import DENIES, Said, said
from bot.shop.understand.lexicon import words
from bot.shop.understand.text import Pattern, has, plain

NO_FAULT = re.compile(
    DENIES + r"(?:\s+\w+){0,3}?\s+(?:defect\w*|rot[oa]s?|estropead\w*|averiad\w*|faulty|broken|defective)"
)
REASONS: tuple[Reason, ...] = ("recall", "damaged", "wrong", "faulty", "changed_mind", "unspecified")


def pickup(text: str) -> bool | None:
    """True for a pick-up at home, False for taking it somewhere, None when it is not said.

    The question is an either-or, so that a yes or no beside other words says nothing; alone it answers its second half,
    whether it is fetched. "No puedo, no tengo coche" wants it fetched; "en casa no hay nadie" and "lo que sea más
    barato" mean taking it away, which is free.
    """
    folded = words("not_a_no").sub(" ", plain(text))
    if "?" in folded and has(folded, words("asks_price")):
        return None
    home_alone = has(folded, words("nobody_home"))
    folded = words("nobody_home").sub(", ", folded)
    if carried := _undenied(folded, words("carries_it")) or _undenied(folded, words("brings")):
        fetched = _undenied(folded, words("has_it_fetched"))
        return bool(fetched) and fetched[0].start < carried[0].start
    if has(folded, words("cannot_bring")):
        return True
    ways = list(said(folded, words("pickup"), words("drop_off")))
    meant = [way.of == 0 for way in ways if not way.denied] or [way.of != 0 for way in ways]
    if meant:
        return meant[0]
    if home_alone or indifferent(text) or has(folded, words("cheapest")):
        return False
    return nothing_but_yes_no(text)


def way_back(text: str) -> bool | None:
    """`pickup` in words that say it unasked too: "la llevo yo", "que lo recojan". The no of a reason ("no me cabe")
    denies nothing of what follows."""
    folded = words("reason_changed_mind").sub(", ", words("nobody_home").sub(", ", plain(text)))
    if _undenied(folded, words("has_it_fetched")):
        return True
    return False if _undenied(folded, words("carries_it")) else None


def reason(text: str) -> Reason | None:
    """Why something goes back, or None when the text gives no reason that is known. What stops, leaks or will not do
    its work is faulty, unless the text says that it works."""
    folded = words("not_a_reason").sub(" ", plain(text))
    works = has(folded, NO_FAULT) or has(folded, words("works"))
    if has(folded, words("own_mistake")):
        return "changed_mind"
    for name in REASONS:
        rest = words("not_a_wrong").sub(" ", folded) if name == "wrong" else folded
        told = has(rest, words(f"reason_{name}"))
        if name == "damaged":
            told = told or came_damaged(folded)
        elif name == "faulty":
            told = told or bool(_undenied(words("unsure").sub(", ", folded), words("fails")))
        if told and not (works and name in ("faulty", "damaged")):
            return name
    return None


def came_damaged(folded: str) -> bool:
    """Whether a dent, a blow or a crack is told of in the same clause as the arrival: "llegó con un golpe"."""
    clauses = re.split(r"[.;!?]|\b(?:pero|but)\b", folded)
    return any(has(clause, words("arriving")) and _undenied(clause, words("dent")) != [] for clause in clauses)


def indifferent(text: str) -> bool:
    """Whether the customer leaves the choice to us: "me da igual", "lo que queráis", "whatever is quickest"."""
    return has(words("indifferent_to").sub(" ", plain(text)), words("indifferent"))


def _undenied(folded: str, pattern: Pattern) -> list[Said]:
    return [each for each in said(folded, pattern) if not each.denied]
