"""The end of a request: the form has gathered what was missing, now it is decided and done."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import facts, matters
from actions.account import ACCOUNT
from actions.base import SyncAction
from actions.cases import CASES
from actions.orders import access
from actions.request import ENDED
from actions.turn import Turn

REQUESTS = {**CASES, **ACCOUNT}


class Conclude(SyncAction):
    """Does nothing when the request ended without a decision: then everything has been said."""

    def name(self) -> str:
        return "action_conclude"

    def perform(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn(dispatcher, tracker)
        flow = turn.slot("flow")
        if flow is None:
            return []
        known = facts.Known.of(tracker, ())
        request, orders = REQUESTS[flow]() if flow in REQUESTS else None, access(turn).orders
        order = next((order for order in orders if order.number == known.get("order_number")), None)
        if request and request.any_order and orders:
            order = order or orders[0]
        if request and (order is not None or not request.needs_order):
            offered = request.conclude(turn, known, order)
            told = {name: known.get(name) for name in facts.SLOTS if known.get(name) is not None}
            other = [] if offered else matters.offer_the_other(turn)
            ended = [*ENDED, SlotSet("offer", offered), SlotSet("concluded", {"flow": flow, "facts": told})]
            return [*ended, *other]
        return list(ENDED)
