"""What a short answer means: a number from 0 to 10, "sí, ya va". Pure; what is not clear is None."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from bot.conversations.reaching import PREFIX
from bot.shop.understand.text import plain

YES, NO = f"{PREFIX}yes", f"{PREFIX}no"
LONGEST = 25

_WORDS = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez",
    "zero one two three four five six seven eight nine ten",
)
_NUMBERS = {word: number for words in _WORDS for number, word in enumerate(words.split())}
_NUMBER = rf"(?P<number>10|[0-9]|{'|'.join(_NUMBERS)})"
_LEAD = (
    r"(?:(?:pues|hola|hello|hi|si|yo|os|le|te|doy|pongo|pondria|daria|diria|digo|creo|que|seria|es|mi|nota|puntuacion|"
    r"con|un|una|claro|bueno|ok|vale|well|i|i'd|id|would|say|give|you|it|a|an|my|score|is|rating|definitely|solid)"
    r"\W+){0,8}"
)
_OF_TEN = r"(?:\s*(?:/|sobre|de|out of|of)\s*(?:10|diez|ten))?(?:\s*(?:puntos?|points?))?"
SCORE = re.compile(rf"^\W*{_LEAD}{_NUMBER}\b(?!\s*[.,]\s*\d){_OF_TEN}(?P<rest>.*)$", re.S)
# After the number: nothing, or a remark that is marked as one; "2 cafeteras no van" is no score.
REMARK = re.compile(
    r"^\s*(?:$|[.,;:!)…\-–—]|\n|\(|porque|pero|todo|muy|gracias|sin duda|because|but|very|thanks|thank you|great|all)",
    re.S,
)
ANOTHER = re.compile(r"^\s*(?:o|u|or|a|to|-|–)\s*(?:un |a )?(?:10|[0-9])\b")

_NOT_GOOD = re.compile(
    r"\b(?:ya no|no|not|never|(?:does|is|did|will|has)n'?t|won'?t) (?:me |le |lo )?(?:ha |been |really |quite )?"
    r"(?:funciona|va|anda|tira|arranca|esta|works?|working|fixed|solved|sorted|fine|great|perfect)\b"
)
_STILL_GOOD = re.compile(
    r"\b(?:ya no (?:falla|pasa|hace|pierde|sale|me (?:falla|pasa|hace|sale)|se (?:apaga|para|bloquea))|no ha vuelto|"
    r"no me ha vuelto|sin problemas?|no hay (?:ningun )?problemas?|no (?:more )?(?:problems?|issues?)|"
    r"(?:it )?(?:doesn'?t|does not|hasn'?t|has not) (?:happen|happened|fail|failed)(?: (?:any ?more|again|since))?)\b"
)
_GOOD = re.compile(
    r"\b(?:si|sip|ya (?:va|funciona|esta|anda|tira)|(?:va|funciona|todo|esta|muy) (?:bien|perfecto|genial|ok)|perfecto|"
    r"perfecta(?:mente)?|genial|solucionad[oa]|arreglad[oa]|resuelt[oa]|de maravilla|estupend[oa]|encantad[oa]|"
    r"yes|yep|yeah|works?|working|fixed|solved|sorted|all (?:good|well|fine)|great|perfect(?:ly)?|fine)\b"
)
_BAD = re.compile(
    r"\b(?:no|nop|nope|que va|sigue (?:igual|sin|fallando|roto|rota|mal|haciendo)|todavia|aun no|tampoco|peor|"
    r"igual que antes|fatal|mal|still|not yet|not (?:fixed|working|really)|same (?:as before|problem)|worse|"
    r"isn'?t|doesn'?t|didn'?t|won'?t|hasn'?t|bad(?:ly)?)\b"
)
# With these the answer goes on to something else, which the dialogue has to hear.
_MORE = re.compile(
    r"\b(?:pero|aunque|however|but|although|ahora (?:sale|hace|me)|quiero|querria|necesito|want|need)\b|\?"
)


@dataclass(frozen=True)
class Score:
    """0 to 10, and what else was said."""

    score: int
    comment: str = ""


def score(text: str) -> Score | None:
    """ "9", "un 9", "le doy un nueve", "9/10, todo genial"; None where it is not one clear number."""
    said = plain(text)
    found = SCORE.match(said)
    if not found or len(said) > 600:
        return None
    rest = found["rest"]
    if ANOTHER.match(rest) or not REMARK.match(rest):
        return None
    number = found["number"]
    value = int(number) if number.isdecimal() else _NUMBERS[number]
    comment = text.strip() if re.search(r"\w", rest) else ""
    return Score(value, comment[:500])


def yes_no(text: str) -> bool | None:
    """Whether it is fixed, or well: "sí, ya va", "no, sigue igual"; None where it is neither, both, or goes on."""
    said = plain(text)
    if len(said.split()) > LONGEST or _MORE.search(said):
        return None
    rest = _STILL_GOOD.sub(" ", said)
    left = _NOT_GOOD.sub(" no ", rest)
    good, bad = rest != said or bool(_GOOD.search(left)), bool(_BAD.search(left))
    return good if good != bad else None


def choices(asks: str | None, language: str) -> tuple[tuple[str, str], ...]:
    """Buttons (label, payload) for an answer of one tap, where the channel has any."""
    if asks not in ("fixed", "well"):
        return ()
    with translation.override(language):
        if asks == "fixed":
            return (_("Yes, it works"), YES), (_("No, still the same"), NO)
        return (_("Yes, all well"), YES), (_("No, something is wrong"), NO)
