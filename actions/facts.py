"""From the customer's words to the facts of a request, in whatever order they come."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions import addresses, questions, wishes
from actions.turn import SURE, Turn
from bot.shop import understand
from bot.shop.decisions.facts import Resolution
from bot.shop.rulebook import current

KEPT = ("order_number", "email", "phone", "tried", "unclear", "offer", "flow")
SLOTS = (
    "product", "quantity", "reason", "fault", "photo", "condition", "descaled", "resolution", "pickup", "address",
    "confirm", "rating", "opening",
)  # fmt: skip
QUESTION = re.compile(r"\?\s*$")
ALL = re.compile(
    r"\b(todo|todos|todas|entero|completo|ambos|ambas|los dos|las dos|everything|all of (it|them)|both|whole)\b", re.I
)
# The same, where it need not be an answer.
WHOLE = re.compile(
    r"\b(todo el pedido|(el )?pedido (entero|completo)|todo lo que (ped[ií]|compr[eé]|vino)|"
    r"(whole|entire|complete|full) (order|lot)|everything (in|from) (the|my|that) order|all of the order)\b",
    re.I,
)
NO_LOT = re.compile(
    r"no (lo |la )?(encuentro|veo|s[eé]|aparece|pone|tiene)|no idea|can'?t (find|see|read)|don'?t know", re.I
)
FAULT_LENGTH = 500
BARE_QUESTION = re.compile(
    r"\W*(?:(?:y|and|but|pero|pues)\W+)*(?:por ?qu[eé]|why|c[oó]mo|how|qu[eé]|what)(?: no| not)?\W*", re.I
)
# "Por que" for "porque" begins a reason.
BECAUSE = re.compile(r"\W*(por ?que|xq|pq)\b[^?]*$", re.I)
# A parcel that the carrier may say it delivered.
NEVER_CAME = re.compile(
    r"\bno\b.{0,30}(lleg|recib|ven[ií]|lo tengo|la tengo|los tengo|tengo nada|aparec)|\bsin (llegar|recibir|noticias)|"
    r"perdid|extravi|robad|\bna(da)? de na(da)?\b|\bni rastro\b|\bno (sign|trace) of\b|"
    r"(\b(no|not|never|nothing)|n['’]?t)\b.{0,30}(arriv|receiv|come|came|got|get|here|turn|show|sign|see)|"
    r"\b(lost|missing|stolen|disappeared|pone entregado|says? (it was )?delivered)\b",
    re.I,
)
# What else may not have come.
NO_PARCEL = re.compile(
    r"\b(correos?|e-?mails?|mensajes?|sms|c[oó]digo|factura|reembolso|dinero|abono|etiqueta|respuesta|message|code|invoice|"
    r"refund|money|label|answer|reply)\b",
    re.I,
)
LATER = re.compile(
    r"\b(luego|m[aá]s tarde|mañana|ahora no|cuando (llegue|pueda|salga|vuelva)|esta (noche|tarde)|en casa|later|"
    r"tomorrow|tonight|not now|right now|when i (get|can|am)|at work|in a (bit|while))\b",
    re.I,
)
# Where a fault is told, and which remedies may be wished for before they are offered.
OF_FAULTS = frozenset({"warranty", "damaged", "wrong_item", "recall"})
# What begins with a description, and how many words one has.
DESCRIBED, DESCRIBING = frozenset({"claim_warranty", "report_damaged", "report_wrong_item"}), 7
# Where the law names the remedies.
BY_LAW = frozenset({"warranty"})
OFFERED: dict[str, tuple[Resolution, ...]] = {
    "exchange": ("other_colour", "store_credit"),
    "warranty": ("repair", "replacement"),
    "damaged": ("new_unit", "refund"),
    "wrong_item": ("new_unit", "refund"),
}
REMEDIES: dict[str, tuple[Resolution, ...]] = {
    "exchange": ("other_colour", "store_credit"),
    "damaged": ("new_unit", "refund"),
    "wrong_item": ("new_unit", "refund"),
    "warranty": ("replacement", "refund"),
    "recall": ("new_unit", "refund"),
}
# Yes-or-no questions to which the classifier's yes or no counts where no word of the text is known.
PLAIN_YES_NO, SURE_YES_NO = frozenset({"confirm", "descaled"}), 0.7
SOME_OF = re.compile(
    r"\b(una|uno|un|dos|tres|\d+) (sol[oa]|de (las|los|ellas|ellos|mis))|\b(solo|sólo) (una|uno|un)\b|"
    r"\b(one|two|three|\d+) of (the|my|them)|\b(just|only) one\b|\bone only\b|\bone out of\b|"
    r"\b(solo|sólo|only|just)( \w+){0,3} (una|uno|un|one|dos|two)\b"
    r"(?! (vez|veces|d[ií]a|semana|mes|time|day|week|month))|"
    r"\b(make|pon|ponlo|d[eé]jalo|que sean?)( (that|it|en|just|only|solo|sólo))* (una|uno|dos|one|two|\d)\b|"
    r"\b(one|a) (pair|unit|bag|pack) of (the|my)\b|\bun[ao]? (par|unidad|paquete|bolsa) de (los|las|mis)\b",
    re.I,
)
ONE = re.compile(r"\b(?:un[ao]?|one|1)\b", re.I)
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
        found = (
            said(_anywhere(turn, asked, flow))
            | said(told(turn.words, flow))
            | said(_answer(turn, asked, flow) if asked else {})
        )
        found |= _with_opening(turn, known, asked, flow, found.get("fault"))
        found |= _pieced(turn.words, known) if asked == "address" and not found.get("address") else {}
    elif flow == "lost_parcel" and asked is None:
        # The button says it.
        found["confirm"] = True
    if turn.photos:
        found["photo"] = True
    if asked == "fault" and not found.get("fault") and found.get("resolution"):
        # Who answers with a remedy has no more to tell of the fault.
        found["fault"] = known.get("opening")
    if asked and turn.intent == "dont_know" and found.get(asked) is None:
        found[asked] = UNKNOWN.get(asked)
    if asked not in (None, "product") and not wishes.corrects(turn.words):
        found = _without_passing(found, known, asked)
    new = {name: value for name, value in found.items() if value is not None and value != known.get(name)}
    repeated = asked in found and found[asked] is not None
    for name, value in new.items():
        known[name] = value
    return frozenset(new) | (frozenset({asked}) if repeated and asked else frozenset())


def _without_passing(found: dict[str, Any], known: Known, asked: str | None) -> dict[str, Any]:
    """The facts without a product that is only named again among those chosen ("one of the coffees is open"), nor the
    number of those whose seal was asked for."""
    chosen, named = known.get("product"), found.get("product")
    again = chosen and named and (chosen == ["all"] or set(named) <= set(chosen))
    passing = {"product"} if again else set()
    passing |= {"quantity"} if asked == "condition" else set()
    return {name: value for name, value in found.items() if name not in passing}


def _with_opening(turn: Turn, known: Known, asked: str | None, flow: str, fault: str | None) -> dict[str, Any]:
    """What was told of the fault before belongs to it: the answer to "what exactly?" need not repeat the opening, and
    what is told later takes nothing back."""
    if flow in ("return", "exchange") and not known.get("opening") and understand.reason(turn.words) == "faulty":
        return {"opening": turn.words[:FAULT_LENGTH]}
    if flow not in OF_FAULTS:
        return {}
    if asked is None and fault is None and _describes(turn):
        return {"opening": turn.words[:FAULT_LENGTH]}
    before = known.get("opening") if asked == "fault" else known.get("fault")
    told = fault and before and before not in ("?", fault)
    return {"fault": f"{before}. {fault}"[:FAULT_LENGTH]} if told else {}


def _describes(turn: Turn) -> bool:
    """Whether an opening tells what is wrong, in words that are known or in some of its own."""
    told = turn.intent in DESCRIBED and len(turn.words.split()) >= DESCRIBING and not wishes.wants(turn.words)
    return told or understand.fault(turn.words) is not None


def _pieced(text: str, known: Known) -> dict[str, Any]:
    """An address told in several messages: what there is of it so far, or the whole."""
    before = known.get("opening")
    if not (understand.looks_like_address(text) or understand.zone(text)):
        return {}
    whole = ", ".join(filter(None, (before, text)))[:FAULT_LENGTH]
    done = understand.address_lacks(whole) is None or (before and understand.zone(whole))
    return {"address" if done else "opening": whole}


def said(facts: dict[str, Any]) -> dict[str, Any]:
    """Those of the facts that there are: what one reader did not find, another one may have."""
    return {name: value for name, value in facts.items() if value is not None}


def _picked(slot: str, value: str) -> Any:
    if slot in ("photo", "descaled", "pickup", "confirm"):
        return value == "yes"
    if slot == "rating":
        return understand.rating(value)
    return [value] if slot == "product" else value


def _anywhere(turn: Turn, asked: str | None, flow: str) -> dict[str, Any]:
    """Facts that carry their own sign, wherever they stand."""
    orders, emails, phones = (
        understand.order_numbers(turn.words, asked=asked == "order_number"),
        understand.emails(turn.words),
        understand.phones(turn.words),
    )
    products = understand.products_meant(turn.words)
    named = [*(_that_fail(products) if flow in OF_FAULTS else products), *understand.lots(turn.words)]
    named = ["all"] if asked is None and WHOLE.search(turn.words) else named
    return {
        "order_number": orders[-1] if orders else None,
        "email": emails[-1] if emails else None,
        "phone": phones[-1] if phones else None,
        "product": named or None,
        "quantity": units(turn.words),
    }


def _that_fail(products: list[str]) -> list[str]:
    """The products without the food beside an appliance: "la cafetera saca el café frío" is about the machine."""
    catalogue = current().catalogue
    return [sku for sku in products if not catalogue.get(sku).food] or products


def told(text: str, flow: str) -> dict[str, Any]:
    """What is told unasked, where the words leave no doubt."""
    if flow in ("return", "exchange"):
        return {
            "reason": understand.reason(text),
            "pickup": understand.way_back(text),
            "resolution": _remedy(text, flow),
        }
    if flow == "rating":
        return {"rating": understand.rating(text)}
    if flow == "address":
        return {"address": addresses.told_with_the_wish(text)}
    if flow == "lost_parcel":
        return {"confirm": True if NEVER_CAME.search(text) else None}
    if flow in OF_FAULTS:
        fault = understand.fault(text)
        return {
            "fault": text[:FAULT_LENGTH] if fault and fault.exact else None,
            "resolution": _remedy(text, flow),
            "descaled": descaled(text),
        }
    return {}


def descaled(text: str) -> bool | None:
    return understand.descaled(text) if "descal" in text.lower() else None


def units(text: str) -> int | None:
    """How many units, where the words name a part of several."""
    some = SOME_OF.search(text)
    return (understand.quantity(some[0]) or (1 if ONE.search(some[0]) else None)) if some else None


def _remedy(text: str, flow: str) -> str | None:
    """The remedy that is wished for before any was offered."""
    wished = flow == "exchange" or (flow in REMEDIES and wishes.wants(text))
    return understand.resolution(text, REMEDIES[flow]) if wished else None


def _answer(turn: Turn, asked: str, flow: str) -> dict[str, Any]:
    """What the words mean as the answer to what was asked; nothing when they look like something else."""
    text = turn.words
    if not text or (turn.intent == "ask_question" and QUESTION.search(text)):
        return {}
    if asked == "fault" and (_only_names(text) or (turn.intent == "correct_fact" and turn.confidence >= SURE)):
        return {}
    if asked == "fault" and understand.fault(text) is None and (remedy := _remedy(text, "warranty")):
        return {"resolution": remedy}
    if asked in ("reason", "fault", "address"):
        return {} if _aside(turn) or BARE_QUESTION.fullmatch(text) else {asked: _free(asked, text)}
    if asked == "product":
        return {asked: ["all"] if ALL.search(text) else ["lot_unknown"] if NO_LOT.search(text) else None}
    if asked == "resolution":
        read = understand.resolution(text, get_args(Resolution.__value__))
        return {asked: read or understand.resolution(text, OFFERED.get(flow, ()))}
    if asked == "condition":
        said = understand.sealed(text) is not None or understand.sealed_units(text, MOST_UNITS) is not None
        return {asked: text[:FAULT_LENGTH] if said else None}
    reader = {
        # Saying that there is one sends none: only a picture itself is a yes.
        "photo": lambda text: False if understand.photo(text) is False else None,
        "descaled": understand.descaled,
        "pickup": understand.pickup,
        "confirm": lambda text: (
            True if flow == "lost_parcel" and NEVER_CAME.search(text) else understand.confirmation(text)
        ),
        "rating": understand.rating,
    }
    return {asked: _yes_or_no(turn, asked, reader[asked](text))} if asked in reader else {}


def _confirmed(text: str, flow: str) -> bool | None:
    """Whether what was announced is to be done; "no, it never came" wants the claim."""
    return True if flow == "lost_parcel" and NEVER_CAME.search(text) else understand.confirmation(text)


def _yes_or_no(turn: Turn, asked: str, read: Any) -> Any:
    """What the words were read as, or the classifier's yes or no; where the two disagree about what cannot be undone,
    nothing, so that it is asked again."""
    said = {"affirm": True, "deny": False}.get(turn.intent) if turn.confidence >= SURE_YES_NO else None
    if asked not in PLAIN_YES_NO or said is None:
        return read
    return said if read is None else None if asked == "confirm" and read != said else read


def _only_names(text: str) -> bool:
    """Whether the words name a product and say nothing of what it does: "la Brasa 20"."""
    return bool(understand.products(text)) and understand.fault(text) is None and len(text.split()) <= 3


def _aside(turn: Turn) -> bool:
    """Words said beside the matter: a greeting, a wish to stop, a question."""
    asks = turn.intent == "ask_question" and questions.is_question(turn.words) and not BECAUSE.match(turn.words)
    return turn.confidence >= SURE and (turn.intent in ASIDE or asks)


def _free(asked: str, text: str) -> Any:
    if asked == "address":
        whole = understand.looks_like_address(text) and understand.address_lacks(text) is None
        return text[:FAULT_LENGTH] if whole else None
    return (understand.reason(text) or "unspecified") if asked == "reason" else text[:FAULT_LENGTH]
