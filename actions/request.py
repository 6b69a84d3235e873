"""A request from its first word to the moment when a decision can be taken.

Every flow is a Rasa form whose validation is a `Request`. Each turn it hears what was said (facts in any order, a
question, a change of mind), then asks for the next fact that can still change the outcome; `missing_facts` of the shop
knows which. When nothing is missing the form ends and `action_conclude` does the rest.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions import again, facts, matters, questions, wishes
from actions.answers import SURE_OF_IT, SURELY_ASKED, spoilt
from actions.base import SyncAction
from actions.orders import PROOF, any_order, chosen, find_order
from actions.outcomes import Asked, Elsewhere, Ended, Rejected
from actions.starts import STARTS
from actions.telling import SURE_BESIDE, admit_ignorance, advise, answer_question
from actions.trouble import hand_off, trouble
from actions.turn import SURE, Turn
from bot.shop import understand
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
# Who wants their order looked up so plainly is told no rule: what is found says more.
JUST_THAT = 0.95
FREE_TEXT = frozenset({"reason", "fault", "address"})
# "I can't now" beside these is an answer rather than the end; another wish must be this clear where it comes with what
# was asked; and what is told this likely is no wish.
CHOICES, SURELY_STOPS = frozenset({"photo", "pickup", "condition", "descaled", "resolution"}), 0.9
CLEARLY_ANOTHER, TOLD = 0.9, 0.5
# Reasons for a person that the answer to a plain question may sound like.
SAID_ALIKE = frozenset({"asked_for_person", "others_order", "very_upset"})
ACTS = frozenset({"greet", "thank", "goodbye", "ask_bot", "small_talk", "help", "switch_language", "off_topic"})
NO_THANKS = re.compile(r"\W*(no|nope|nah|nada)\W*(nothing|gracias|thanks|thank you|thx|da igual|nada|deja)?\W*", re.I)
SHORT = {"greet": "utter_greet_again", "thank": "utter_thank_short"}
# What is said of a thing sounds like several requests at once: "llegó roto" may well be the reason of a return.
ALIKE = frozenset({"return", "exchange", "damaged", "wrong_item", "warranty", "recall"})
# Two ends of one matter: what was told for one holds for the other.
SWAPPED = frozenset({"return", "exchange"})
# And two ends of another: a copy of what we know, or nothing left of it.
DATA = frozenset({"export", "erasure"})
SHARED = ("product", "quantity", "condition", "reason", "pickup")
# So few messages after a product was named, a fault without one is that product's.
JUST_NOW = 2
# Less sure than that, another request is no reason to leave the one under way.
LEAVES = 0.7


# Flows whose name also names rules: "¿cuánto tengo para devolver?" asks, "¿dónde está mi pedido?" wants it looked up.
RULES_OF = ALIKE | {"cancel", "address", "invoice", "points", "export", "erasure"}


class Request(SyncAction):
    """Base of the flows. A subclass names its flow and says what is still missing."""

    flow: ClassVar[str] = ""
    needs_order: ClassVar[bool] = True
    # Whether it is about the customer, so that any of their orders tells who that is.
    any_order: ClassVar[bool] = False

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
            resumed = self._resumes(turn, known, begins)
            begins = begins and not resumed
            learned = facts.learn(turn, known, None, self.flow) if resumed else self._hear(turn, known, begins)
            if begins:
                self._take_what_was_told(turn, known)
            order = self._order(turn, known, learned, begins or resumed) if self.needs_order else None
            slot = self.missing(turn, known, order)
        except Asked as asked:
            slot = asked.slot
        except Rejected:
            return []
        except Ended as end:
            other = [] if end.offer else matters.offer_the_other(turn)
            return [*turn.events, *ENDED, SlotSet("offer", end.offer), *other]
        except Elsewhere as other:
            kept = [SlotSet(name, known.get(name)) for name in SHARED] if {self.flow, other.flow} == SWAPPED else []
            kept += [SlotSet("flow", other.flow)] if kept else []
            return [*turn.events, *known.events(), *ENDED, *kept, FollowupAction(f"{other.flow}_form")]
        known["flow"] = self.flow
        return [*turn.events, *known.events(), SlotSet("requested_slot", slot)]

    def _take_what_was_told(self, turn: Turn, known: facts.Known) -> None:
        """What was told with the question whose answer offered this, with the return that was refused, or in words
        that nobody understood a moment ago, need not be told again."""
        offered, question = self._was_offered(turn), turn.slot("question") or ""
        about = [sku for sku in turn.slot("about") or () if not understand.is_service(sku)]
        just_named = self.flow in facts.OF_FAULTS and turn.since("about") <= JUST_NOW
        told = again.told_of_fault(turn) if self.flow == "warranty" else {}
        if offered and self.flow in facts.OF_FAULTS and not told:
            told = again.of_question(question)
        if offered and self.flow in again.SENT_BACK and understand.tells_seal(question) and understand.sealed(question):
            told = told | {"condition": "sealed"}
        if about and (offered or just_named):
            told = {"product": about} | told
        for name, value in told.items():
            if not known.get(name) and not (name == "opening" and known.get("fault")):
                known[name] = value

    def _resumes(self, turn: Turn, known: facts.Known, begins: bool) -> bool:
        """Whether this takes up what was told already, for a decision that is corrected or for another remedy: then
        the words hold facts alone. Raises Elsewhere where they correct another request."""
        if not begins:
            return turn.asked is None
        if other := again.corrects_another(turn, self.flow):
            raise Elsewhere(other)
        told = again.told_before(turn, self.flow)
        for name, value in (told or {}).items():
            known[name] = value
        return told is not None

    def _order(self, turn: Turn, known: facts.Known, learned: frozenset[str], begins: bool) -> Order:
        mine = any_order(turn) if self.any_order else None
        return mine or find_order(turn, known, learned, self.flow, begins)

    def _hear(self, turn: Turn, known: facts.Known, begins: bool) -> frozenset[str]:
        """Learn the facts in the customer's words and deal with everything else they may say."""
        asked = None if begins else turn.asked
        if begins:
            self._hear_several(turn)
        if not begins and wishes.stops(turn.words):
            turn.say("utter_stopped")
            raise Ended
        other = None if begins else wishes.swaps(turn.words)
        if other and other != self.flow and {self.flow, other} in (SWAPPED, DATA):
            raise Elsewhere(other)
        product = known.get("product")
        learned = facts.learn(turn, known, asked, self.flow)
        if asked == "order_number" and not learned and (number := chosen(turn, known)):
            known["order_number"], learned = number, frozenset({"order_number"})
        if "product" in learned:
            turn.keep(about=known.get("product"))
        reason = trouble(turn)
        if reason and not (reason in SAID_ALIKE and self._answers(turn, asked, learned)):
            hand_off(turn, reason)
            raise Ended
        if begins:
            if self.flow in ALIKE and (brand := understand.other_brand(turn.words)):
                turn.say("utter_other_brand", brand=brand)
                known["product"] = None
            self._hear_at_first(turn)
            return learned
        if self._gives_up(turn, asked) and not learned:
            turn.say("utter_goodbye" if turn.intent == "goodbye" else "utter_stopped")
            raise Ended
        if not learned:
            self._hear_other(turn, known, asked)
        elif other := self._turned_to(turn, asked, learned):
            raise Elsewhere(other)
        elif asked in learned or learned & {"order_number", "email", "phone"}:
            known["unclear"] = 0
            if turn.intent == "ask_question" and "?" in turn.words and asked not in FREE_TEXT:
                answer_question(turn)
        elif learned == {"product"} and asked != "product" and turn.asks >= ASKED and self._asks_of(turn, asked):
            # What is asked about in passing need not be what is sent back.
            known["product"] = product
            return frozenset()
        return learned

    def _asks_of(self, turn: Turn, asked: str | None) -> bool:
        """Answer what is asked of a product in passing; where a sentence is awaited, only with a question mark."""
        if asked not in FREE_TEXT:
            return answer_question(turn)
        return "?" in turn.words and (answer_question(turn) or admit_ignorance(turn))

    def _hear_several(self, turn: Turn) -> None:
        """The opening may hold more than this matter, or take up one that was left for later."""
        matters.take_up(turn, self.flow)
        if trouble(turn) is None and (first := matters.keep_the_other(turn, self.flow)):
            raise Elsewhere(first)

    def _answers(self, turn: Turn, asked: str | None, learned: frozenset[str]) -> bool:
        """Whether the words answer what was asked and no word of them asks for a person or names another's order:
        "somebody is to fetch it", "I take it there, it's me"."""
        words = turn.words
        said = understand.asks_person(words) or understand.others_order(words) or understand.very_upset(words)
        return asked in learned and asked not in FREE_TEXT and not said

    def _gives_up(self, turn: Turn, asked: str | None) -> bool:
        """Whether the customer lets go of the request: says so, or refuses to tell which order it is."""
        if turn.intent == "cancel_flow":
            return turn.confidence >= (SURELY_STOPS if asked in CHOICES else SURE)
        if asked not in PROOF or turn.confidence < SURE:
            return False
        return turn.intent == "goodbye" or (turn.intent == "deny" and NO_THANKS.fullmatch(turn.words) is not None)

    def _turned_to(self, turn: Turn, asked: str | None, learned: frozenset[str]) -> str | None:
        """The other flow that words begin which also name a fact ("first tell me where the fryer's order is")."""
        if asked in FREE_TEXT or turn.purpose("wants") < FIRM_WISH:
            return None
        clear = asked in PROOF | {"confirm"} and turn.confidence >= CLEARLY_ANOTHER
        if asked in learned and not clear:
            return None
        sure = STARTS.get(turn.intent) if turn.confidence >= SURE else None
        wish = wishes.wish(turn.words) or sure
        return wish if wish not in (None, self.flow) and not {wish, self.flow} <= ALIKE else None

    def _hear_at_first(self, turn: Turn) -> None:
        """The opening may ask for a rule instead of wanting it applied, ask something beside, or name another wish."""
        if (other := wishes.rather(turn.words, self.flow)) and {self.flow, other} == SWAPPED:
            raise Elsewhere(other)
        named = wishes.wish(turn.words)
        if named and named != self.flow and {named, self.flow} <= set(STARTS.values()):
            raise Elsewhere(named)
        if self.flow == "order_status" and wishes.would_order(turn.words) and answer_question(turn):
            raise Ended
        proves = understand.order_numbers(turn.words) or understand.emails(turn.words)
        beside = wishes.questions_beside(turn.words) if self.flow in RULES_OF else []
        faulty = self._tells_a_fault(turn)
        given_up = self.flow == "warranty" and (wishes.is_past_trying(turn.words) or spoilt(turn.words))
        meant = named is not None or faulty or given_up or self._meant_by_what_was_said(turn)
        if meant or turn.intent == "affirm" or proves or (turn.asks < DOUBTED and not beside):
            guide = self.flow == "warranty" and named is None and not given_up
            self._advise(turn, guide, rule=self._asks_for_the_rule(turn, named) and not proves)
            self._answer_beside(turn)
            return
        asks = turn.asks >= (ASKED if self.flow in RULES_OF else ASKED_OF_OWN)
        asks = asks or bool(beside)
        if not asks and self.flow not in RULES_OF:
            return
        if answer_question(turn, 0.0 if asks else TOGETHER - turn.asks, self.flow):
            raise Ended(self.flow)
        if asks and turn.confidence < FIRM_WISH and questions.is_question(turn.words):
            admit_ignorance(turn)
            raise Ended
        self._advise(turn, guide=False, rule=self._asks_for_the_rule(turn, named))

    def _advise(self, turn: Turn, guide: bool, rule: bool) -> None:
        if (guide or rule) and not turn.answered:
            advise(turn, self.flow, guide=guide, rule=rule)

    def _asks_for_the_rule(self, turn: Turn, named: str | None) -> bool:
        """Whether the words ask if they may, rather than just want something looked up."""
        plainly = self.flow == "order_status" and turn.confidence >= JUST_THAT
        plainly = plainly or (self.flow == "points" and named == "points")
        return questions.asks_in_part(turn.words) and not plainly

    def _tells_a_fault(self, turn: Turn) -> bool:
        """Whether the words tell plainly what is broken and ask nothing: no rule is what such a customer needs."""
        told = turn.confidence >= CLEARLY_ANOTHER and not questions.is_question(turn.words)
        return told and self.flow == "warranty" and understand.fault(turn.words) is not None

    def _meant_by_what_was_said(self, turn: Turn) -> bool:
        """Whether the words begin this request by what was said before: an order to cancel, a matter left aside, a
        request that an answer offered."""
        if self.flow == "order_status":
            return wishes.brings_up(turn.words)
        if again.of_another(turn) == self.flow:
            return True
        if self.flow == "cancel" and wishes.cancels_it(turn.words):
            return True
        return self._was_offered(turn) and not questions.is_question(turn.words)

    def _was_offered(self, turn: Turn) -> bool:
        """Whether an answer has offered this not long ago, or what is like it."""
        return turn.offered == self.flow or {turn.offered, self.flow} <= ALIKE

    def _answer_beside(self, turn: Turn) -> None:
        """What the opening asks beside the wish ("… and how long does the refund take?")."""
        if not turn.answered:
            for question in wishes.questions_beside(turn.words):
                answer_question(turn, SURE_BESIDE, text=question)

    def _hear_other(self, turn: Turn, known: facts.Known, asked: str | None) -> None:
        """Nothing of what was asked: a new wish, a question, a greeting, or words that we did not understand."""
        sure = turn.confidence >= SURE
        wish = STARTS.get(turn.intent)
        if sure and wish and self._leaves_for(wish, turn, asked):
            raise Rejected
        if turn.unheard:
            turn.say("utter_unheard")
            return
        if asked == "resolution" and self.flow in facts.BY_LAW and wishes.wants_money(turn.words):
            turn.say("utter_remedies_by_law")
            return
        if asked == "photo" and (understand.photo(turn.words) or facts.LATER.search(turn.words)):
            turn.say("utter_photo_later", asks="photo")
            raise Asked("photo")
        if self._is_question(turn):
            if not answer_question(turn):
                admit_ignorance(turn)
        elif turn.intent == "ask_question" and answer_question(turn, SURE_OF_IT):
            return
        elif sure and turn.intent in ACTS:
            turn.say(SHORT.get(turn.intent, f"utter_{turn.intent}"))
        elif turn.intent == "dont_know" and asked == "order_number":
            turn.say("utter_where_order_number")
        elif turn.intent == "dont_know" and asked == "descaled":
            turn.say("utter_person_will_decide")
            hand_off(turn, "policy_check")
            raise Ended
        elif turn.intent != "repeat" and not (sure and wish == self.flow):
            self._misunderstood(turn, known)

    def _is_question(self, turn: Turn) -> bool:
        """Whether the words ask something: the classifiers take much that is told of a product for a question."""
        if turn.intent not in ("ask_question", "nlu_fallback"):
            return False
        return questions.is_question(turn.words) or (turn.intent == "ask_question" and turn.asks >= SURELY_ASKED)

    def _leaves_for(self, wish: str, turn: Turn, asked: str | None) -> bool:
        """Whether the words leave this request for another one, rather than tell something that sounds like it."""
        named = wishes.wish(turn.words) == wish
        if wish in (self.flow, "rating") or (asked in FREE_TEXT and {wish, self.flow} <= ALIKE):
            return False
        if turn.confidence < LEAVES and not named:
            return False
        return turn.purpose("tells") < TOLD or named

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
        tells = turn.intent == "inform_fact" or turn.purpose("tells") >= TOLD
        turn.say("utter_unclear_again" if times > 1 else "utter_noted" if tells else "utter_unclear")
