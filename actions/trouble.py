"""What needs a person: who asks for one gets one, and some matters always go to one."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SyncAction
from actions.turn import Turn
from bot.shop import sentences, understand

REASON_OF = {
    "talk_to_person": "asked_for_person",
    "request_callback": "asked_for_person",
    "report_danger": "safety",
    "threaten_legal": "legal",
    "dispute_payment": "fraud_or_payment",
    "press_inquiry": "press",
    "complain_upset": "very_upset",
    "others_order": "others_order",
}
PRIORITY = {"safety": 1}


# How sure the classifier must be where no word of the text says it too, and how likely the purpose must agree.
FIRM = {"safety": 0.6, "legal": 0.6, "very_upset": 0.7}
USUALLY_FIRM = 0.6
AGREES = {"safety": ("alarms", 0.25)}
USUALLY_AGREES = ("escalates", 0.3)
# A classifier of intents as sure as this of danger needs hardly an alarm: people find their own words for it.
SUREST, HARDLY = 0.95, 0.1
# The same where a word of the text says it: there the intent need not even be the likeliest.
WORDS_FOR = {"very_upset": understand.very_upset, "others_order": understand.others_order}
FIRM_WITH_WORDS = {"very_upset": 0.5, "others_order": 0.25}
AGREES_WITH_WORDS = 0.2
# A purpose this likely makes up for a classifier of intents that hesitates.
CERTAIN, LEAST = 0.7, 0.45
# Alone enough, whatever the classifier of intents finds.
ALARMED = 0.85
# Intents of short words beside the matter; a clear wish for a person among them is one.
MEANS_LITTLE = frozenset({"leave_queue", "ask_bot", "nlu_fallback", "small_talk", "help", "off_topic", "inform_fact"})


# Nobody writes to a shop like this; whoever does is trying to give orders to a machine.
MARKUP = re.compile(r"^\s*[/\[{<]|\w+\s*=\s*\w|^\s*\w+:\s*\w+\s*$|\b[a-z_]{3,}:[a-z_]{2,}\b", re.M | re.I)


def trouble(turn: Turn) -> str | None:
    """The reason why this turn goes to a person whatever else it says; the words count before the classifier."""
    text, reason = turn.words, REASON_OF.get(turn.intent)
    if endangered(turn):
        return "safety"
    if given_orders(text):
        return None
    if understand.legal_threat(text):
        return "legal"
    if understand.asks_person(text) and (reason == "asked_for_person" or turn.intent in MEANS_LITTLE):
        return "asked_for_person"
    if reason == "others_order" and understand.has_gift_ticket(text):
        reason = None
    if reason and firm(turn, reason) and not (reason == "legal" and ("?" in text or takes_claim(turn))):
        return reason
    if worded := next((reason for reason in WORDS_FOR if firm_with_words(turn, reason)), None):
        return worded
    if understand.press(text):
        return "press"
    return "fraud_or_payment" if understand.fraud_or_payment(text) else None


CLAIMS = re.compile(r"\b(?:reclam\w+|claim|queja)\b", re.I)


def takes_claim(turn: Turn) -> bool:
    """Whether "pues reclamadlo" takes the claim with the carrier that was just offered, rather than threatens us."""
    words = turn.words
    if turn.slot("offer") != "lost_parcel" or understand.legal_threat(words):
        return False
    return bool(CLAIMS.search(words))


def endangered(turn: Turn) -> bool:
    """Whether a word says that there is danger, or the purpose finds it nearly certain; where words of danger stand
    and all of them are denied or harmless, the classifiers know no better."""
    if understand.danger(turn.words):
        return True
    return turn.purpose("alarms") >= ALARMED and not understand.danger_denied(turn.words)


def given_orders(text: str) -> bool:
    """Whether the text is written as orders to a machine."""
    return MARKUP.search(text) is not None


def firm(turn: Turn, reason: str) -> bool:
    """Whether both classifiers find the reason likely enough without a word that says it; a choice always is.
    Danger whose every word is denied never is."""
    if reason == "safety" and understand.danger_denied(turn.words):
        return False
    purpose, least = AGREES.get(reason, USUALLY_AGREES)
    agreed = not turn.words or turn.purpose(purpose) >= max(least, turn.purpose("asks") / 2)
    confident = turn.confidence >= FIRM.get(reason, USUALLY_FIRM)
    certain = turn.purpose(purpose) >= CERTAIN and turn.confidence >= LEAST
    surest = reason == "safety" and turn.confidence >= SUREST
    surest = surest and turn.purpose(purpose) >= max(HARDLY, turn.purpose("asks") / 4)
    return (confident and agreed) or certain or surest


def firm_with_words(turn: Turn, reason: str) -> bool:
    """Whether a word of the text says it, and the classifiers do not find it unlikely."""
    intent = next(intent for intent, known in REASON_OF.items() if known == reason)
    likely = turn.rank((intent,))[1] >= FIRM_WITH_WORDS[reason]
    return likely and turn.purpose("escalates") >= AGREES_WITH_WORDS and WORDS_FOR[reason](turn.words)


def hand_off(turn: Turn, reason: str) -> None:
    """Say what must be said at once and ask the gateway for a person; it tells the customer what comes next."""
    if reason == "safety":
        turn.tell(sentences.safety(understand.danger_kind(turn.words), turn.language))
    elif reason == "very_upset":
        turn.say("utter_sorry_upset")
    turn.command("handoff", reason=reason, priority=PRIORITY.get(reason))
    if turn.intent == "request_callback":
        _call_back(turn)


def _call_back(turn: Turn) -> None:
    """A person who calls needs a number: one of the message, the one that proved the order, or the WhatsApp one."""
    phones = understand.phones(turn.words)
    phone = phones[0] if phones else turn.slot("phone") or ""
    if phone or turn.identity.startswith("whatsapp:"):
        turn.command("call_back", phone=phone, about=turn.words[:200])


class TurnAction(SyncAction):
    """Base of what answers a turn directly: what needs a person goes to one before anything else is considered."""

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        raise NotImplementedError

    def perform(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn(dispatcher, tracker)
        if reason := trouble(turn):
            hand_off(turn, reason)
            return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("flow", None)]
        events = self.act(turn, tracker)
        return [*turn.events, *events]
