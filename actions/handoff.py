"""The rules' last step for the intents that ask for a person."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet

from actions.answers import answer_question
from actions.trouble import REASON_OF, TurnAction, hand_off
from actions.turn import Turn
from bot.shop import understand


class HandOff(TurnAction):
    """The intents of `REASON_OF`, anywhere."""

    def name(self) -> str:
        return "action_hand_off"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        """The classifier alone says so, and is not sure: an article may be what the customer wants."""
        if not understand.asks_person(turn.words) and answer_question(turn):
            return [SlotSet("question", turn.words[:300])]
        hand_off(turn, REASON_OF.get(turn.intent, "asked_for_person"))
        return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet("flow", None)]
