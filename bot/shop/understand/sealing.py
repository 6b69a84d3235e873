"""Whether things are still sealed, and how many of them; whether a machine was ever descaled."""

import re

from bot.shop.understand.agreement import bare_yes_no, yes_no
from bot.shop.understand.denial import Said, denied, said
from bot.shop.understand.lexicon import words
from bot.shop.understand.spoken import count
from bot.shop.understand.text import has, plain

# "un" and "one" count only where a number is expected; elsewhere they are articles.
ONE = {"un": 1, "uno": 1, "una": 1, "one": 1}
# "Desde la semana pasada" tells since when it fails, "la semana pasada" may tell when it was descaled.
FAULT_SINCE = re.compile(
    r"\b(?:desde|since)(?: hace)?(?: (?:el|la|los|las|un|una|unos|unas|the|a|last))* \w+(?: pasad\w+)?"
)
THE_OTHER = re.compile(r"\b(?:el otro|la otra|the other(?: one)?)\b")
OUT_OF_ALL = re.compile(r"\b(?:de (?:los|las)|out of|of the|of)\s+\w+")


def sealed(text: str) -> bool | None:
    """Whether a unit is still sealed. Words about the state win over yes and no ("no, todavía precintado" is
    sealed); a bare yes or no answers "is it still sealed?". Mixed states are None: see `sealed_units`."""
    folded = plain(text)
    states = {_is_sealed(folded, state) for state in _states(folded)}
    if states:
        return states.pop() if len(states) == 1 else None
    return bare_yes_no(text)


def sealed_units(text: str, total: int) -> int | None:
    """Of `total` units, how many are still sealed ("uno sin abrir y otro abierto": 1), or None if it is not said."""
    folded = plain(text)
    if total > 1:
        for state in sorted(_states(folded), key=lambda each: each.of):
            number = _number_near(folded[: state.start], folded[state.end :])
            if number is not None and number <= total:
                return number if _is_sealed(folded, state) else total - number
        kinds = {_is_sealed(folded, state) for state in _states(folded)}
        if len(kinds) > 1 and THE_OTHER.search(folded):
            return 1
    state_of_all = sealed(text)
    return None if state_of_all is None else total if state_of_all else 0


def tells_seal(text: str) -> bool:
    """Whether the text itself names a state of the seal; a bare yes or no does not."""
    return bool(_states(plain(text)))


def descaled(text: str) -> bool | None:
    """Whether the machine has ever been descaled, from the answer to that question."""
    folded = plain(text)
    if has(folded, words("unsure")):
        return None
    if has(folded, words("never_descaled")):
        return False
    answer = bare_yes_no(text)
    if answer is not None:
        return answer
    done = words("has_descaled").search(FAULT_SINCE.sub(" ", words("since_bought").sub(" ", folded)))
    if done:
        return not denied(folded[: done.start()])
    return yes_no(text) if has(folded, words("cause_limescale")) else None


def _states(folded: str) -> list[Said]:
    """The states said, in order: of the list 0 (sealed) or 1 (unsealed)."""
    folded = words("no_state").sub(lambda match: " " * len(match[0]), folded)
    return list(said(folded, words("sealed"), words("unsealed")))


def _is_sealed(folded: str, state: Said) -> bool:
    """A denied "abierto" is sealed, and so is "have I opened it? of course not"."""
    asked_itself = re.match(r"[^.,;!]*\?(.*)", folded[state.end :])
    turned = asked_itself is not None and yes_no(asked_itself[1]) is False
    return (state.of == 0) != (state.denied != turned)


def _number_near(before: str, after: str) -> int | None:
    """The number that goes with a state: "dos sin abrir", "de los tres he abierto uno"."""
    own = OUT_OF_ALL.sub(" ", before[-40:])
    near = [*reversed(re.findall(r"[a-z]+|\d+", own)[-4:]), *re.findall(r"[a-z]+|\d+", after)[:2]]
    return next((number for word in near if (number := ONE.get(word) or count(word)) is not None), None)
