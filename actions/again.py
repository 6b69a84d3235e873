"""What is said after a decision and is still about it: a fact corrected, a doubt why, a protest."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions import facts, wishes
from actions.starts import OFFERS
from actions.turn import Turn
from bot.shop import understand

# So many messages after a decision, what is said may still be about it.
LATELY = 6
# Requests that are decided again with a fact changed; the others have done what was asked for.
DECIDED_AGAIN = frozenset({"return", "exchange", "damaged", "wrong_item", "warranty", "recall"})
# What the customer sends us, and may keep after all.
SENT_BACK = frozenset({"return", "exchange"})
# Why something came about is told anew after these, too.
EXPLAINED = DECIDED_AGAIN | {"cancel", "address", "lost_parcel"}
# What a sentence tells without announcing that it corrects; of the rest much is said in passing.
CONTRADICTS = frozenset({"condition", "descaled"})
# What may be changed by words that sound like the beginning of another request.
DETAILS = frozenset({"quantity", "condition", "pickup", "descaled", "resolution"})
SPOILT = frozenset({"faulty", "damaged", "wrong"})


def corrected(turn: Turn) -> dict[str, Any]:
    """The facts of the request decided lately that these words change; none where they ask or say nothing new."""
    concluded = lately(turn)
    if concluded is None or concluded["flow"] not in DECIDED_AGAIN or "?" in turn.words:
        return {}
    flow, told = concluded["flow"], concluded["facts"]
    found = retold(turn.words, flow)
    changed = {name: value for name, value in found.items() if value != told.get(name)}
    if not wishes.corrects(turn.words):
        return {name: value for name, value in changed.items() if name in CONTRADICTS and name in told}
    # Of another thing, or of what the order's warranty was just offered for, a fault is no correction.
    spoilt = changed.get("reason") in SPOILT and told.get("reason") not in SPOILT
    if spoilt and ("product" in changed or turn.slot("offer") in OFFERS):
        return {}
    return changed


def resume(turn: Turn) -> list[EventType]:
    """Decide again what was decided lately, with what these words change; or tell the decision again to who asks why.
    Nothing where the words are about something else."""
    concluded = lately(turn)
    if concluded is None:
        return []
    orders = understand.order_numbers(turn.words)
    if concluded["flow"] in SENT_BACK and wishes.stops(turn.words):
        turn.say("utter_kept")
        return [SlotSet("offer", None), SlotSet("unclear", 0)]
    if changed := corrected(turn):
        return _again(concluded, changed)
    if orders and (turn.intent == "correct_fact" or wishes.corrects(turn.words)):
        return [SlotSet("order_number", orders[-1]), *_again(concluded, {})]
    asks_for_money = "?" in turn.words and wishes.wants_money(turn.words)
    if concluded["flow"] in facts.BY_LAW and concluded["facts"].get("resolution") and asks_for_money:
        turn.say("utter_remedies_by_law")
        return [SlotSet("unclear", 0)]
    if concluded["flow"] in EXPLAINED and wishes.asks_why(turn.words):
        turn.say("utter_decided")
        return _again(concluded, {"confirm": concluded["facts"].get("confirm")})
    if concluded["flow"] in EXPLAINED and (wishes.protests(turn.words) or denies_the_record(turn, concluded)):
        turn.say("utter_decision_stands")
        return [SlotSet("offer", "person"), SlotSet("unclear", 0)]
    return []


def denies_the_record(turn: Turn, concluded: dict[str, Any]) -> bool:
    """Whether the words call sealed what was decided on without asking, because the order's record says otherwise."""
    asked = "condition" in concluded["facts"] or "?" in turn.words
    told = understand.tells_seal(turn.words) and understand.sealed(turn.words) is True
    return concluded["flow"] in SENT_BACK and told and not asked


