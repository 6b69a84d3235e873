"""Runs inside Rasa's environment: a ledger, and two Rasas' trackers on it. Prints what was seen as JSON."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.components.ledger import SCHEMES, Answer, Ledger, Outrun
from bot.dialogue.components.shared_ledger import SharedLedger
from bot.dialogue.components.tracker_store import LedgerTrackerStore

HELLO = Answer("m1", [{"text": "Hola"}])


def ledger(where: str) -> Ledger | SharedLedger:
    return SharedLedger(where) if where.startswith(SCHEMES) else Ledger(Path(where))


def outrun(work) -> bool:
    try:
        work()
    except Outrun:
        return True
    return False


def turns(where: str) -> dict:
    one, other = ledger(where), ledger(where)
    seen = {"first": one.append("lucia", [{"a": 1}], HELLO, after=0)}
    seen["behind"] = outrun(lambda: other.append("lucia", [{"b": 1}], Answer("m2", []), after=0))
    seen["second"] = other.append("lucia", [{"a": 2}], Answer("m2", [{"text": "¡Sí!"}]), after=1)
    seen["events"] = one.events("lucia")
    seen["answers"] = [one.answer("lucia", name) for name in ("m1", "m2", "m3")]
    seen["again"] = one.append("lucia", [], HELLO)
    seen["snapshot"] = one.append("lucia", [{"a": 4}], snapshot=True, after=3)
    seen["kept"] = [other.events("lucia"), other.last("lucia")]
    one.append("marc", [{}])
    seen["all"] = sorted(one.conversations())
    other.forget("lucia")
    seen["forgotten"] = [one.last("lucia"), one.events("lucia"), one.answer("lucia", "m1"), one.conversations()]
    one.forget("marc")
    return seen


def cut(where: str) -> dict:
    """The database is restarted, or the connection lost, between two turns."""
    import psycopg2

    one = ledger(where)
    one.append("lucia", [{"a": 1}], after=0)
    with psycopg2.connect(where) as master, master.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = %s",
                       (one._connection.get_backend_pid(),))  # fmt: skip
    seen = {"after": one.append("lucia", [{"a": 2}], after=1), "events": one.events("lucia")}
    one.forget("lucia")
    return seen


async def two_rasas(where: str) -> dict:
    domain = Domain.from_dict({"slots": {"order": {"type": "text", "mappings": [{"type": "custom"}]}}})
    here, there = (LedgerTrackerStore(domain, path=where) for _ in range(2))

    async def turn(store, message_id: str, order: str):
        """As bot.dialogue.components.turns does it."""
        if await store.answer("lucia", message_id):
            return "answered before"
        tracker = await store.retrieve("lucia") or DialogueStateTracker("lucia", [TextSlot("order", [])])
        before = tracker.get_slot("order")
        said = UserUttered("hola", {"name": "greet"}, message_id=message_id)
        for event in (ActionExecuted("action_listen"), said, SlotSet("order", order), BotUttered(f"Vale, {order}")):
            tracker.update(event)
        await store.save(tracker)
        return before

    seen = {"moves": [await turn(here, "m1", "A"), await turn(there, "m2", "B"), await turn(here, "m3", "C")]}
    seen["repeated"] = await turn(there, "m3", "D")
    # Both have taken it out for the same turn: one is stored.
    first, second = await here.retrieve("lucia"), await there.retrieve("lucia")
    for tracker in (first, second):
        tracker.update(SlotSet("order", "E"))
    await here.save(first)
    try:
        await there.save(second)
        seen["race"] = "both"
    except Outrun:
        seen["race"] = "one"
    seen["goes on"] = await turn(there, "m4", "F")
    await here.forget("lucia")
    seen["forgotten"] = await turn(there, "m5", "G")
    await there.forget("lucia")
    return seen


if __name__ == "__main__":
    place = sys.argv[1]
    told = {"turns": turns(place), "rasas": asyncio.run(two_rasas(place))}
    if place.startswith(SCHEMES):
        told["cut"] = cut(place)
    print(json.dumps(told))
