"""A request from its first word to the moment when a decision can be taken.

Every flow is a Rasa form whose validation is a `Request`. Each turn it hears what was said (facts in any order, a
question, a change of mind), then asks for the next fact that can still change the outcome; `missing_facts` of the shop
knows which. When nothing is missing the form ends and `action_conclude` does the rest.
"""

from __future__ import annotations

from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import asking, facts, wishes
from actions.answers import admit_ignorance, answer_question
from actions.base import SyncAction
from actions.starts import STARTS
from actions.trouble import hand_off, trouble
from actions.turn import SURE, Turn
from bot.shop import identity, understand
from bot.shop.models import Order

# Facts about one matter; they are forgotten when it ends. Which order, and who asks, stay known.
MATTER = facts.SLOTS
ENDED: list[EventType] = [SlotSet(name, None) for name in (*MATTER, "flow", "requested_slot", "offer")]
# A question that no article answers starts a flow only when the classifier is this sure of the flow.
FIRM_WISH = 0.8
# How likely the opening has to ask, rather than want, to be answered: what is looked up is often asked for ("where is
# my order?"). Below that an answer takes the place of the flow only where it is the surer, the less the words ask.
DOUBTED, ASKED, ASKED_OF_OWN = 0.12, 0.6, 0.8
TOGETHER = 0.95
FREE_TEXT = frozenset({"reason", "fault", "address"})
# Reasons for a person that the answer to a plain question may sound like.
SAID_ALIKE = frozenset({"asked_for_person", "others_order"})
ACTS = frozenset({"greet", "thank", "goodbye", "ask_bot", "small_talk", "help", "switch_language", "off_topic"})
# What is said of a thing sounds like several requests at once: "llegó roto" may well be the reason of a return.
ALIKE = frozenset({"return", "exchange", "damaged", "wrong_item", "warranty", "recall"})


# Flows whose name also names rules: "¿cuánto tengo para devolver?" asks, "¿dónde está mi pedido?" wants it looked up.
RULES_OF = ALIKE | {"cancel", "address", "invoice", "points", "export", "erasure"}


class Ended(Exception):
    """The request is over without a decision; what had to be said has been said. `offer`: what was offered in its
    place."""

    def __init__(self, offer: str | None = None) -> None:
        super().__init__(offer)
        self.offer = offer


class Elsewhere(Exception):
    """The opening asks for another flow."""

    def __init__(self, flow: str) -> None:
        super().__init__(flow)
        self.flow = flow


class Rejected(Exception):
    """The customer wants something else now; Rasa's rules choose the form for it."""


class Asked(Exception):
    """A question has been put to the customer; the turn is over."""

    def __init__(self, slot: str) -> None:
        super().__init__(slot)
        self.slot = slot


