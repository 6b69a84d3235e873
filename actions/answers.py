"""Questions: answered from the shop's articles with a citation, or honestly not at all."""

from __future__ import annotations

from dataclasses import asdict

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions import wishes
from actions.trouble import TurnAction
from actions.turn import Turn
from knowledge import pictures
from knowledge.answers import answer
from knowledge.gaps import record_answer, record_gap

UNCLEAR_BEFORE_PERSON = 3
LIKELY = 0.25


def answer_question(turn: Turn) -> bool:
    """Say the answer to what the customer asked; tell whether there was one."""
    earlier = [turn.slot("question")] if turn.slot("question") else []
    found = answer(turn.words, turn.language, products=turn.slot("about") or (), context=earlier)
    if not found.found:
        return False
    first = found.citations[0]
    shown = pictures.for_answer(first.slug, found.article_language, found.text)
    turn.tell(found.text, citations=[asdict(citation) for citation in found.citations], attachments=shown)
    record_answer(turn.words, turn.language, turn.channel, turn.conversation, first.slug, first.revision)
    return True


def admit_ignorance(turn: Turn) -> None:
    """Say that no article answers this, keep the question for the editors, and offer a person."""
    record_gap(turn.words, turn.language, turn.channel, turn.conversation)
    turn.say("utter_no_answer")
    turn.command("gap")


class AnswerQuestion(TurnAction):
    """A question, or words that no intent fits: they may still be a question that an article answers."""

    def name(self) -> str:
        return "action_answer"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        if not turn.words:
            turn.say("utter_not_understood")
            return []
        if turn.form is None and (flow := wishes.wish(turn.words) or _likely_flow(turn)):
            return [FollowupAction(f"{flow}_form")]
        if answer_question(turn):
            return [SlotSet("question", turn.words[:300]), SlotSet("unclear", 0), SlotSet("offer", None)]
        if turn.intent == "ask_question" or (turn.intent == "nlu_fallback" and wishes.is_question(turn.words)):
            admit_ignorance(turn)
            return [SlotSet("offer", "person"), SlotSet("unclear", 0)]
        if turn.intent == "off_topic":
            turn.say("utter_off_topic")
            return []
        return misunderstood(turn)


def _likely_flow(turn: Turn) -> str | None:
    """A statement is not a question, even if the classifier finds its topic among the questions."""
    if turn.intent == "off_topic" or wishes.is_question(turn.words):
        return None
    intent, confidence = turn.rank(wishes.STARTS)
    return wishes.STARTS[intent] if confidence >= LIKELY else None


def misunderstood(turn: Turn) -> list[EventType]:
    """Ask again with choices; the third time in a row, offer a person."""
    times = int(turn.slot("unclear") or 0) + 1
    if times >= UNCLEAR_BEFORE_PERSON:
        turn.say("utter_offer_person")
        return [SlotSet("unclear", times), SlotSet("offer", "person")]
    turn.say("utter_not_understood")
    return [SlotSet("unclear", times)]
