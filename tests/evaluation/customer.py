"""What a customer of a dialogue says next: the fact asked for, a twist, or that they do not know."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from tests.evaluation.chats import Choice
from tests.evaluation.sets import Dialogue, Twist

# Three wrong tries lock an order; a customer who is asked a fourth time for the same thing gives up.
MOST_TRIES = 4
YES = re.compile(r"(si|sip|yes|yep|yeah|ok|vale|claro|true|adjunto|adjunta|photo|foto|attached)\b")
NO = re.compile(r"(no|nope|not|false|none|sin|without|ninguna?|never|nunca)\b")
HOME = re.compile(r"\b(casa|domicilio|recog\w*|recoj\w*|home|pick\w*|collect\w*|courier|mensajero)\b")
AWAY = re.compile(r"\b(punto|tienda|llevo|drop\w*|shop|store|correos|oficina|post office|label|etiqueta|myself)\b")
STOP_WORDS = {
    "el", "la", "los", "las", "un", "una", "de", "del", "que", "lo", "me", "mi", "por", "favor",
    "the", "a", "an", "of", "to", "it", "i", "my", "please",
}  # fmt: skip
# For facts that are given as the code of a value instead of in words.
SAID_AS: dict[str, tuple[str, str]] = {
    "changed_mind": ("ya no lo quiero", "I no longer want it"),
    "faulty": ("no funciona bien", "it does not work well"),
    "damaged": ("llegó roto", "it arrived broken"),
    "wrong": ("no es lo que pedí", "it is not what I ordered"),
    "unspecified": ("prefiero no decirlo", "I would rather not say"),
    "sealed": ("sí, está sin abrir", "yes, it is unopened"),
    "opened": ("no, lo abrí", "no, I opened it"),
    "unsealed": ("no, lo abrí", "no, I opened it"),
    "repair": ("que lo reparéis", "repair it"),
    "replacement": ("que me lo cambiéis por otro", "replace it"),
    "new_unit": ("uno nuevo", "a new one"),
    "refund": ("el dinero", "a refund"),
    "other_colour": ("otro color", "another colour"),
    "store_credit": ("un vale", "store credit"),
    "price_reduction": ("una rebaja", "a price reduction"),
    "all": ("todo", "everything"),
    "pickup": ("recogedlo en casa", "pick it up at home"),
    "drop_off": ("lo llevo yo a un punto de entrega", "I will take it to a drop-off point"),
}
# What a customer says about which the dialogue gives no fact. None: take the first button, where there are any.
DEFAULTS: dict[str, tuple[str, str] | None] = {
    "confirm": ("sí", "yes"),
    "pickup": ("lo llevo yo", "I will drop it off"),
    "reason": ("ya no lo quiero", "I changed my mind, I no longer want it"),
    "photo": ("no tengo foto", "I have no photo"),
    "rating": ("5", "5"),
    "condition": None,
    "resolution": None,
}
STANDS_FOR = {"email": "phone", "phone": "email", "fault": "reason", "reason": "fault"}
UNKNOWN = ("no lo sé", "I don't know")


@dataclass(frozen=True)
class Move:
    """The next thing that the customer does; `photo` sends a picture along."""

    text: str = ""
    choice: Choice | None = None
    photo: bool = False
    twist: bool = False


@dataclass
class Customer:
    """Answers what is asked from the facts of a dialogue, and remembers what was said already."""

    dialogue: Dialogue
    _twists: list[Twist] = field(init=False)
    _owed: str = ""
    _tries: Counter[str] = field(default_factory=Counter)
    _confessed: bool = False

    def __post_init__(self) -> None:
        self._twists = list(self.dialogue.twists)

    @property
    def owes(self) -> bool:
        """Whether a fact is still to follow after a twist."""
        return bool(self._owed)

    def move(self, asks: str, choices: Sequence[Choice]) -> Move | None:
        """What to say to a bot that asks for `asks` ("" for nothing); None when the customer has nothing to say."""
        slot = asks or self._owed
        if not slot:
            return None
        twist = next((twist for twist in self._twists if twist.when_asked == slot), None) if asks else None
        if twist:
            self._twists.remove(twist)
            self._owed = slot if twist.then == "answer" else ""
            return Move(twist.say, twist=True)
        self._owed = ""
        self._tries[slot] += 1
        if self._tries[slot] > MOST_TRIES:
            return None
        return self._answer(slot, choices)

    def _answer(self, slot: str, choices: Sequence[Choice]) -> Move | None:
        value, given = self._fact(slot)
        if given:
            return self._tell(slot, value, choices)
        if slot in DEFAULTS:
            default = DEFAULTS[slot]
            if default is not None:
                return self._tell(slot, self._in_words(default), choices)
            if choices:
                return Move(choice=choices[0])
        if slot in ("product", "order_number") and (hint := self._hinted(choices)):
            return Move(choice=hint)
        if self._confessed:
            return None
        self._confessed = True
        return Move(self._in_words(UNKNOWN))

    def _fact(self, slot: str) -> tuple[Any, bool]:
        facts = self.dialogue.facts
        for name in (slot, STANDS_FOR.get(slot, slot)):
            if facts.get(name) is not None:
                return facts[name], True
        return None, False

    def _hinted(self, choices: Sequence[Choice]) -> Choice | None:
        """The button that fits what the customer told in other facts or in the opening."""
        told = " ".join([self.dialogue.opening, *map(str, self.dialogue.facts.values())])
        fitting = [choice for choice in choices if _words(choice.label) & _words(told)]
        return fitting[0] if len(fitting) == 1 else None

    def _tell(self, slot: str, value: Any, choices: Sequence[Choice]) -> Move:
        words = self._words_of(slot, value)
        if slot == "photo" and not NO.match(plain(words)):
            return Move(words, photo=True)
        choice = fitting_choice(slot, words, choices) if self._presses else None
        return Move(choice=choice) if choice else Move(words)

    def _words_of(self, slot: str, value: Any) -> str:
        if isinstance(value, list):
            return (" and " if self._english else " y ").join(self._words_of(slot, entry) for entry in value)
        if isinstance(value, bool) or (slot == "pickup" and plain(str(value)) in ("yes", "si", "no")):
            yes = value is True or plain(str(value)) in ("yes", "si")
            if slot == "pickup":
                return self._in_words(SAID_AS["pickup" if yes else "drop_off"])
            return self._in_words(("sí", "yes") if yes else ("no", "no"))
        known = SAID_AS.get(str(value))
        return self._in_words(known) if known else str(value)

    def _in_words(self, pair: tuple[str, str]) -> str:
        return pair[self._english]

    @property
    def _presses(self) -> bool:
        """Half of the customers press the buttons that they are offered; the others write, whatever is offered."""
        return zlib.crc32(self.dialogue.id.encode()) % 2 == 0

    @property
    def _english(self) -> bool:
        return self.dialogue.lang.startswith("en")


def plain(text: str) -> str:
    """Lower case, without accents and without signs around it."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in folded if not unicodedata.combining(sign)).strip(" .,;:!?¡¿\"'")


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z0-9]+", plain(text))) - STOP_WORDS


