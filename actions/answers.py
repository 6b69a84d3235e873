"""Questions: answered from the shop's articles with a citation, or honestly not at all."""

from __future__ import annotations

import re

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions import again, facts, matters, questions, wishes
from actions.facts import NEVER_CAME, NO_PARCEL, REMEDIES
from actions.orders import under_way
from actions.starts import OFFERS, STARTS
from actions.telling import admit_ignorance, answer_question, discussed
from actions.trouble import TurnAction, takes_claim
from actions.turn import QUESTIONS, Turn
from bot.shop import understand
from bot.shop.understand.text import plain

UNCLEAR_BEFORE_PERSON = 3
TELLS = frozenset({"inform_fact", "correct_fact", "deny", "affirm"})
# Below this the customer wants something done rather than told, and a flow that is this likely is begun; one that does
# something at once has to be likelier.
WANTED, LIKELY, LIKELY_AT_ONCE = 0.4, 0.2, 0.45
# What a parcel that is missing may begin, and what shows that one was ordered.
OF_PARCELS = ("order_status", "report_lost_parcel")
ORDERED = re.compile(
    r"\b(ped[ií]\w*|compr[eé]|encargu?[eé]|paquete|env[ií]o|ordered|order|bought|parcel|package)\b", re.I
)
# What is not wanted any more, though nothing is wrong with it.
REGRETS = re.compile(
    r"\b(?:(?:fue|ha sido) un error|no me (?:gusta|convence)n?|me (?:he )?arrep\w+|fe[ao]s?|feisim[ao]s?|"
    r"(?:was|were) a mistake|(?:don'?t|do not) like|regret\w*|ugly|hideous)\b"
)
# Said after a decision, it is taken in.
AGREES = re.compile(
    r"\W*(?:s[ií]|vale|ok(?:ay)?|perfecto|genial|de acuerdo|yes|yeah|yep|fine|great|perfect)\b(?!.*\b(?:pero|but)\b)",
    re.I,
)
AT_ONCE = frozenset({"lost_parcel", "address", "rating"})
# What neither asks nor looks as if it did is answered only by an article this sure.
HARDLY_ASKS, SURE_OF_IT = 0.2, 0.8
DONE_TO_IT = frozenset({"drop", "immersion", "third_party"})
# So soon after an answer that offers something, a fact of that takes it up.
TAKEN_UP_WITHIN = 2
TAKEN_UP = again.DECIDED_AGAIN | {"address"}
# From here on the words are a question, even if no article answers it; and from there, whatever wish they also name.
ASKED, SURELY_ASKED = 0.6, 0.85


class AnswerQuestion(TurnAction):
    """A question, or words that no intent fits: they may still be a question that an article answers."""

    def name(self) -> str:
        return "action_answer"

    def act(self, turn: Turn, tracker: Tracker) -> list[EventType]:
        if not turn.words:
            turn.say("utter_unheard" if turn.unheard else "utter_not_understood")
            return []
        orders = understand.order_numbers(turn.words) if turn.form is None else []
        kept: list[EventType] = [SlotSet("order_number", orders[-1])] if orders else []
        return [*kept, *((again.resume(turn) if turn.form is None else []) or reply(turn))]


def reply(turn: Turn) -> list[EventType]:
    """Begin what the words ask to have done, or answer them, or admit that we cannot."""
    free = turn.form is None
    if free and turn.slot("question") and wishes.not_answered(turn.words):
        turn.say("utter_not_answered")
        return [SlotSet("offer", "person")]
    if free and again.lately(turn) and AGREES.match(turn.words) and not questions.is_question(turn.words):
        turn.say("utter_noted_besides")
        return [SlotSet("unclear", 0)]
    if free and (wanted := matters.several(turn.words)):
        return [FollowupAction(f"{wanted[0].flow}_form")]
    if free and (misses_it(turn) or takes_claim(turn)):
        return [FollowupAction("lost_parcel_form")]
    if free and never_came(turn):
        return [FollowupAction(f"{STARTS[turn.rank(OF_PARCELS)[0]]}_form")]
    if free and (flow := again.of_another(turn)):
        return [SlotSet("offer", None), FollowupAction(f"{flow}_form")]
    if free and spoilt(turn.words):
        return [FollowupAction("warranty_form")]
    if free and wishes.brings_up(turn.words) and under_way(turn):
        return [FollowupAction("order_status_form")]
    if free and turn.slot("order_number") and wishes.cancels_it(turn.words):
        return [FollowupAction("cancel_form")]
    if free and (flow := wished(turn) or after_trying(turn) or _remedy_offered(turn) or taken_up(turn)):
        return [FollowupAction(f"{flow}_form")]
    wish = wishes.wish(turn.words) if free else None
    intent, likely = turn.rank(STARTS)
    flow = STARTS[intent] if free and likely >= LIKELY else None
    flow = flow or ("return" if free and wishes.may_go_back(turn.words) else None)
    if answer_question(turn, least_sure(turn), None if wish else flow):
        if wish:
            return [SlotSet("unclear", 0), SlotSet("offer", None), FollowupAction(f"{wish}_form")]
        told = told_of(turn.words) if free else None
        flow = told if told in ("damaged", "wrong_item") else flow
        kept = [] if flow is None and turn.offered in OFFERS else [SlotSet("offer", flow)]
        return [SlotSet("unclear", 0), *kept]
    if turn.intent == "off_topic" and turn.purpose("asks") < ASKED:
        turn.say("utter_off_topic")
        return []
    if free and (told := told_of(turn.words)):
        return [FollowupAction(f"{told}_form")]
    if free and understand.order_numbers(turn.words):
        return [FollowupAction("order_status_form")]
    if (free and questions.asks(turn.words)) or turn.intent == "ask_question" or turn.purpose("asks") >= ASKED:
        admit_ignorance(turn)
        return [SlotSet("offer", "person"), SlotSet("unclear", 0)]
    if free and not turn.slot("unclear") and again.lately(turn) and not questions.is_question(turn.words):
        turn.say("utter_noted_besides")
        return [SlotSet("unclear", 1)]
    return misunderstood(turn)


