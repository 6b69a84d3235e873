"""The rules' last step for the intents that ask for a person."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet

from actions.answers import misunderstood, reply
from actions.telling import answer_question
from actions.trouble import REASON_OF, TurnAction, firm, given_orders, hand_off, takes_claim
from actions.turn import Turn
from bot.shop import understand

FOR_SOMETHING_ELSE, SURELY_A_PERSON = 0.8, 0.8
# The purpose finds nothing that asks for a person below this: a short word that only resembles such messages.
NOTHING_OF_IT = 0.1
SAID = (understand.asks_person, understand.very_upset, understand.others_order, understand.legal_threat,
        understand.press, understand.fraud_or_payment)  # fmt: skip


def said(text: str) -> bool:
    """Whether a word of the text itself is a reason for a person."""
    return any(reader(text) for reader in SAID)


class HandOff(TurnAction):
    """The intents of `REASON_OF`, anywhere."""

    def name(self) -> str:
        return "action_hand_off"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        """The classifier alone says so, and is not sure: an article may be what the customer wants."""
        reason = REASON_OF.get(turn.intent, "asked_for_person")
        if takes_claim(turn):
            return [FollowupAction("lost_parcel_form")]
        if given_orders(turn.words):
            return misunderstood(turn)
        if reason == "others_order" and understand.has_gift_ticket(turn.words) and answer_question(turn):
            return []
        if turn.purpose("asks") + turn.purpose("wants") >= FOR_SOMETHING_ELSE and not firm(turn, reason):
            return reply(turn)
        if turn.words and self._only_sounds_so(turn, reason):
            if reason != "very_upset":
                return reply(turn)
            turn.say("utter_sorry")
            return []
        unsure = turn.confidence < SURELY_A_PERSON and not understand.asks_person(turn.words)
        if unsure and answer_question(turn):
            return []
        hand_off(turn, reason)
        return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("flow", None)]

    def _only_sounds_so(self, turn: Turn, reason: str) -> bool:
        """Whether neither the purpose nor a word of the text has anything of the reason that the intent stands for."""
        if reason == "safety":
            return turn.purpose("alarms") < NOTHING_OF_IT or understand.danger_denied(turn.words)
        return turn.purpose("escalates") < NOTHING_OF_IT and not said(turn.words)
