"""What fails and why, in a customer's words."""

import re

from bot.shop.decisions.facts import Cause, Fault
from bot.shop.policy_rules import Part
from bot.shop.rulebook import current
from bot.shop.understand.denial import denied
from bot.shop.understand.lexicon import words
from bot.shop.understand.products import products
from bot.shop.understand.text import Pattern, has, plain

# The first that is said decides; falling into water is immersion, not a drop.
CAUSES: tuple[Cause, ...] = ("immersion", "drop", "third_party", "misuse", "limescale")
PARTS: tuple[Part, ...] = ("motor", "pump", "battery", "filter", "heads", "brush")
ROBOT = "LR3"
CLAUSES = re.compile(r"[.,;:!?]|\b(?:y|pero|and|but|then|luego|despues)\b")


def fault(text: str, sku: str | None = None) -> Fault | None:
    """The part and the cause that the text names for that product, or None when it tells of no fault at all.

    A part that the product does not have is `other`: the brush of a robot wears out, a toothbrush does not. In the
    machines of the limescale rule, weak flow, cold water and blocked steam count as limescale, so that the customer is
    asked whether it was ever descaled.
    """
    folded = plain(text)
    product = sku or next(iter(products(text)), None)
    cause = _cause(folded, sku, product)
    part = _part(folded, product)
    if cause is None and part is None and not tells_fault(folded):
        return None
    return Fault(part or "other", cause)


def tells_fault(folded: str) -> bool:
    """Whether something fails, leaks or is dented, in folded text."""
    return has(folded, words("fails")) or has(folded, words("fault_in_general")) or _said(folded, words("dent"))


def _cause(folded: str, sku: str | None, product: str | None) -> Cause | None:
    scale = current().policies.warranty.limescale.skus
    for cause in CAUSES:
        if cause == "limescale" and sku is not None and sku not in scale:
            continue
        if _dropped(folded) if cause == "drop" else _said(folded, words(f"cause_{cause}")):
            return cause
    # "no sale agua" is not a denial of water coming out: it is the fault itself.
    return "limescale" if product in scale and has(folded, words("like_limescale")) else None


def _dropped(folded: str) -> bool:
    """Whether the customer let it fall or hit it. What fell in a clause about its arrival fell on the way."""
    folded = words("not_a_drop").sub(" ", folded)
    if _said(folded, words("cause_drop")):
        return True
    clauses = CLAUSES.split(folded)
    return any(_said(clause, words("fell")) and not has(clause, words("arriving")) for clause in clauses)


CLEANED = re.compile(r"\b(?:limpi\w*|clean\w*)(?: \w+){0,3}")


def _part(folded: str, sku: str | None) -> Part | None:
    # "Y eso que limpié el filtro": a part that was looked after is not the part that failed.
    folded = CLEANED.sub(" ", folded)
    own = current().catalogue.get(sku).parts if sku else list(PARTS)
    for part in PARTS:
        if part in own and has(folded, words(f"part_{part}")):
            return part
    if sku == ROBOT and has(folded, words("part_brush_of_robot")):
        return "brush"
    return None


def _said(folded: str, pattern: Pattern) -> bool:
    return any(not denied(folded[: match.start()]) for match in pattern.finditer(folded))
