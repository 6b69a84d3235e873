"""What people say that is neither a question nor a request: greetings, thanks, yes and no, a fact out of the blue."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions import wishes
from actions.answers import LIKELY, misunderstood, reply
from actions.starts import OFFERS
from actions.trouble import TurnAction, hand_off
from actions.turn import Turn
from bot.shop import understand


class Acknowledge(TurnAction):
    """Greetings, thanks and the like: the response of the domain with the intent's name."""

    def name(self) -> str:
        return "action_acknowledge"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        said = _last_words(tracker) if turn.intent == "repeat" else ""
        if said:
            turn.tell(said)
        else:
            turn.say("utter_help" if turn.intent == "repeat" else f"utter_{turn.intent}")
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
        turn.say("utter_nothing_running")
        return [SlotSet("offer", None)]


class TakeOffer(TurnAction):
    """Yes, no or a choice outside a request: it answers what was offered last."""

    def name(self) -> str:
        return "action_take_offer"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        yes = turn.intent == "affirm"
        if yes and turn.slot("offer") == "person":
            hand_off(turn, "no_answer" if turn.slot("question") is None else "asked_for_person")
        elif yes and turn.slot("offer") in OFFERS:
            return [FollowupAction(f"{turn.slot('offer')}_form")]
        elif yes:
            turn.say("utter_yes_to_what")
        else:
            turn.say("utter_all_right")
        return [SlotSet("offer", None), SlotSet("unclear", 0)]


class TakeFact(TurnAction):
    """A fact with nothing under way ("LB-10401"): keep it and ask what it is about."""

    def name(self) -> str:
        return "action_take_fact"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        orders = understand.order_numbers(turn.words)
        emails, phones = understand.emails(turn.words), understand.phones(turn.words)
        turn.say("utter_what_about_it")
        return [
            SlotSet(name, found[0])
            for name, found in (("order_number", orders), ("email", emails), ("phone", phones))
            if found
        ]


class Fallback(TurnAction):
    """No rule fits: in Rasa this would rewind the turn; here it is something we did not understand."""

    def name(self) -> str:
        return "action_default_fallback"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        return [*misunderstood(turn), FollowupAction(turn.form or "action_listen")]
