"""When a turn goes to a person: what the words say, and how sure the classifiers must be without them."""

from __future__ import annotations

from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.trouble import trouble
from actions.turn import Turn


def turn(text: str, intent: str, confidence: float, **purposes: float) -> Turn:
    """A message that was found to have `intent` (the second likeliest gets the rest) and these purposes."""
    ranking = [{"name": intent, "confidence": confidence}]
    message: dict[str, Any] = {"text": text, "intent": ranking[0], "intent_ranking": ranking, "purpose": purposes}
    return Turn(CollectingDispatcher(), Tracker("lucia", {}, message, [], False, None, {}, None))


@pytest.mark.parametrize(("text", "alarms"), [
    ("pues eso, que va a tirones", 0.22), ("it is knackered I reckon", 0.2), ("con el líquido ese", 0.18),
])  # fmt: skip
def test_noise_is_no_danger(text: str, alarms: float) -> None:
    assert trouble(turn(text, "report_danger", 0.9, alarms=alarms, tells=1 - alarms)) is None


@pytest.mark.parametrize("alarms", [0.6, 0.9])
def test_two_sure_classifiers_are_danger_without_a_word(alarms: float) -> None:
    assert trouble(turn("it makes my hair stand on end", "report_danger", 0.9, alarms=alarms)) == "safety"


def test_an_alarm_alone_is_danger_whatever_the_intent() -> None:
    assert trouble(turn("it makes my hair stand on end", "small_talk", 0.5, alarms=0.95)) == "safety"


@pytest.mark.parametrize("text", [
    "no huele a quemado, solo no enciende", "no echa humo, simplemente se ha parado",
    "there is no smoke, it just stopped",
])  # fmt: skip
def test_no_classifier_overrules_denied_danger(text: str) -> None:
    assert trouble(turn(text, "report_danger", 0.98, alarms=0.97)) is None


@pytest.mark.parametrize("text", ["huele a quemado", "no enciende y sale humo", "smoke is coming out of it"])
def test_a_word_of_danger_is_enough(text: str) -> None:
    assert trouble(turn(text, "claim_warranty", 0.98, alarms=0.0, wants=1.0)) == "safety"


def test_an_upset_word_lowers_the_bar() -> None:
    assert trouble(turn("sois unos sinvergüenzas", "complain_upset", 0.55, escalates=0.26)) == "very_upset"
    assert trouble(turn("pues menudo plan", "complain_upset", 0.55, escalates=0.26)) is None


def test_who_sounds_upset_without_a_word_or_a_sure_purpose_is_not() -> None:
    assert trouble(turn("that's a bit harsh", "complain_upset", 0.94, escalates=0.05)) is None


def test_a_word_for_another_s_order_counts_more_than_the_likeliest_intent() -> None:
    said = turn("es el pedido de mi marido", "others_order", 0.3, escalates=0.25)
    assert trouble(said) == "others_order"
    assert trouble(turn("es el pedido de siempre", "others_order", 0.3, escalates=0.25)) is None
