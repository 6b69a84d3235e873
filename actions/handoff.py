"""Handing over to a person: who asks for one gets one, and some matters always go to one."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import SyncAction
from actions.turn import SURE, Turn
from bot.shop import understand

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


def trouble(turn: Turn) -> str | None:
    """The reason why this turn goes to a person whatever else it says; the words count beside the classifier."""
    text, reason = turn.words, REASON_OF.get(turn.intent)
    if reason == "safety" or understand.danger(text):
        return "safety"
    if understand.legal_threat(text):
        return "legal"
    if reason and turn.confidence >= SURE and not (reason == "legal" and "?" in text):
        return reason
    if understand.press(text):
        return "press"
    return "fraud_or_payment" if understand.fraud_or_payment(text) else None


def hand_off(turn: Turn, reason: str) -> None:
    """Say what must be said at once and ask the gateway for a person; it tells the customer what comes next."""
    if reason == "safety":
        turn.say("utter_safety")
    elif reason == "very_upset":
        turn.say("utter_sorry_upset")
    turn.command("handoff", reason=reason, priority=PRIORITY.get(reason))


class TurnAction(SyncAction):
    """Base of what answers a turn directly: what needs a person goes to one before anything else is considered."""

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        raise NotImplementedError

    def perform(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn(dispatcher, tracker)
        if reason := trouble(turn):
            hand_off(turn, reason)
            return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("flow", None)]
        return self.act(turn, tracker)


class HandOff(TurnAction):
    """The intents of `REASON_OF`, anywhere."""

    def name(self) -> str:
        return "action_hand_off"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        hand_off(turn, REASON_OF.get(turn.intent, "asked_for_person"))
        return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("flow", None)]
