"""The rules' last step for the intents that ask for a person."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet

from actions.answers import answer_question, misunderstood, reply
from actions.trouble import REASON_OF, TurnAction, firm, given_orders, hand_off
from actions.turn import Turn
from bot.shop import understand

FOR_SOMETHING_ELSE = 0.8


class HandOff(TurnAction):
    """The intents of `REASON_OF`, anywhere."""

    def name(self) -> str:
        return "action_hand_off"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        """The classifier alone says so, and is not sure: an article may be what the customer wants."""
        reason = REASON_OF.get(turn.intent, "asked_for_person")
        if given_orders(turn.words):
            return misunderstood(turn)
        if turn.purpose("asks") + turn.purpose("wants") >= FOR_SOMETHING_ELSE and not firm(turn, reason):
            return reply(turn)
        if not understand.asks_person(turn.words) and answer_question(turn):
            return [SlotSet("question", turn.words[:300])]
        hand_off(turn, reason)
        return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("flow", None)]
