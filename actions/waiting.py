"""What the bot still does for who waits for a person: warn, answer, and let them leave the queue."""

from __future__ import annotations

import re
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import questions, wishes
from actions.base import SyncAction
from actions.telling import answer_question
from actions.trouble import REASON_OF, hand_off, trouble
from actions.turn import Turn

LEAVING, SURELY_LEAVES = ("leave_queue", "cancel_flow"), 0.8
STAYS = re.compile(r"\b(espero|esperar[eé]?|esperamos|wait|hold)\b", re.I)
# "I'll carry on with you", "mejor sigo con el bot".
WITH_US = r"(contigo|con (el|la|este) (bot|asistente|robot|m[aá]quina)|with (you|the (bot|assistant|robot)))"
CARRIES_ON = re.compile(
    r"\b(sigo|seguimos|seguir|sigamos|contin[uú]o|me quedo|(carry|go|keep) on|continue|keep going|stay|stick)\b"
    rf".{{0,20}}\b{WITH_US}\b",
    re.I,
)
NO_MORE = re.compile(r"\b(no|mejor|not|instead|rather)\b|n['’]t\b", re.I)
# An answer that nobody asked the bot for has to be this sure.
SURELY = 0.6


class WhileWaiting(SyncAction):
    """Says nothing to what only the person can deal with: they will read it."""

    def name(self) -> str:
        return "action_while_waiting"

    def perform(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn(dispatcher, tracker)
        leaves = calls_off(turn)
        turn.intent, turn.confidence = turn.rank(REASON_OF)
        reason = trouble(turn)
        if reason == "safety":
            hand_off(turn, reason)
        elif leaves:
            turn.command("leave_queue")
        else:
            if reason:
                turn.command("handoff", reason=reason)
            if questions.is_question(turn.words):
                answer_question(turn, SURELY)
        return turn.events


def calls_off(turn: Turn) -> bool:
    """Whether the customer needs no person any more."""
    if STAYS.search(turn.words) and not NO_MORE.search(turn.words):
        return False
    if CARRIES_ON.search(turn.words) and "?" not in turn.words:
        return True
    return wishes.stops(turn.words) or turn.rank(LEAVING)[1] >= SURELY_LEAVES
