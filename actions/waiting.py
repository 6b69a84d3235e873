"""What the bot still does for who waits for a person: warn, answer, and let them leave the queue."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import wishes
from actions.answers import answer_question
from actions.base import SyncAction
from actions.trouble import hand_off, trouble
from actions.turn import SURE, Turn

LEAVING = ("leave_queue", "cancel_flow")
# An answer that nobody asked the bot for has to be this sure.
SURELY = 0.6


class WhileWaiting(SyncAction):
    """Says nothing to what only the person can deal with: they will read it."""

    def name(self) -> str:
        return "action_while_waiting"

    def perform(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn(dispatcher, tracker)
        if trouble(turn) == "safety":
            hand_off(turn, "safety")
        elif wishes.stops(turn.words) or turn.rank(LEAVING)[1] >= SURE:
            turn.command("leave_queue")
        elif wishes.is_question(turn.words):
            answer_question(turn, SURELY)
        return turn.events
