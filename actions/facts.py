"""From the customer's words to the facts of a request, in whatever order they come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions.turn import SURE, Turn
from bot.shop import understand
from bot.shop.decisions.facts import Resolution

KEPT = ("order_number", "email", "phone", "unclear", "offer", "flow")
SLOTS = (
    "product", "quantity", "reason", "fault", "photo", "condition", "descaled", "resolution", "pickup", "address",
    "confirm", "rating",
)  # fmt: skip
QUESTION = re.compile(r"\?\s*$")
ALL = re.compile(
    r"\b(todo|todos|todas|entero|completo|ambos|ambas|los dos|las dos|everything|all of (it|them)|both|whole)\b", re.I
)
NO_LOT = re.compile(
    r"no (lo |la )?(encuentro|veo|s[eé]|aparece|pone|tiene)|no idea|can'?t (find|see|read)|don'?t know", re.I
)
FAULT_LENGTH = 500
SOME_OF = re.compile(
    r"\b(una|uno|un|dos|tres|\d+) (sol[oa]|de (las|los|ellas|ellos|mis))|\b(solo|sólo) (una|uno|un)\b|"
    r"\b(one|two|three|\d+) of (the|my|them)|\b(just|only) one\b",
    re.I,
)
MOST_UNITS = 9
# What "no lo sé" comes to, where the matter can go on without the fact.
UNKNOWN = {"reason": "unspecified", "photo": False, "pickup": False, "product": ["lot_unknown"], "fault": "?"}
ASIDE = frozenset(
    {"greet", "thank", "goodbye", "cancel_flow", "ask_bot", "talk_to_person", "help", "repeat", "switch_language"}
)


class Known:
    """The facts so far: what the tracker held and what this turn adds."""

    def __init__(self, values: dict[str, Any], forgotten: Sequence[str]) -> None:
        self._values = {name: None if name in forgotten else value for name, value in values.items()}
        self._changed: set[str] = {name for name in forgotten if values.get(name) is not None}

    @classmethod
    def of(cls, tracker: Tracker, forget: Sequence[str]) -> Known:
        return cls({name: tracker.get_slot(name) for name in (*KEPT, *SLOTS)}, forget)

    def get(self, name: str) -> Any:
        return self._values.get(name)

    def __setitem__(self, name: str, value: Any) -> None:
        self._values[name] = value
        self._changed.add(name)

    def events(self) -> list[EventType]:
        return [SlotSet(name, self._values[name]) for name in sorted(self._changed)]


def learn(turn: Turn, known: Known, asked: str | None, flow: str) -> frozenset[str]:
    """Take every fact out of the turn and name those that are new; `asked` tells what a bare answer answers."""
    found: dict[str, Any] = {}
    if turn.picked:
        slot, value = turn.picked
        if slot in SLOTS or slot == "order_number":
            found[slot] = _picked(slot, value)
    elif turn.words or turn.photos:
        found = _said(_anywhere(turn)) | _said(_told(turn.words, flow)) | _said(_answer(turn, asked) if asked else {})
    if turn.photos:
        found["photo"] = True
    if asked and turn.intent == "dont_know" and found.get(asked) is None:
        found[asked] = UNKNOWN.get(asked)
    new = {name: value for name, value in found.items() if value is not None and value != known.get(name)}
    repeated = asked in found and found[asked] is not None
    for name, value in new.items():
        known[name] = value
    return frozenset(new) | (frozenset({asked}) if repeated and asked else frozenset())


def _said(facts: dict[str, Any]) -> dict[str, Any]:
    """Those of the facts that there are: what one reader did not find, another one may have."""
    return {name: value for name, value in facts.items() if value is not None}


def _picked(slot: str, value: str) -> Any:
    if slot in ("photo", "descaled", "pickup", "confirm"):
        return value == "yes"
    if slot == "rating":
        return understand.rating(value)
    return [value] if slot == "product" else value


def _anywhere(turn: Turn) -> dict[str, Any]:
    """Facts that carry their own sign, wherever they stand."""
    orders, emails, phones = (
        understand.order_numbers(turn.words),
        understand.emails(turn.words),
        understand.phones(turn.words),
    )
    named = [*understand.products(turn.words), *understand.lots(turn.words)]
    return {
        "order_number": orders[-1] if orders else None,
        "email": emails[-1] if emails else None,
        "phone": phones[-1] if phones else None,
        "product": named or None,
        "quantity": understand.quantity(turn.words) if SOME_OF.search(turn.words) else None,
    }


def _told(text: str, flow: str) -> dict[str, Any]:
    """What is told unasked, where the words leave no doubt."""
    if flow in ("return", "exchange"):
        return {"reason": understand.reason(text), "pickup": understand.way_back(text)}
    if flow == "rating":
        return {"rating": understand.rating(text)}
    if flow in ("warranty", "damaged", "wrong_item", "recall"):
        told = understand.fault(text)
        exact = told is not None and (told.part != "other" or told.cause is not None)
        return {"fault": text[:FAULT_LENGTH] if exact else None}
    return {}


def _answer(turn: Turn, asked: str) -> dict[str, Any]:
    """What the words mean as the answer to what was asked; nothing when they look like something else."""
    text = turn.words
    if not text or (turn.intent == "ask_question" and QUESTION.search(text)):
        return {}
    if asked == "fault" and _only_names(text):
        return {}
    if asked in ("reason", "fault", "address"):
        return {} if _aside(turn) else {asked: _free(asked, text)}
    if asked == "product":
        return {asked: ["all"] if ALL.search(text) else ["lot_unknown"] if NO_LOT.search(text) else None}
    if asked == "resolution":
        return {asked: understand.resolution(text, get_args(Resolution.__value__))}
    if asked == "condition":
        said = understand.sealed(text) is not None or understand.sealed_units(text, MOST_UNITS) is not None
        return {asked: text[:FAULT_LENGTH] if said else None}
    reader = {
        # Saying that there is one sends none: only a picture itself is a yes.
        "photo": lambda text: False if understand.photo(text) is False else None,
        "descaled": understand.descaled,
        "pickup": understand.pickup,
        "confirm": understand.yes_no,
        "rating": understand.rating,
    }
    return {asked: reader[asked](text)} if asked in reader else {}


def _only_names(text: str) -> bool:
    """Whether the words name a product and say nothing of what it does: "la Brasa 20"."""
    return bool(understand.products(text)) and understand.fault(text) is None and len(text.split()) <= 3


def _aside(turn: Turn) -> bool:
    """Words said beside the matter: a greeting, a wish to stop, a question."""
    return turn.confidence >= SURE and (turn.intent in ASIDE or (turn.intent == "ask_question" and "?" in turn.words))


def _free(asked: str, text: str) -> Any:
    if asked == "address":
        return text[:FAULT_LENGTH] if understand.looks_like_address(text) or understand.zone(text) else None
    return (understand.reason(text) or "unspecified") if asked == "reason" else text[:FAULT_LENGTH]
