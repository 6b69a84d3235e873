"""What a customer answers to a question: yes or no, sealed or not, how many, which of the choices."""

import re

from bot.shop.decisions.facts import Resolution
from bot.shop.policy_rules import Reason
from bot.shop.understand.lexicon import words
from bot.shop.understand.spoken import count
from bot.shop.understand.text import any_of, has, plain

DENIES = r"(?:\bno\b|\bni\b|\bnunca\b|\bsin\b|\bnot\b|\bnever\b|n't\b|\bhavent\b|\bdidnt\b|\bisnt\b)"
DENIED = re.compile(DENIES + r"(?:\s+\w+){0,4}?\s+$")
NO_FAULT = re.compile(
    DENIES + r"(?:\s+\w+){0,3}?\s+(?:defect\w*|rot[oa]s?|estropead\w*|averiad\w*|faulty|broken|defective)"
)
SOFT_NO = re.compile(r"\W*(?:ok|vale|claro|right|okay|fine)\b\W*(?:que )?\W*(?:no|not|nope)\b")
RESOLUTIONS: tuple[Resolution, ...] = (
    "price_reduction", "store_credit", "other_colour", "repair", "refund", "replacement",
)  # fmt: skip
# "un" and "one" count only where a number is expected; elsewhere they are articles.
OUT_OF = re.compile(r"(?:/|\b(?:de|sobre|out of|of)\b)\s*(5|10|cinco|diez|five|ten)\b")
TEN = any_of("diez", "ten")
ONE = {"un": 1, "uno": 1, "una": 1, "one": 1}
OUT_OF_ALL = re.compile(r"\b(?:de (?:los|las)|out of|of the|of)\s+\w+")
REASONS: tuple[Reason, ...] = ("recall", "damaged", "wrong", "faulty", "changed_mind", "unspecified")


def denied(before: str) -> bool:
    """Whether the folded text that leads up to a word denies it ("no lo he ..."), within the same clause."""
    return DENIED.search(before) is not None


def yes_no(text: str) -> bool | None:
    """True, False, or None when the text does not clearly say either. What comes first wins: "no, gracias, sí que
    va" is a no. Mind the question: "no, todavía precintado" says no to "opened?" (see `sealed`)."""
    folded = words("unsure").sub(" ", words("not_a_no").sub(" ", plain(text)))
    yes, no = words("yes").search(folded), words("no").search(folded)
    if yes and no:
        return yes.start() < no.start() and not SOFT_NO.match(folded)
    return True if yes else False if no else None


def sealed(text: str) -> bool | None:
    """Whether a unit is still sealed. Words about the state win over yes and no ("no, todavía precintado" is
    sealed); a bare yes or no answers "is it still sealed?". Mixed states are None: see `sealed_units`."""
    states = _states(plain(text))
    if states:
        return None if len(set(states)) > 1 else states[0]
    return _yes_no_beside_reasons(text)


def _yes_no_beside_reasons(text: str) -> bool | None:
    """`yes_no` without the "no" of a reason: "no me convence" says nothing about a seal or a pick-up."""
    return yes_no(words("reason_changed_mind").sub(" ", plain(text)))


def sealed_units(text: str, total: int) -> int | None:
    """Of `total` units, how many are still sealed ("uno sin abrir y otro abierto": 1), or None if it is not said."""
    folded = plain(text)
    if total > 1:
        for pattern, is_sealed in ((words("sealed"), True), (words("unsealed"), False)):
            for match in pattern.finditer(folded):
                number = _number_near(folded[: match.start()], folded[match.end() :])
                if number is not None and number <= total:
                    says_sealed = is_sealed != denied(folded[: match.start()])
                    return number if says_sealed else total - number
    state = sealed(text)
    return None if state is None else total if state else 0


def descaled(text: str) -> bool | None:
    """Whether the machine has ever been descaled, from the answer to that question."""
    folded = plain(text)
    if has(folded, words("unsure")):
        return None
    if has(folded, words("never_descaled")):
        return False
    answer = yes_no(text)
    return True if answer is None and has(folded, words("has_descaled")) else answer


