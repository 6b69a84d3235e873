"""Actions of the small test project: one for each way an action can behave."""

from __future__ import annotations

import abc
import json
import os
import time
from pathlib import Path
from typing import Any, ClassVar

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.base import SyncAction, SyncFormValidation

Event = dict[str, Any]


class Scripted(SyncAction, abc.ABC):
    """An action that says one thing and returns `events`."""

    said: ClassVar[str] = ""
    events: ClassVar[list[Event]] = []

    def name(self) -> str:
        words = [f"_{letter.lower()}" if letter.isupper() else letter for letter in type(self).__name__]
        return "action" + "".join(words)

    def perform(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Event]:
        if self.said:
            dispatcher.utter_message(text=self.said)
        return list(self.events)


class ShowTurn(Scripted):
    """Says what of the turn reached the action."""

    def perform(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Event]:
        about = {
            "metadata": tracker.latest_message.get("metadata"),
            "text": tracker.latest_message.get("text"),
            "turns": sum(event["event"] == "user" for event in tracker.events),
            "events": len(tracker.events),
            "channel": tracker.get_latest_input_channel(),
        }
        dispatcher.utter_message(text=json.dumps(about), json_message={"commands": [{"name": "resolve"}]})
        return []


class Crash(Scripted):
    """Says something and then fails, while the file named by TEST_CRASH exists."""

    def perform(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Event]:
        dispatcher.utter_message(text="half a reply")
        if Path(os.environ["TEST_CRASH"]).exists():
            raise ValueError(f"cannot read {tracker.latest_message.get('text')}")
        return []


class Dawdle(Scripted):
    """Answers once the file named by TEST_GATE exists."""

    def perform(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Event]:
        gate = Path(os.environ["TEST_GATE"])
        while not gate.exists():
            time.sleep(0.02)
        dispatcher.utter_message(text="done at last")
        return []


class Reject(Scripted):
    def perform(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Event]:
        raise ActionExecutionRejection(self.name(), "not now")


class Handoff(Scripted):
    said = "Te paso con una persona."


class ResumeForm(Scripted):
    said = "Sigamos."
    events: ClassVar[list[Event]] = [FollowupAction("return_form")]


class StopForm(Scripted):
    said = "De acuerdo, lo dejamos."
    events: ClassVar[list[Event]] = [ActiveLoop(None), SlotSet("requested_slot", None)]


class SwitchToExchange(Scripted):
    said = "Vale, un cambio."
    events: ClassVar[list[Event]] = [ActiveLoop(None), SlotSet("requested_slot", None), FollowupAction("exchange_form")]


class Wait(Scripted):
    """Listens, with the form still active and without asking again."""

    said = "Espero."
    events: ClassVar[list[Event]] = [FollowupAction("action_listen")]


class Leave(Scripted):
    """Leaves the form to a rule's `active_loop: null`, which alone does not end it."""

    said = "Salimos."


class CloseReturn(Scripted):
    def perform(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Event]:
        dispatcher.utter_message(text=f"Devolución de {tracker.get_slot('order_number')}.")
        return [SlotSet("order_number", None), SlotSet("reason", None)]


class CloseExchange(Scripted):
    said = "Cambio anotado."
    events: ClassVar[list[Event]] = [SlotSet("colour", None)]


class DefaultFallback(Scripted):
    """Replaces Rasa's own, which takes back the customer's turn; asks again what a form was asking."""

    def perform(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Event]:
        dispatcher.utter_message(text="No te he entendido.")
        return [FollowupAction(tracker.active_loop.get("name") or "action_listen")]


class Spin(Scripted):
    events: ClassVar[list[Event]] = [FollowupAction("action_spin")]


class ValidateReturnForm(SyncFormValidation):
    def name(self) -> str:
        return "validate_return_form"

    def validate_order_number(self, value: Any, dispatcher: Any, tracker: Any, domain: Any) -> Event:
        if "LB-" in str(value):
            return {"order_number": str(value)[str(value).index("LB-") :]}
        dispatcher.utter_message(text="Eso no parece un número de pedido.")
        return {"order_number": None}


class ValidateExchangeForm(SyncFormValidation):
    """Takes its slot by code, and leaves it alone when the customer speaks of something else."""

    def name(self) -> str:
        return "validate_exchange_form"

    def extract_colour(self, dispatcher: Any, tracker: Any, domain: Any) -> Event:
        if tracker.get_slot("requested_slot") != "colour":
            return {}
        intent = tracker.latest_message["intent"]["name"]
        return {} if intent not in ("inform_fact", "nlu_fallback") else {"colour": tracker.latest_message["text"]}

    def validate_colour(self, value: Any, dispatcher: Any, tracker: Any, domain: Any) -> Event:
        return {"colour": value}