def misses_it(turn: Turn) -> bool:
    """Whether the customer, told a moment ago where an order is, says that it never came."""
    if (again.lately(turn) or {}).get("flow") != "order_status" or "?" in turn.words:
        return False
    return bool(NEVER_CAME.search(turn.words)) and not NO_PARCEL.search(turn.words)


def never_came(turn: Turn) -> bool:
    """Whether the words tell that what was ordered has not come."""
    if not NEVER_CAME.search(turn.words) or NO_PARCEL.search(turn.words) or questions.is_question(turn.words):
        return False
    return ORDERED.search(turn.words) is not None and not understand.fault(turn.words)


def after_trying(turn: Turn) -> str | None:
    """The flow for who has tried what an article told, in vain."""
    if not wishes.still_wrong(turn.words):
        return None
    return _still_offered(turn) or ("warranty" if turn.slot("question") and discussed(turn) else None)


def _remedy_offered(turn: Turn) -> str | None:
    """The flow that was offered, for who says what they want of it: "quiero el dinero"."""
    flow = _still_offered(turn) if "?" not in turn.words and wishes.wants(turn.words) else None
    return flow if flow in REMEDIES and understand.resolution(turn.words, REMEDIES[flow]) else None


def taken_up(turn: Turn) -> str | None:
    """The flow that was offered, for who tells a fact of it without a word of taking it: "no me gusta el aroma"."""
    flow = _still_offered(turn)
    if flow not in TAKEN_UP or questions.is_question(turn.words) or turn.since("offer") > TAKEN_UP_WITHIN:
        return None
    return flow if facts.said(again.retold(turn.words, flow)) else None


def least_sure(turn: Turn) -> float:
    """How sure an article has to be to answer these words: what tells something is no question."""
    least = ASKED if turn.intent in TELLS else HARDLY_ASKS
    if turn.intent == "off_topic" and turn.confidence >= SURELY_ASKED:
        return SURE_OF_IT
    if turn.purpose("asks") < ASKED and again.lately(turn) and not questions.is_question(turn.words):
        return SURE_OF_IT
    asks = turn.intent in QUESTIONS or turn.purpose("asks") >= least or "?" in turn.words
    return 0.0 if asks or questions.asks(turn.words) else SURE_OF_IT


def _still_offered(turn: Turn) -> str | None:
    """What an earlier answer offered not long ago, which a later one does not take back."""
    return turn.offered if turn.offered in OFFERS else None


def wished(turn: Turn) -> str | None:
    """The flow that words begin which the classifier of intents took for something else."""
    named = wishes.wish(turn.words)
    if named and (turn.asks < SURELY_ASKED or named == "points"):
        return named
    if regrets(turn.words):
        return "return"
    intent, confidence = turn.rank(STARTS)
    flow = STARTS[intent]
    likely = confidence >= (LIKELY_AT_ONCE if flow in AT_ONCE else LIKELY)
    if understand.order_numbers(turn.words):
        return flow if likely else _of_the_order(turn)
    return flow if likely and turn.asks < WANTED and turn.purpose("wants") >= LIKELY else None


def _of_the_order(turn: Turn) -> str | None:
    """What words that name an order want, where the classifier knows no flow for them: a part that wishes, a thing that
    is asked of this order or told of it, or where it is; nothing where they surely ask a rule."""
    named = matters.named(turn.words)
    asks = turn.intent == "ask_question" and turn.asks >= SURELY_ASKED
    if named == "warranty" and asks:
        named = None
    return wishes.wish_of_a_part(turn.words) or named or told_of(turn.words) or (None if asks else "order_status")


def spoilt(text: str) -> bool:
    """Whether the words tell, and ask nothing, of what was done to a product: no guide mends what was dropped."""
    asks = questions.is_question(text) or wishes.questions_beside(text)
    fault = understand.fault(text) if understand.products(text) and not asks else None
    return fault is not None and fault.cause in DONE_TO_IT


def told_of(text: str) -> str | None:
    """The flow for what happened to a product, where the words say that and no wish; what they ask of a product in
    general tells of nothing that happened."""
    text = questions.beside_its_questions(text)
    reason = understand.reason(text)
    if regrets(text):
        return "return"
    if reason in ("damaged", "wrong"):
        return "damaged" if reason == "damaged" else "wrong_item"
    return "warranty" if reason == "faulty" or understand.fault(text) else None


def regrets(text: str) -> bool:
    """Whether what was bought is not wanted any more, by words that tell of nothing wrong with it."""
    bought = understand.products(text) or understand.order_numbers(text)
    return bool(bought and REGRETS.search(plain(text))) and understand.reason(text) in (None, "changed_mind")


def misunderstood(turn: Turn) -> list[EventType]:
    """Ask again with choices; the third time in a row, offer a person."""
    if named := understand.products(turn.words):
        turn.keep(about=named)
    times = int(turn.slot("unclear") or 0) + 1
    if times >= UNCLEAR_BEFORE_PERSON:
        turn.say("utter_offer_person")
        return [SlotSet("unclear", times), SlotSet("offer", "person")]
    turn.say("utter_not_understood")
    return [SlotSet("unclear", times)]
