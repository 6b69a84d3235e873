"""Rasa's trackers: live in memory, and one row per turn on disk, or in PostgreSQL where several Rasas share them.

A turn takes its tracker out of memory and puts it back once it is stored. A turn that fails in between leaves
nothing behind: the next one reads the tracker as the last stored turn left it. Turns are numbered: a live tracker that
another process has gone on with is read anew, and of two that take the same turn at once one is stored.
"""

import asyncio
import os
from collections import OrderedDict
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.components.ledger import SCHEMES, Answer, Ledger

if TYPE_CHECKING:
    from bot.dialogue.components.shared_ledger import SharedLedger

LIVE_TRACKERS = 2000
"""Conversations kept in memory; beyond, the longest unused is read from disk again."""

MOST_EVENTS = 90
"""A tracker longer than this is shortened after its turn: a turn's time grows with its events."""

EVENTS_KEPT = 40
"""How many of the latest events stay when a tracker is shortened, at least."""

DEFAULT_PATH = "var/rasa/trackers.sqlite3"

Result = TypeVar("Result")


class _Live(NamedTuple):
    tracker: DialogueStateTracker
    stored: int
    turn: int
    answer: Answer | None = None


class LedgerTrackerStore(TrackerStore):
    """See the module. Named by class path in endpoints.yml; `path` or POSTVENTA_RASA_TRACKERS says where.

    A failing database raises and so fails the turn: going on with an empty tracker would silently turn a
    running form into a new conversation.
    """

    def __init__(
        self,
        domain: Domain | None,
        event_broker: EventBroker | None = None,
        host: str | None = None,
        path: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        where = path or os.environ.get("POSTVENTA_RASA_TRACKERS") or DEFAULT_PATH
        self.ledger = _shared(where) if where.startswith(SCHEMES) else Ledger(Path(where))
        # One thread: a database that is waited for does not hold up the event loop, and writes stay in order.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._live: OrderedDict[str, _Live] = OrderedDict()

    async def _run(self, work: Callable[..., Result], *args: Any) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, *args)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Take the conversation's tracker out; None when it has none. `save` puts it back."""
        live = self._live.pop(sender_id, None)
        if live is None:
            turn, stored = await self._run(self._read, sender_id)
            events = deserialise_events(stored)
            if not events:
                return None
            live = _Live(_replay(sender_id, events, self.domain), len(events), turn)
        live.tracker.stored_events, live.tracker.stored_turn = live.stored, live.turn
        return live.tracker

    def _read(self, sender_id: str) -> tuple[int, list[dict[str, Any]]]:
        # The number first: a turn that is stored between the two makes the next one fail, not vanish.
        return self.ledger.last(sender_id), self.ledger.events(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what the turn added, then keep the tracker live. Raises Outrun or the database's own error."""
        events = list(tracker.events)
        new = events[getattr(tracker, "stored_events", 0) :]
        if not new:
            return
        kept = tracker if len(events) <= MOST_EVENTS and not _starts_over(new) else self._shorten(tracker)
        snapshot = kept is not tracker
        batch = [event.as_dict() for event in (kept.events if snapshot else new)]
        after, answer = getattr(tracker, "stored_turn", 0), answer_in(new)
        turn = await self._run(self.ledger.append, tracker.sender_id, batch, answer, snapshot, after)
        self._live[tracker.sender_id] = _Live(kept, len(kept.events), turn, answer)
        while len(self._live) > LIVE_TRACKERS:
            self._live.popitem(last=False)

    def keep(self, tracker: DialogueStateTracker) -> None:
        """Put back a tracker that was taken out to be read, or prepared for the turn that comes next."""
        stored, turn = getattr(tracker, "stored_events", 0), getattr(tracker, "stored_turn", 0)
        self._live[tracker.sender_id] = _Live(tracker, stored, turn)

    def _shorten(self, tracker: DialogueStateTracker) -> DialogueStateTracker:
        short = _replay(tracker.sender_id, shortened(list(tracker.events), self.domain), self.domain)
        short.model_id, short.assistant_id = tracker.model_id, tracker.assistant_id
        return short

    async def answer(self, conversation: str, message_id: str) -> Answer | None:
        """What was replied to that message, None when it was never answered.

        Asked before a turn: the moment at which a tracker that another process has gone on with, or that was forgotten
        there, is thrown out of memory.
        """
        live = self._live.get(conversation)
        answer, last = await self._run(self._answer_and_last, conversation, message_id)
        if live and live.turn != last and self._live.get(conversation) is live:
            del self._live[conversation]
        return answer

    def answered(self, conversation: str) -> Answer:
        """What was replied in the turn that was saved just now. Raises KeyError where none was."""
        answer = self._live[conversation].answer
        if answer is None:
            raise KeyError(conversation)
        return answer

    def _answer_and_last(self, conversation: str, message_id: str) -> tuple[Answer | None, int]:
        return self.ledger.answer(conversation, message_id), self.ledger.last(conversation)

    async def forget(self, conversation: str) -> None:
        """Delete a conversation from memory and disk. Hold its lock meanwhile."""
        self._live.pop(conversation, None)
        await self._run(self.ledger.forget, conversation)

    async def keys(self) -> Iterable[str]:
        """The ids of all stored conversations."""
        return await self._run(self.ledger.conversations)

    @property
    def domain(self) -> Domain:
        """The domain whose slots new trackers get."""
        return self._domain

    @domain.setter
    def domain(self, domain: Domain | None) -> None:
        # Live trackers carry the slots of the model they were made with.
        self._live.clear()
        self._domain = domain or Domain.empty()


def _shared(address: str) -> "SharedLedger":
    # A shop on SQLite need not hold PostgreSQL's driver in memory.
    from bot.dialogue.components.shared_ledger import SharedLedger

    return SharedLedger(address)


def _replay(sender_id: str, events: list[Event], domain: Domain) -> DialogueStateTracker:
    tracker = DialogueStateTracker(sender_id, domain.slots)
    known = {slot.name for slot in domain.slots}
    for event in events:
        # A slot that a newer model no longer has is left out instead of logged as an error each turn.
        if not (isinstance(event, SlotSet) and event.key not in known):
            tracker.update(event)
    return tracker


def _starts_over(new: list[Event]) -> bool:
    return any(isinstance(event, SessionStarted) for event in new)


def shortened(events: list[Event], domain: Domain) -> list[Event]:
    """The same state in fewer events: slots and form as of a turn's start, then the turns since.

    Cuts at the latest session start where there is one, else before the turn that leaves at least
    EVENTS_KEPT events.
    """
    for index in range(len(events) - 1, 0, -1):
        if isinstance(events[index], SessionStarted):
            start = index - 1 if _is_action(events[index - 1], ACTION_SESSION_START_NAME) else index
            recent = events[start:]
            return recent if len(recent) <= MOST_EVENTS else _cut(recent, domain)
    return _cut(events, domain)


def _cut(events: list[Event], domain: Domain) -> list[Event]:
    starts = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    early = [i for i in starts if i <= len(events) - EVENTS_KEPT]
    if not early:
        return events
    cut = early[-1]
    before = _replay("", events[:cut], domain)
    return _state_events(before, events[0].timestamp) + events[cut:]


def _state_events(tracker: DialogueStateTracker, at: float) -> list[Event]:
    """Events that bring an empty tracker to `tracker`'s slots and active form, listening."""
    state: list[Event] = [ActionExecuted(ACTION_SESSION_START_NAME, timestamp=at), SessionStarted(timestamp=at)]
    if tracker.active_loop_name:
        state.append(ActionExecuted(tracker.active_loop_name, timestamp=at))
        state.append(ActiveLoop(tracker.active_loop_name, timestamp=at))
    state.extend(
        SlotSet(slot.name, slot.value, timestamp=at)
        for slot in tracker.slots.values()
        if slot.value != slot.initial_value
    )
    state.append(ActionExecuted(ACTION_LISTEN_NAME, timestamp=at))
    return state


def _is_action(event: Event, name: str) -> bool:
    return isinstance(event, ActionExecuted) and event.action_name == name


def answer_in(events: list[Event]) -> Answer | None:
    """The last customer message among a turn's events, and all that the bot said in the turn."""
    asked = [event for event in events if isinstance(event, UserUttered) and event.message_id]
    if not asked:
        return None
    return Answer(asked[-1].message_id, [reply_of(event) for event in events if isinstance(event, BotUttered)])


def reply_of(event: BotUttered) -> dict[str, Any]:
    """A bot utterance as it goes over the wire: text, buttons, custom, and image where there is one."""
    data = event.data or {}
    reply: dict[str, Any] = {
        "text": event.text or "",
        "buttons": [
            {"title": button.get("title", ""), "payload": button.get("payload", "")}
            for button in (data.get("buttons") or []) + (data.get("quick_replies") or [])
        ],
        "custom": data.get("custom") or {},
    }
    image = data.get("image") or data.get("attachment")
    if image:
        reply["image"] = image
    return reply