def told_before(turn: Turn, flow: str) -> dict[str, Any] | None:
    """What the request of this flow knew when it was decided, where words that begin it anew only correct it."""
    concluded = lately(turn)
    if concluded is None or concluded["flow"] != flow or understand.order_numbers(turn.words):
        return None
    changed = corrected(turn) or _insisted_on(turn, flow)
    return {**_kept(concluded), **changed} if changed else None


def _insisted_on(turn: Turn, flow: str) -> dict[str, Any]:
    """The remedy that is asked for once more, by words that tell nothing else: "pues que me la reparéis"."""
    found = retold(turn.words, flow)
    return found if found.keys() == {"resolution"} and not understand.fault(turn.words) else {}


def corrects_another(turn: Turn, flow: str) -> str | None:
    """The flow decided lately of which words only change a detail ("make that one bag") that seem to begin `flow`."""
    concluded = lately(turn)
    if concluded is None or concluded["flow"] == flow or wishes.wish(turn.words):
        return None
    changed = corrected(turn)
    return str(concluded["flow"]) if changed and changed.keys() <= DETAILS else None


def of_another(turn: Turn) -> str | None:
    """The flow decided lately, for who asks the same of another product: "¿y los auriculares?"."""
    concluded = lately(turn)
    named = understand.products(turn.words)
    if concluded is None or concluded["flow"] not in SENT_BACK or not wishes.brings_up(turn.words):
        return None
    other = named and not set(named) & set(concluded["facts"].get("product") or named)
    return str(concluded["flow"]) if other else None


def lately(turn: Turn) -> dict[str, Any] | None:
    """The request that was decided last, while it may still be what the customer writes about."""
    concluded: dict[str, Any] | None = turn.slot("concluded")
    if not concluded or not turn.words:
        return None
    return concluded if turn.since("concluded") <= LATELY else None


def _kept(concluded: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in concluded["facts"].items() if name != "confirm"}


def _again(concluded: dict[str, Any], changed: dict[str, Any]) -> list[EventType]:
    """The request that was decided, with everything told for it and what has been changed since."""
    told = _kept(concluded) | changed
    slots = [SlotSet(name, value) for name, value in told.items()]
    return [SlotSet("flow", concluded["flow"]), SlotSet("requested_slot", None), SlotSet("offer", None), *slots,
            FollowupAction(f"{concluded['flow']}_form")]  # fmt: skip


def of_question(text: str) -> dict[str, Any]:
    """What a question told of a fault: all of it where it names a part or a cause, else what to ask more about."""
    told = understand.fault(text)
    return {"fault" if told.exact else "opening": text[: facts.FAULT_LENGTH]} if told else {}


def told_of_fault(turn: Turn) -> dict[str, Any]:
    """The thing and its fault, told with a return that was decided lately: "one side is dead, I want my money back"."""
    concluded = lately(turn)
    if concluded is None or concluded["flow"] not in SENT_BACK or not concluded["facts"].get("opening"):
        return {}
    product = concluded["facts"].get("product")
    return of_question(concluded["facts"]["opening"]) | ({"product": product} if product else {})


def retold(text: str, flow: str) -> dict[str, Any]:
    """What the words tell of a request that has been decided; a bare yes or no tells nothing of it."""
    products, lots = understand.products_meant(text), understand.lots(text)
    told = {
        "product": ["all"] if facts.WHOLE.search(text) else [*products, *lots] or None,
        "quantity": facts.units(text),
        "condition": text[: facts.FAULT_LENGTH] if understand.tells_seal(text) else None,
        "descaled": facts.descaled(text),
    }
    return (
        facts.said(told) | facts.said(facts.told(text, flow)) | facts.said({"resolution": _changed_remedy(text, flow)})
    )


def _changed_remedy(text: str, flow: str) -> str | None:
    if flow not in facts.OFFERED:
        return None
    # Too late for the week after arrival it was decided as a warranty.
    late = facts.OFFERED["warranty"] if flow in ("damaged", "wrong_item") else ()
    return understand.resolution(text, (*facts.OFFERED[flow], *late))
