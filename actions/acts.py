"""What people say that is neither a question nor a request: greetings, thanks, yes and no, a fact out of the blue."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions import again, matters, questions, wishes
from actions.answers import (
    ASKED,
    LIKELY,
    SURE_OF_IT,
    SURELY_ASKED,
    UNCLEAR_BEFORE_PERSON,
    misses_it,
    misunderstood,
    reply,
    taken_up,
    told_of,
)
from actions.facts import OF_FAULTS
from actions.starts import OFFERS, STARTS
from actions.telling import answer_question
from actions.trouble import TurnAction, hand_off
from actions.turn import OFFER_LASTS, SURE, Turn
from bot.shop import understand

# More words than a fact has by itself; and what is done at once, so that only a yes begins it.
A_SENTENCE, TAKES_A_YES = 4, frozenset({"lost_parcel"})
# Said of an answer, these only take it in; they agree to what was asked.
TAKEN_IN = re.compile(
    r"\W*(?:(?:ah|oh|pues|muy|all|that'?s|ok|okay|okey|vale|perfecto|perfect|genial|great|nice|cool|bien|good|right|fine|"
    r"entendido|understood|de acuerdo|got it|i see|ya veo|estupendo|gracias|thanks|thank you|ta|cheers)\b\W*)+",
    re.I,
)


# "And the robot?" sounds like a question about the bot; "are you a robot?" is one.
ABOUT_US = frozenset({"ask_bot", "small_talk"})
TO_US = re.compile(r"\b(eres|sois|est[aá]s|hablo con|are you|you('re| are)|(talk|speak|chatt)ing (to|with))\b", re.I)


class Acknowledge(TurnAction):
    """Greetings, thanks and the like: the response of the domain with the intent's name."""

    def name(self) -> str:
        return "action_acknowledge"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        if turn.intent in ABOUT_US and understand.products(turn.words) and not TO_US.search(turn.words):
            return reply(turn)
        if turn.slot("question") and wishes.not_answered(turn.words):
            turn.say("utter_not_answered")
            return [SlotSet("offer", "person")]
        said = _last_words(tracker) if turn.intent == "repeat" else ""
        if said:
            turn.tell(said)
        else:
            turn.say("utter_help" if turn.intent == "repeat" else f"utter_{turn.intent}")
        intent, likely = turn.rank(STARTS)
        # "Do you speak English? My order has still not come."
        if turn.intent == "switch_language" and likely >= LIKELY:
            return [FollowupAction(f"{STARTS[intent]}_form")]
        return []


def _last_words(tracker: Tracker) -> str:
    return next(
        (str(event["text"]) for event in reversed(tracker.events) if event["event"] == "bot" and event.get("text")), ""
    )


class CancelFlow(TurnAction):
    """ "Déjalo" with nothing under way; within a request the request itself hears it."""

    def name(self) -> str:
        return "action_cancel_flow"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        if turn.purpose("wants") >= LIKELY and not wishes.stops(turn.words):
            return reply(turn)
        cancels = turn.slot("order_number") and wishes.cancels_it(turn.words)
        if cancels or wishes.wish(turn.words) == "cancel":
            return [FollowupAction("cancel_form")]
        if resumed := again.resume(turn):
            return resumed
        turn.say("utter_nothing_running")
        return [SlotSet("offer", None)]


class TakeOffer(TurnAction):
    """Yes, no or a choice outside a request: it answers what was offered last."""

    def name(self) -> str:
        return "action_take_offer"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        yes, offered = turn.intent == "affirm", turn.offered
        if turn.intent in ("affirm", "deny") and (resumed := again.resume(turn)):
            return resumed
        if turn.intent == "deny" and misses_it(turn):
            return [FollowupAction("lost_parcel_form")]
        put = _last_words(tracker).rstrip().endswith("?")
        if yes and not put and TAKEN_IN.fullmatch(turn.words):
            turn.say("utter_anything_else")
            return [SlotSet("unclear", 0)]
        if yes and offered == "person":
            hand_off(turn, "no_answer" if turn.slot("question") is None else "asked_for_person")
        elif yes and offered in OFFERS:
            return [FollowupAction(f"{offered}_form")]
        elif yes:
            turn.say("utter_anything_else" if again.lately(turn) else "utter_yes_to_what")
        else:
            turn.say("utter_all_right")
        return [SlotSet("offer", None), SlotSet("unclear", 0)]