class Request(SyncAction):
    """Base of the flows. A subclass names its flow and says what is still missing."""

    flow: ClassVar[str] = ""
    needs_order: ClassVar[bool] = True

    def name(self) -> str:
        return f"validate_{self.flow}_form"

    def missing(self, turn: Turn, known: facts.Known, order: Order | None) -> str | None:
        """Ask for the next fact and name its slot; None when the request can be concluded."""
        return None

    def perform(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        turn = Turn(dispatcher, tracker)
        begins = turn.slot("flow") != self.flow
        known = facts.Known.of(tracker, MATTER if begins else ())
        try:
            learned = self._hear(turn, known, begins)
            order = find_order(turn, known, learned) if self.needs_order else None
            slot = self.missing(turn, known, order)
        except Asked as asked:
            slot = asked.slot
        except Rejected:
            return []
        except Ended as end:
            return [*ENDED, SlotSet("offer", end.offer)]
        except Elsewhere as other:
            return [*ENDED, FollowupAction(f"{other.flow}_form")]
        known["flow"] = self.flow
        return [*known.events(), SlotSet("requested_slot", slot)]

    def _hear(self, turn: Turn, known: facts.Known, begins: bool) -> frozenset[str]:
        """Learn the facts in the customer's words and deal with everything else they may say."""
        asked = None if begins else turn.asked
        if not begins and wishes.stops(turn.words):
            turn.say("utter_stopped")
            raise Ended
        product = known.get("product")
        learned = facts.learn(turn, known, asked, self.flow)
        reason = trouble(turn)
        if reason and not (reason in SAID_ALIKE and self._answers(turn, asked, learned)):
            hand_off(turn, reason)
            raise Ended
        if begins:
            self._hear_at_first(turn, learned)
            return learned
        if turn.intent == "cancel_flow" and turn.confidence >= SURE and not learned:
            turn.say("utter_stopped")
            raise Ended
        if not learned:
            self._hear_other(turn, known, asked)
        elif other := self._turned_to(turn, asked, learned):
            raise Elsewhere(other)
        elif asked in learned or learned & {"order_number", "email", "phone"}:
            known["unclear"] = 0
            if turn.intent == "ask_question" and "?" in turn.words and asked not in FREE_TEXT:
                answer_question(turn)
        elif learned == {"product"} and asked not in FREE_TEXT and turn.asks >= ASKED and answer_question(turn):
            # What is asked about in passing need not be what is sent back.
            known["product"] = product
            return frozenset()
        return learned

    def _answers(self, turn: Turn, asked: str | None, learned: frozenset[str]) -> bool:
        """Whether the words answer what was asked and no word of them asks for a person or names another's order:
        "somebody is to fetch it", "I take it there, it's me"."""
        words = turn.words
        said = understand.asks_person(words) or understand.others_order(words)
        return asked in learned and asked not in FREE_TEXT and not said

    def _turned_to(self, turn: Turn, asked: str | None, learned: frozenset[str]) -> str | None:
        """The other flow that words begin which also name a fact ("first tell me where the fryer's order is")."""
        if asked in learned or asked in FREE_TEXT or turn.purpose("wants") < FIRM_WISH:
            return None
        sure = STARTS.get(turn.intent) if turn.confidence >= SURE else None
        wish = wishes.wish(turn.words) or sure
        return wish if wish not in (None, self.flow) and not {wish, self.flow} <= ALIKE else None

    def _hear_at_first(self, turn: Turn, learned: frozenset[str]) -> None:
        """The opening may ask for a rule instead of wanting it applied, or name another wish."""
        named = wishes.wish(turn.words)
        if named and named != self.flow and {named, self.flow} <= set(STARTS.values()):
            raise Elsewhere(named)
        if named or turn.intent == "affirm" or learned & {"order_number", "email"} or turn.asks < DOUBTED:
            return
        asks = turn.asks >= (ASKED if self.flow in RULES_OF else ASKED_OF_OWN)
        if not asks and self.flow not in RULES_OF:
            return
        if answer_question(turn, 0.0 if asks else TOGETHER - turn.asks, self.flow):
            raise Ended(self.flow)
        if asks and turn.confidence < FIRM_WISH:
            admit_ignorance(turn)
            raise Ended

    def _hear_other(self, turn: Turn, known: facts.Known, asked: str | None) -> None:
        """Nothing of what was asked: a new wish, a question, a greeting, or words that we did not understand."""
        sure = turn.confidence >= SURE
        wish = STARTS.get(turn.intent)
        if sure and wish and wish != self.flow and not (asked in FREE_TEXT and {wish, self.flow} <= ALIKE):
            raise Rejected
        if turn.unheard:
            turn.say("utter_unheard")
            return
        if asked == "photo" and understand.photo(turn.words):
            return
        if turn.intent == "ask_question" or (turn.intent == "nlu_fallback" and turn.purpose("asks") >= ASKED):
            if not answer_question(turn):
                admit_ignorance(turn)
        elif sure and turn.intent in ACTS:
            turn.say("utter_greet_again" if turn.intent == "greet" else f"utter_{turn.intent}")
        elif turn.intent == "dont_know" and asked == "order_number":
            turn.say("utter_where_order_number")
        elif turn.intent == "dont_know" and asked == "descaled":
            turn.say("utter_person_will_decide")
            hand_off(turn, "policy_check")
            raise Ended
        elif turn.intent != "repeat" and not (sure and wish == self.flow):
            self._misunderstood(turn, known)

    def _misunderstood(self, turn: Turn, known: facts.Known) -> None:
        times = int(known.get("unclear") or 0) + 1
        known["unclear"] = times
        if times >= 3:
            turn.say("utter_offer_person")
            known["offer"] = "person"
            raise Asked(turn.asked or "order_number")
        if known.get("offer") == "person" and turn.intent == "affirm":
            hand_off(turn, "no_answer")
            raise Ended
        turn.say("utter_unclear" if times == 1 else "utter_unclear_again")


def access(turn: Turn) -> identity.Access:
    """What this conversation may hear about now."""
    verified = turn.metadata.get("verified") or {}
    return identity.access(
        turn.identity,
        turn.conversation,
        turn.now,
        channel=str(verified.get("channel") or ""),
        address=str(verified.get("address") or ""),
    )


def find_order(turn: Turn, known: facts.Known, learned: frozenset[str]) -> Order:
    """The proven order this is about; otherwise asks for what is missing, or ends where nothing may be looked up."""
    allowed = access(turn)
    number = known.get("order_number")
    if not number:
        number = _only_order(allowed, known) or _wrote_about(turn, allowed, known)
    if number and allowed.may_see(number):
        known["order_number"] = number
        order = next(order for order in allowed.orders if order.number == number)
        level = allowed.level_of(order)
        turn.note(order=number, customer=order.customer.reference, customer_name=order.customer.name, verified=level)
        return order
    if not number:
        asking.ask_order(turn, allowed)
        raise Asked("order_number")
    if not (known.get("email") or known.get("phone")):
        turn.say("utter_ask_for_email", asks="email")
        raise Asked("email")
    return _prove(turn, known, number, bool(learned & {"order_number", "email", "phone"}))


def _wrote_about(turn: Turn, allowed: identity.Access, known: facts.Known) -> str | None:
    """The order that our own message was about, where the customer may see it and names no other product."""
    number, sku = turn.wrote_about.get("order"), turn.wrote_about.get("sku")
    named = set(known.get("product") or ())
    return number if number and allowed.may_see(number) and (not named or sku in named) else None


def _only_order(allowed: identity.Access, known: facts.Known) -> str | None:
    """The order that can be meant when none was named: the only one, or the only one with the named product."""
    orders = allowed.orders
    wanted = set(known.get("product") or ())
    if wanted:
        orders = tuple(order for order in orders if wanted & {item.sku for item in order.items.all()}) or orders
    return orders[0].number if len(orders) == 1 else None


def _prove(turn: Turn, known: facts.Known, number: str, tried_now: bool) -> Order:
    if tried_now:
        result = identity.prove_order(
            turn.identity,
            turn.conversation,
            number,
            email=known.get("email"),
            phone=known.get("phone"),
            now=turn.now,
            message_id=turn.message_id,
        )
        if isinstance(result, identity.Proof):
            order = result.order
            turn.note(
                order=number, customer=result.customer.reference, customer_name=result.customer.name, verified="order"
            )
            return order
        if isinstance(result, identity.Locked):
            turn.say("utter_locked")
            raise Ended
    turn.say("utter_mismatch", asks="email")
    raise Asked("email")
