"""Runs one turn inside Rasa: hold the conversation, look for a repeat, process, collect the answer."""

from typing import Any, NoReturn

from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    REQUESTED_SLOT,
    SESSION_START_METADATA_SLOT,
)
from rasa.shared.core.events import ActionExecuted, SessionStarted, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.components.classifier import ASKED
from bot.dialogue.components.language import DEFAULT, ENTITY, LANGUAGES, language_entity
from bot.dialogue.components.tracker_store import LedgerTrackerStore
from bot.dialogue.components.wire import BadTurn, Turn

GIVEN_LANGUAGE = "given_language"
"""Metadata key: the language the gateway asked with, next to `language`, the one the turn started in."""


class SilentOutput(OutputChannel):
    """Lets Rasa "send" into nothing: replies are read from the tracker, where they are stored with the turn.

    Its name is the customer's channel, which picks `channel:` variations of a response in the domain.
    """

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def name(self) -> str:  # type: ignore[override]
        """The customer's channel."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Nothing to do."""


class CircuitBroken(RuntimeError):
    """More actions in one turn than MAX_NUMBER_OF_PREDICTIONS: rules that call each other in a circle."""


def _circuit_broken(*_: Any) -> NoReturn:
    raise CircuitBroken("A turn ran into Rasa's limit of actions; look for rules or follow-ups in a circle.")


class TurnRunner:
    """Runs turns on one agent, whose tracker store must be ours."""

    def __init__(self, agent: Agent) -> None:
        assert agent.processor is not None and isinstance(agent.tracker_store, LedgerTrackerStore)
        self._agent = agent
        self._processor: MessageProcessor = agent.processor
        self._processor.on_circuit_break = _circuit_broken
        self._store: LedgerTrackerStore = agent.tracker_store

    def check(self, turn: Turn) -> None:
        """Raise BadTurn for a payload that names an intent or entity this model does not have."""
        domain = self._processor.domain
        if turn.intent and turn.intent not in domain.intents:
            raise BadTurn(f"payload names the intent {turn.intent!r}, which the domain does not have.")
        unknown = sorted(set(turn.entities) - set(domain.entities))
        if unknown:
            raise BadTurn(f"payload carries the entities {unknown}, which the domain does not list under entities.")

    async def run(self, turn: Turn) -> dict[str, Any]:
        """The turn's replies, its language, and the state when asked for.

        A message that was answered before gets the same replies again and changes nothing. Raises whatever went
        wrong, and then nothing of the turn is kept.
        """
        async with self._agent.lock_store.lock(turn.conversation):
            answer = await self._store.answer(turn.conversation, turn.message_id)
            replayed = answer is not None
            if answer is None:
                await self._process(turn)
                answer = self._store.answered(turn.conversation)
            tracker = await self._store.retrieve(turn.conversation)
            assert tracker is not None
            self._store.keep(tracker)
            result = {"replies": answer.replies, "replayed": replayed, "language": _language_of(tracker)}
            return {**result, "state": state_of(tracker)} if turn.state else result

    async def _process(self, turn: Turn) -> None:
        tracker = await self._processor.get_tracker(turn.conversation)
        given = turn.metadata.get("language")
        language = starting_language(tracker, given)
        if turn.fresh and tracker.events:
            start_over(tracker, language)
        asked = tracker.current_slot_values().get(REQUESTED_SLOT)
        metadata = {**turn.metadata, "language": language, GIVEN_LANGUAGE: given, ASKED: asked}
        self._store.keep(tracker)
        channel = str(turn.metadata.get("channel") or "web")
        await self._processor.handle_message(
            UserMessage(
                turn.text,
                output_channel=SilentOutput(channel),
                sender_id=turn.conversation,
                parse_data=parse_choice(turn, language) if turn.intent else None,
                input_channel=channel,
                message_id=turn.message_id,
                metadata=metadata,
            )
        )


def starting_language(tracker: DialogueStateTracker, given: str | None) -> str:
    """The language a turn starts in: the one the conversation reached, unless the gateway now gives another.

    The gateway passes the conversation's language each time. As long as it passes the same one as last time, a
    change that the dialogue made since (the customer wrote in another language, or asked for it) stands.
    """
    last = tracker.latest_message.metadata if tracker.latest_message else {}
    reached = tracker.current_slot_values().get(ENTITY)
    if reached in LANGUAGES and (given not in LANGUAGES or last.get(GIVEN_LANGUAGE) == given):
        return str(reached)
    return given if given in LANGUAGES else DEFAULT


def start_over(tracker: DialogueStateTracker, language: str) -> None:
    """Cut the context: slots and form go, the language stays."""
    events: list[Any] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    if ENTITY in tracker.slots:
        events.append(SlotSet(ENTITY, language))
    tracker.update_with_events([*events, ActionExecuted(ACTION_LISTEN_NAME)], None)


def parse_choice(turn: Turn, language: str) -> dict[str, Any]:
    """What the pipeline would have found in a choice: its intent for certain, its entities, and the language."""
    intent = {"name": turn.intent, "confidence": 1.0}
    entities = [
        {"entity": name, "value": value, "start": 0, "end": len(turn.text), "extractor": "choice"}
        for name, value in turn.entities.items()
    ]
    if ENTITY not in turn.entities:
        entities.append(language_entity(language))
    return {"text": turn.text, "intent": intent, "intent_ranking": [intent], "entities": entities}


def _language_of(tracker: DialogueStateTracker) -> str:
    value = tracker.current_slot_values().get(ENTITY)
    if value in LANGUAGES:
        return str(value)
    last = tracker.latest_message.metadata if tracker.latest_message else {}
    return str(last.get("language") or DEFAULT)


def state_of(tracker: DialogueStateTracker) -> dict[str, Any]:
    """Where the dialogue stands after a turn: what it understood, the form and what that asks, and the slots."""
    intent = tracker.latest_message.intent if tracker.latest_message else {}
    slots = tracker.current_slot_values()
    return {
        "intent": intent.get("name"),
        "confidence": intent.get("confidence"),
        "language": _language_of(tracker),
        "active_form": tracker.active_loop_name,
        "requested_slot": slots.get(REQUESTED_SLOT),
        "slots": {
            name: value for name, value in slots.items() if value is not None and name != SESSION_START_METADATA_SLOT
        },
    }