class TakeFact(TurnAction):
    """A fact with nothing under way ("LB-10401"): go on with what was offered last, or keep it and ask what it is
    about."""

    def name(self) -> str:
        return "action_take_fact"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        orders, named = understand.order_numbers(turn.words), understand.products(turn.words)
        kept = _kept(turn, orders)
        if resumed := again.resume(turn):
            return [*kept, *resumed]
        if orders and "?" in turn.words and (turn.slot("concluded") or {}).get("flow") == "order_status":
            return [*kept, FollowupAction("order_status_form")]
        if "?" in turn.words and answer_question(turn):
            return kept
        if turn.slot("offer") in OFFERS and understand.confirmation(turn.words):
            return [*kept, FollowupAction(f"{turn.slot('offer')}_form")]
        chooses = kept or named or taken_up(turn) or understand.which_order(turn.words, turn.today)
        offered = turn.slot("offer") if turn.slot("offer") in OFFERS and chooses else None
        if offered in TAKES_A_YES:
            offered = None
        tells = turn.asks < ASKED or (turn.confidence >= SURELY_ASKED and not questions.is_question(turn.words))
        if not kept and not offered and again.lately(turn) and tells and not _begins(turn, named):
            turn.say("utter_noted_besides")
            return [SlotSet("unclear", 0)]
        if not kept and not offered and len(turn.words.split()) >= A_SENTENCE:
            return reply(turn)
        beside = (matters.named(turn.words) or told_of(turn.words)) if kept else None
        before = _told_before(turn) if kept else None
        if flow := wishes.wish(turn.words) or beside or offered or before:
            taken = [] if flow == turn.slot("offer") else [SlotSet("offer", before if flow == before else None)]
            return [*kept, *taken, FollowupAction(f"{flow}_form")]
        if not kept and not named and answer_question(turn, SURE_OF_IT):
            return []
        if named:
            turn.keep(about=named)
        return [*kept, *_what_about_it(turn)]


def _told_before(turn: Turn) -> str | None:
    """What the question a moment ago told of a product, for who now tells which order that is."""
    return told_of(turn.slot("question") or "") if turn.since("question") <= OFFER_LASTS else None


def _begins(turn: Turn, named: list[str]) -> bool:
    """Whether what is told after a decision may begin another request, or asks."""
    of_faults = (turn.slot("concluded") or {}).get("flow") in OF_FAULTS
    tells = named or wishes.wish(turn.words) or wishes.wants(turn.words) or (told_of(turn.words) and not of_faults)
    return bool(tells) or questions.is_question(turn.words) or turn.rank(STARTS)[1] >= SURE


def _kept(turn: Turn, orders: list[str]) -> list[EventType]:
    """What proves an order, for the request that follows."""
    emails, phones = understand.emails(turn.words), understand.phones(turn.words)
    told = (("order_number", orders), ("email", emails), ("phone", phones))
    return [SlotSet(name, found[-1]) for name, found in told if found]


def _what_about_it(turn: Turn) -> list[EventType]:
    """Ask what the fact is for; who has been asked so twice already is offered a person."""
    times = int(turn.slot("unclear") or 0) + 1
    if times >= UNCLEAR_BEFORE_PERSON:
        return misunderstood(turn)
    turn.say("utter_what_about_it")
    return [SlotSet("unclear", times)]


class Fallback(TurnAction):
    """No rule fits: in Rasa this would rewind the turn; here it is something we did not understand."""

    def name(self) -> str:
        return "action_default_fallback"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        return [*misunderstood(turn), FollowupAction(turn.form or "action_listen")]