def pickup(text: str) -> bool | None:
    """True for a pick-up at home, False for taking it somewhere, None when it is not said."""
    folded = plain(text)
    home, away = words("pickup").search(folded), words("drop_off").search(folded)
    if home and not denied(folded[: home.start()]):
        return True if not away else home.start() < away.start()
    if away or home:
        return False
    return _yes_no_beside_reasons(text)


def way_back(text: str) -> bool | None:
    """`pickup` in words that say it unasked too: "la llevo yo", "que lo recojan"."""
    folded = plain(text)
    fetched, carried = words("has_it_fetched").search(folded), words("carries_it").search(folded)
    if fetched and not denied(folded[: fetched.start()]):
        return True
    return False if carried and not denied(folded[: carried.start()]) else None


def photo(text: str) -> bool | None:
    """Whether the customer has (or sends) a photo; an attachment itself is for the caller to see."""
    folded = plain(text)
    if has(folded, words("sends_photo")):
        return True
    return yes_no(text)


def resolution(text: str, offered: tuple[Resolution, ...]) -> Resolution | None:
    """Which of the offered remedies the customer wants; "otro nuevo" is a new unit or a replacement as offered."""
    folded = plain(text)
    hits = [(match.start(), name) for name in RESOLUTIONS if (match := words(f"resolution_{name}").search(folded))]
    for position, name in sorted(hits):
        if denied(folded[:position]):
            continue
        meant = "new_unit" if name == "replacement" and "new_unit" in offered else name
        if meant in offered:
            return meant
    return None


def reason(text: str) -> Reason | None:
    """Why something goes back, or None when the text gives no reason that is known."""
    folded = plain(text)
    works = has(folded, NO_FAULT) or has(folded, words("works"))
    if has(folded, words("own_mistake")):
        return "changed_mind"
    for name in REASONS:
        if has(folded, words(f"reason_{name}")) and not (works and name in ("faulty", "damaged")):
            return name
    return None


def quantity(text: str) -> int | None:
    """How many units ("dos", "2 unidades", "both", "uno solo"), or None."""
    folded = plain(text)
    if has(folded, words("both")):
        return 2
    if has(folded, words("only_one")):
        return 1
    return count(folded)


def rating(text: str) -> int | None:
    """A rating from 1 to 5 in figures, words or stars, or None. Customers also rate out of ten: 6 to 10 are halved,
    rounded up."""
    folded = plain(text)
    stars = text.count("⭐") or text.count("★")
    if stars:
        return min(stars, 5)
    whole = OUT_OF.search(folded)
    folded = OUT_OF.sub(" ", folded).strip()
    number = re.search(r"(?<![\d.,])(10|\d)(?![\d])", folded)
    single = int(number[1]) if number else ONE.get(folded) or count(folded) or (10 if has(folded, TEN) else None)
    if single is None or single < 1:
        return None
    out_of_ten = single > 5 or (whole and whole[1] in ("10", "diez", "ten"))
    return (single + 1) // 2 if out_of_ten else single


def _states(folded: str) -> list[bool]:
    """The states said, in order: True sealed, False unsealed. "No lo he abierto" is sealed."""
    found: list[tuple[int, bool]] = []
    for match in words("sealed").finditer(folded):
        found.append((match.start(), not denied(folded[: match.start()])))
    taken = [match.span() for match in words("sealed").finditer(folded)]
    for match in words("unsealed").finditer(folded):
        if any(start <= match.start() < end for start, end in taken):
            continue
        found.append((match.start(), denied(folded[: match.start()])))
    return [state for _, state in sorted(found)]


def _number_near(before: str, after: str) -> int | None:
    """The number that goes with a state: "dos sin abrir", "de los tres he abierto uno"."""
    own = OUT_OF_ALL.sub(" ", before[-40:])
    near = [*reversed(re.findall(r"[a-z]+|\d+", own)[-4:]), *re.findall(r"[a-z]+|\d+", after)[:2]]
    return next((number for word in near if (number := ONE.get(word) or count(word)) is not None), None)