def fitting_choice(slot: str, words: str, choices: Sequence[Choice]) -> Choice | None:
    """The one button that means what the customer would say; None when none or several do."""
    for fits in (_same, _polarity(slot), _alike):
        found = [choice for choice in choices if fits(words, choice.label)]
        if len(found) == 1:
            return found[0]
    return None


def _same(words: str, label: str) -> bool:
    return plain(words) == plain(label)


def _polarity(slot: str) -> Any:
    """How a slot's yes and no look on a button."""

    def fits(words: str, label: str) -> bool:
        said, button = plain(words), plain(label)
        if slot == "pickup":
            return bool(HOME.search(said)) != bool(AWAY.search(said)) and bool(HOME.search(said)) == bool(
                HOME.search(button)
            )
        if slot not in ("photo", "descaled", "confirm", "condition"):
            return False
        return any(bool(sign.match(said)) and bool(sign.match(button)) for sign in (YES, NO))

    return fits


def _alike(words: str, label: str) -> bool:
    said, button = _words(words), _words(label)
    numbers = {word for word in said if word.isdecimal() and len(word) >= 5}
    if numbers:
        return bool(numbers & button)
    if not said or not button:
        return False
    return said <= button or button <= said or SequenceMatcher(None, plain(words), plain(label)).ratio() > 0.82
