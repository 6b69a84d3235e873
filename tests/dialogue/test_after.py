"""What is said right after a decision, or after an answer that offers to begin something."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions import again
from actions.acts import TakeOffer
from actions.answers import reply
from actions.facts import Known, learn
from actions.turn import Turn

RETURNED = {"flow": "return", "facts": {"product": ["MR1"], "reason": "changed_mind"}}


def turn(text: str, intent: str, confidence: float = 0.9, **slots: Any) -> tuple[Turn, CollectingDispatcher, Tracker]:
    """A message in a talk in which these slots were set just before it."""
    ranking = [{"name": intent, "confidence": confidence}]
    message: dict[str, Any] = {"text": text, "intent": ranking[0], "intent_ranking": ranking, "purpose": {"tells": 0.8}}
    events: list[dict[str, Any]] = [{"event": "slot", "name": name, "value": value} for name, value in slots.items()]
    events.append({"event": "user"})
    dispatcher = CollectingDispatcher()
    tracker = Tracker("lucia", {"language": "es", **slots}, message, events, False, None, {}, None)
    return Turn(dispatcher, tracker), dispatcher, tracker


def begins(events: list[EventType]) -> str | None:
    return next((event["name"] for event in events if event["event"] == "followup"), None)


@pytest.mark.parametrize("text", ["no me gusta el aroma", "la llevo yo a la tienda", "sigue precintado"])
def test_a_fact_takes_up_what_an_answer_offers(text: str) -> None:
    said, _dispatcher, _tracker = turn(text, "nlu_fallback", 0.45, offer="return")
    assert begins(reply(said)) == "return_form"


def test_who_agrees_with_a_decision_is_not_asked_what_they_mean() -> None:
    said, dispatcher, tracker = turn("sí", "affirm", concluded=RETURNED)
    TakeOffer().act(said, tracker)
    assert [message["response"] for message in dispatcher.messages] == ["utter_anything_else"]
    said, dispatcher, _tracker = turn("yes drop off is fine", "ask_question", 0.7, concluded=RETURNED)
    reply(said)
    assert [message["response"] for message in dispatcher.messages] == ["utter_noted_besides"]


def test_who_calls_sealed_what_the_record_calls_opened_is_offered_a_person() -> None:
    said, dispatcher, _tracker = turn("sigue con el plástico puesto", "nlu_fallback", 0.45, concluded=RETURNED)
    assert again.resume(said)[0]["value"] == "person"
    assert [message["response"] for message in dispatcher.messages] == ["utter_decision_stands"]


@pytest.mark.parametrize(("flow", "named"), [("warranty", ["BR20", "BR20-R"]), ("return", ["BR20", "BR20-R", "CAF"])])
def test_coffee_is_not_what_fails_beside_its_machine(flow: str, named: list[str]) -> None:
    said, _dispatcher, tracker = turn("la cafetera saca el café frío", "claim_warranty")
    known = Known.of(tracker, ())
    learn(said, known, None, flow)
    assert known.get("product") == named
