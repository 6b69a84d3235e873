"""Plays a dialogue to its end and compares what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from tests.evaluation.chats import Chat, Heard, PhoneChat, WebChat, identity_of
from tests.evaluation.customer import Customer, Move
from tests.evaluation.ending import PERSON, Before, compare, read_ending
from tests.evaluation.results import Result
from tests.evaluation.sets import Channel, Dialogue
from tests.evaluation.wire import Staff, Wire

MOST_TURNS = 25


@dataclass(frozen=True)
class Performance:
    """A dialogue on a channel. `identity` is empty on the web, where every visitor is new."""

    dialogue: Dialogue
    channel: Channel
    identity: str = ""

    @property
    def name(self) -> str:
        own = self.channel == self.dialogue.channel
        return self.dialogue.id if own else f"{self.dialogue.id}@{self.channel}"


def performances(dialogues: list[Dialogue], channels: tuple[Channel, ...]) -> list[Performance]:
    """Every dialogue on each of the channels where it has what proves the customer; with none named, on its own.

    A dialogue of the web proves an order by its facts, so it can be played by a stranger on any channel. One of a
    phone may owe its proof to the phone: elsewhere it needs an order number and an e-mail or phone among its facts.
    """
    found = []
    for dialogue in dialogues:
        for channel in channels or (dialogue.channel,):
            own = channel == dialogue.channel
            proves = {"order_number"} <= dialogue.facts.keys() and {"email", "phone"} & dialogue.facts.keys()
            if own or dialogue.channel == "web" or proves:
                identity = "" if channel == "web" else identity_of(channel, dialogue.sender if own else None)
                found.append(Performance(dialogue, channel, identity))
    return found


async def play(wire: Wire, staff: Staff, performance: Performance) -> Result:
    """Raises `Unreachable` and `Refused`."""
    dialogue = performance.dialogue
    result = Result(
        "dialogues", performance.name, dialogue.lang[:2], performance.channel, dialogue.expect.outcome,
        expected=[dialogue.expect.outcome, *dialogue.expect.accept], danger=dialogue.expect.reason_code == "safety",
    )  # fmt: skip
    chat, before = await _enter(wire, staff, performance)
    customer = Customer(dialogue)
    heard, last = await _converse(chat, customer, result)
    result.conversation = chat.conversation
    if not chat.conversation:
        result.problems.append("no conversation began")
        return result
    end = await read_ending(staff, chat.conversation, before)
    end.said += result.told()
    end.asks = heard.asks
    end.stopped_by_customer = last.twist or last.text.casefold() in ("no", "nope")
    result.actual = end.outcomes()
    result.problems += compare(dialogue.expect, end)
    result.right = not result.problems
    return result


async def _enter(wire: Wire, staff: Staff, performance: Performance) -> tuple[Chat, Before]:
    """Open a conversation in which the bot starts afresh, on the dialogue's own day."""
    dialogue = performance.dialogue
    if performance.channel == "web":
        web = WebChat(wire, dialogue.lang)
        await web.open(dialogue.today)
        return web, Before()
    phone = PhoneChat(wire, dialogue.lang, channel=performance.channel, identity=performance.identity)
    await phone.open(dialogue.today)
    if not phone.conversation:
        return phone, Before()
    await staff.resolve(phone.conversation)
    # The notice of the end is on its way to the phone; it belongs to what was before.
    await phone.open(dialogue.today)
    return phone, Before.of(await staff.conversation(phone.conversation))


async def _converse(chat: Chat, customer: Customer, result: Result) -> tuple[Heard, Move]:
    """Talk until there is nothing more to say. Gives what was heard last and what the customer did last."""
    move: Move | None = Move(customer.dialogue.opening)
    last = Move()
    heard = Heard()
    while move is not None and result.turns < MOST_TURNS:
        last = move
        heard = await _do(chat, move, result)
        if heard.owner in PERSON or not heard.settled or not heard.accepted:
            break
        move = customer.move(heard.asks, heard.choices)
    if result.turns >= MOST_TURNS:
        result.problems.append(f"no end after {MOST_TURNS} turns")
    return heard, last


async def _do(chat: Chat, move: Move, result: Result) -> Heard:
    note = "button" if move.choice else "photo" if move.photo else "twist" if move.twist else ""
    result.customer(move.choice.label if move.choice else move.text, note)
    heard = await chat.say(
        "" if move.choice else move.text,
        choice=move.choice.id if move.choice else "",
        attachment="photo" if move.photo else None,
    )
    result.heard(heard)
    if not heard.accepted:
        result.problems.append(f"refused with HTTP {heard.statuses[-1]}")
    return heard
