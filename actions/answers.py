"""Questions: answered from the shop's articles with a citation, or honestly not at all."""

from __future__ import annotations

from dataclasses import asdict

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions import wishes
from actions.starts import OFFERS, STARTS
from actions.trouble import TurnAction
from actions.turn import Button, Turn
from bot.shop import understand
from knowledge import pictures
from knowledge.answers import answer
from knowledge.gaps import record_answer, record_gap

UNCLEAR_BEFORE_PERSON = 3
# Below this the customer wants something done rather than told, and a flow that is this likely is begun.
WANTED, LIKELY = 0.4, 0.2
# From here on the words are a question, even if no article answers it; and from there, whatever wish they also name.
ASKED, SURELY_ASKED = 0.6, 0.85


def answer_question(turn: Turn, least: float = 0.0, flow: str | None = None) -> bool:
    """Say the answer to what the customer asked; tell whether there was one.

    `least`: how sure it has to be. `flow`: what they may have wanted done instead, offered below the answer.
    """
    earlier = [turn.slot("question")] if turn.slot("question") else []
    sku = turn.wrote_about.get("sku")
    products = turn.slot("about") or ([sku] if sku else ())
    found = answer(turn.words, turn.language, products=products, context=earlier)
    if not found.found or found.confidence < least:
        return False
    first = found.citations[0]
    turn.tell(
        found.text,
        citations=[asdict(citation) for citation in found.citations],
        buttons=[offer(flow, turn.language)] if flow in OFFERS else [],
        attachments=pictures.for_answer(first.slug, found.article_language, found.text),
    )
    record_answer(turn.words, turn.language, turn.channel, turn.conversation, first.slug, first.revision)
    return True


def offer(flow: str, language: str) -> Button:
    """A button that starts a flow."""
    intent = next(intent for intent, started in STARTS.items() if started == flow)
    return Button(OFFERS[flow][1 if language == "en" else 0], f"/{intent}")


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
            turn.say("utter_unheard" if turn.unheard else "utter_not_understood")
            return []
        return reply(turn)


def reply(turn: Turn) -> list[EventType]:
    """Begin what the words ask to have done, or answer them, or admit that we cannot."""
    if turn.form is None and (flow := wished(turn)):
        return [FollowupAction(f"{flow}_form")]
    intent, likely = turn.rank(STARTS)
    flow = STARTS[intent] if turn.form is None and likely >= LIKELY else None
    if answer_question(turn, flow=flow):
        return [SlotSet("question", turn.words[:300]), SlotSet("unclear", 0), SlotSet("offer", flow)]
    if turn.intent == "off_topic" and turn.purpose("asks") < ASKED:
        turn.say("utter_off_topic")
        return []
    asks = turn.form is None and wishes.asks(turn.words)
    if asks or turn.intent == "ask_question" or turn.purpose("asks") >= ASKED:
        admit_ignorance(turn)
        return [SlotSet("offer", "person"), SlotSet("unclear", 0)]
    return misunderstood(turn)


def wished(turn: Turn) -> str | None:
    """The flow that words begin which the classifier of intents took for something else."""
    named = wishes.wish(turn.words)
    if named and (turn.asks < SURELY_ASKED or named == "points"):
        return named
    intent, confidence = turn.rank(STARTS)
    named_order = bool(understand.order_numbers(turn.words))
    if (turn.asks < WANTED and confidence >= LIKELY and turn.purpose("wants") >= LIKELY) or named_order:
        return STARTS[intent] if confidence >= LIKELY else "order_status"
    return None


def misunderstood(turn: Turn) -> list[EventType]:
    """Ask again with choices; the third time in a row, offer a person."""
    times = int(turn.slot("unclear") or 0) + 1
    if times >= UNCLEAR_BEFORE_PERSON:
        turn.say("utter_offer_person")
        return [SlotSet("unclear", times), SlotSet("offer", "person")]
    turn.say("utter_not_understood")
    return [SlotSet("unclear", times)]
