"""Two matters in one message: the first is dealt with, the other one is kept and offered when that is done."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rasa_sdk.events import EventType, SlotSet

from actions.questions import WORDS
from actions.starts import OFFERS
from actions.telling import offer
from actions.turn import Turn
from bot.shop import understand
from bot.shop.understand.text import Pattern, plain

PARTS = re.compile(
    r"[.!?;¿¡\n]+|,?\s*\b(?:y|e|and|plus|tambi[eé]n|adem[aá]s|also|aparte|de paso|por (?:otro|otra) (?:lado|parte)|"
    r"luego|despu[eé]s|then|as well as|on top of that)\b,?",
    re.I,
)
# "If not, cancel it": another way out of the same matter. "The refund" comes of the matter itself.
INSTEAD = re.compile(r"\W*(?:si no|o si|o |if not|otherwise|or |else|sino)\b")
MONEY = re.compile(
    r"\b(?:dinero|importe|pasta|reembolso|money|refund|pagado|pague|price|confirm\w*|retiren?)\b|"
    r"\bsi (?:no )?(?:puedo|hay)"
)
W = WORDS
# What a part of a message that holds several wishes names, where "I want" may stand in another part.
NAMED: tuple[tuple[str, Pattern], ...] = tuple((flow, re.compile(rf"\b(?:{words})\b")) for flow, words in (
    ("order_status", rf"donde (?:esta|anda|va|para) {W}(?:pedido|paquete|envio|otr[oa]|resto)"
                     rf"|(?:como va|que pasa con) {W}(?:pedido|paquete|envio|otr[oa])|(?:track|status of) {W}order"
                     rf"|where(?:'?s| is| has) {W}(?:order|parcel|package|other)"
                     r"|where (?:is|are) (?:it|they)|where'?s it|donde (?:esta|anda)n?(?=\W*$)"
                     r"|cuando (?:me )?llega\w*|when (?:will|does) it (?:come|arrive)"),
    ("invoice", rf"(?:mand|envi|pas|dar|dad|dam|hac|haz|necesit|quer|quier|ped|falta)\w* {W}factura"
                rf"|(?:send|e-?mail|need|want|get|give|have|missing) {W}invoice"),
    ("address", rf"(?:cambi|modific|correg)\w* {W}direccion|change {W}address"
                r"|(?:otra|different|new) (?:direccion|address)"),
    ("cancel", r"(?:cancel|anul)(?:a|ad|ar|arlo|arla|ais|eis|en|e|adme|ame|adlo|alo)? (?:el|la|los|las|lo|mi|un|una|"
               r"otro|the|my|an|a|order|pedido|that|other)\b"
               r"(?! (?:registration|account|registro|cuenta|subscription|suscripcion))"),
    ("exchange", r"cambiar\w* \w+ \w+ por|(?:exchange|swap) (?:the|my|an|a)"),
    ("return", r"devolver|devuelvo|devolveros|(?:return|send back) (?:the|my|a|an|one|some)"
               r"|send (?:the|my) \w+(?: \w+)? back"),
    ("warranty", rf"repar\w+|arregl\w+|garantia {W}\w+|(?:repair|fix) (?:the|my)|repaired|fixed"
                 r"|under (?:the )?warranty"),
    ("points", r"(?:cuantos|mis) puntos|(?:how many|my) points"),
    ("erasure", rf"borr\w+ {W}(?:datos|cuenta)|(?:delete|erase) {W}(?:data|account|details)"),
))  # fmt: skip
# One thing can be only one of these at a time.
ALIKE = frozenset({"return", "exchange", "damaged", "wrong_item", "warranty", "recall"})
# So many messages later it is forgotten.
LASTS = 20


@dataclass(frozen=True)
class Matter:
    """One of the things that a message wants: the flow, and the words that name it."""

    flow: str
    words: str


def several(text: str) -> list[Matter]:
    """What a message wants, in order; empty where that is not several things."""
    found: list[Matter] = []
    for part in PARTS.split(text):
        flow = _named(plain(part)) if part.strip() else None
        if flow and not any(_same(flow, part, known) for known in found):
            found.append(Matter(flow, part.strip()))
    return found if len(found) > 1 else []


def keep_the_other(turn: Turn, flow: str) -> str | None:
    """Keep what the words want besides `flow` for afterwards, say so, and hear only the rest of them. Returns the flow
    that the customer named first, where that is another one."""
    wanted = several(turn.words)
    if not wanted:
        return None
    if wanted[0].flow != flow:
        return wanted[0].flow
    later = wanted[1]
    turn.keep(later={"flow": later.flow, "words": later.words})
    turn.say("utter_one_at_a_time")
    turn.text = turn.words.replace(later.words, " ")
    return None


def offer_the_other(turn: Turn) -> list[EventType]:
    """Offer what the customer wanted besides, now that the first matter is done; nothing where a person has it now."""
    later = turn.slot("later")
    if not later or later.get("offered") or turn.handed_over:
        return []
    flow = str(later["flow"])
    button = offer(flow, turn.language)
    turn.say("utter_and_the_other", buttons=[button], what=button.label[0].lower() + button.label[1:])
    return [SlotSet("later", {**later, "offered": True}), SlotSet("offer", flow)]


def take_up(turn: Turn, flow: str) -> None:
    """When what was kept for afterwards begins, hear what was said of it then as if it were said now."""
    later = turn.slot("later")
    if later and later["flow"] == flow and turn.since("later") <= LASTS:
        turn.text = ". ".join(filter(None, (later["words"], turn.words)))
    if later and (later["flow"] == flow or turn.since("later") > LASTS):
        turn.keep(later=None)


def named(text: str) -> str | None:
    """The flow that short words name beside what proves an order: "LB-10405, where is it"."""
    return next((flow for flow in map(_named, map(plain, PARTS.split(text))) if flow), None)


def _named(part: str) -> str | None:
    if INSTEAD.match(part) or MONEY.search(part):
        return None
    return next((flow for flow, words in NAMED if flow in OFFERS and words.search(part)), None)


def _same(flow: str, part: str, known: Matter) -> bool:
    """Whether it only says again, in other words, what was said: the same thing with the same product or order."""
    ours = {*understand.products(part), *understand.order_numbers(part)}
    theirs = {*understand.products(known.words), *understand.order_numbers(known.words)}
    if flow == known.flow or {flow, known.flow} <= ALIKE:
        return not (ours and theirs) or bool(ours & theirs)
    return False
