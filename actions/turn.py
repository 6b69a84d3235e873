"""One turn as the actions see it: what was said, by whom, in which language, and how to answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from itertools import takewhile
from typing import Any

from django.utils import timezone
from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import turn_metadata
from actions.starts import STARTS
from bot.shop.clock import shop_day, shop_zone

SURE = 0.5
QUESTIONS = ("ask_question", "off_topic")
# So many messages later an offer is no longer what a remark comes back to.
OFFER_LASTS = 3
# Keeps a classifier that is very sure from deciding alone.
FLOOR = 0.05


@dataclass(frozen=True)
class Button:
    label: str
    payload: str


def pick(slot: str, value: str, label: str) -> Button:
    """A choice that fills a slot."""
    escaped = value.replace("\\", "").replace('"', "")
    return Button(label, f'/pick{{"slot": "{slot}", "value": "{escaped}"}}')


def _not_user(event: Mapping[str, Any]) -> bool:
    return bool(event["event"] != "user")


class Turn:
    """Reads the tracker and collects what is to be said. Nothing here touches the database."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> None:
        self._dispatcher = dispatcher
        self._tracker = tracker
        self.metadata: Mapping[str, Any] = turn_metadata(tracker)
        message = tracker.latest_message or {}
        self.text: str = (message.get("text") or "").strip()
        intent = message.get("intent") or {}
        ranking = message.get("intent_ranking") or []
        self._intents = {entry["name"]: float(entry["confidence"]) for entry in ranking}
        self._purpose: dict[str, float] = message.get("purpose") or {}
        self.intent: str = intent.get("name") or ""
        self.confidence: float = float(intent.get("confidence") or 0.0)
        self.language: str = "en" if tracker.get_slot("language") == "en" else "es"
        self.asked: str | None = tracker.get_slot("requested_slot")
        self.form: str | None = (tracker.active_loop or {}).get("name")
        self._kept: dict[str, Any] = {}
        # Whether this turn has asked for a person.
        self.handed_over = False

    def slot(self, name: str) -> Any:
        return self._kept[name] if name in self._kept else self._tracker.get_slot(name)

    def keep(self, **slots: Any) -> None:
        """Remember something for the turns that follow."""
        self._kept.update(slots)

    def since(self, name: str) -> int:
        """How many messages the customer has written since that slot was last set, this one included."""
        messages = 0
        for event in reversed(self._tracker.events):
            if event["event"] == "slot" and event.get("name") == name:
                break
            messages += event["event"] == "user"
        return messages

    @property
    def offered(self) -> str | None:
        """What was offered last, unless that is too long ago."""
        lasts = "offer" in self._kept or self.since("offer") <= OFFER_LASTS
        found: str | None = self.slot("offer") if lasts else None
        return found

    @property
    def answered(self) -> bool:
        """Whether something has been said in this turn before this action."""
        return any(event["event"] == "bot" for event in takewhile(_not_user, reversed(self._tracker.events)))

    @property
    def events(self) -> list[EventType]:
        """What is to be remembered."""
        return [SlotSet(name, value) for name, value in self._kept.items()]

    def rank(self, intents: Iterable[str]) -> tuple[str, float]:
        """The likeliest of these intents and how likely the classifier finds it."""
        return max(((intent, self._intents.get(intent, 0.0)) for intent in intents), key=lambda pair: pair[1])

    def purpose(self, name: str) -> float:
        """How likely the message has this purpose: asks, wants, tells, alarms, escalates; 0 to 1, 0 for a choice."""
        return float(self._purpose.get(name, 0.0))

    @cached_property
    def asks(self) -> float:
        """How likely the customer wants to be told something, against having it done, by both classifiers; 0 for a
        choice. The classifier of intents knows the subject better than the purpose, so it counts half."""
        if not self.words or not self._purpose:
            return 0.0
        asked = sum(self._intents.get(intent, 0.0) for intent in QUESTIONS)
        begun = sum(self._intents.get(intent, 0.0) for intent in STARTS)
        odds = (self.purpose("asks") + 0.01) / (self.purpose("wants") + 0.01)
        odds *= ((asked + FLOOR) / (begun + FLOOR)) ** 0.5
        return float(odds / (1 + odds))

    @cached_property
    def picked(self) -> tuple[str, str] | None:
        """The slot and the value of a choice that was offered and taken."""
        if self.intent != "pick":
            return None
        found = {entity["entity"]: entity["value"] for entity in self._tracker.latest_message.get("entities", ())}
        return (str(found["slot"]), str(found["value"])) if {"slot", "value"} <= found.keys() else None

    @property
    def words(self) -> str:
        """What the customer wrote; empty for a choice, which alone comes past the classifiers."""
        return self.text if self._purpose or not self.text.startswith("/") else ""

    @property
    def conversation(self) -> str:
        return str(self._tracker.sender_id)

    @property
    def channel(self) -> str:
        return str(self.metadata.get("channel") or "")

    @property
    def contact(self) -> str:
        """The conversation's present episode: what counts as one time that a customer wrote to us."""
        return str(self.metadata.get("contact") or self.conversation)

    @property
    def identity(self) -> str:
        return str(self.metadata.get("identity") or self.conversation)

    @property
    def wrote_about(self) -> Mapping[str, str]:
        """{rule, order, sku} of what we wrote before the customer did; empty where they began."""
        found: Mapping[str, str] = self.metadata.get("about") or {}
        return found

    @property
    def message_id(self) -> str:
        return str(self.metadata.get("message_id") or "")

    @cached_property
    def now(self) -> datetime:
        """The moment of the turn; in the sandbox a conversation may live on another day."""
        given = self.metadata.get("today")
        now = timezone.now()
        if not given:
            return now
        clock = timezone.localtime(now, shop_zone()).time()
        return datetime.combine(date.fromisoformat(given), time(clock.hour, clock.minute), shop_zone())

    @property
    def today(self) -> date:
        """The shop's calendar day on which the customer asks."""
        return shop_day(self.now)

    @property
    def photos(self) -> int:
        return sum(1 for item in self.metadata.get("attachments") or () if item.get("kind") == "image")

    @property
    def unheard(self) -> bool:
        """Whether all that came is a voice note that nobody wrote down."""
        return not self.words and any(item.get("kind") == "audio" for item in self.metadata.get("attachments") or ())

    def say(self, response: str, *, asks: str = "", buttons: Sequence[Button] = (), **values: Any) -> None:
        """Say a response of the domain, in the customer's language, with its {names} filled in."""
        extra = {"json_message": {"asks": asks}} if asks else {}
        self._dispatcher.utter_message(
            response=response,
            buttons=[{"title": button.label, "payload": button.payload} for button in buttons],
            **extra,
            **values,
        )

    def tell(
        self,
        text: str,
        *,
        citations: Sequence[Mapping[str, Any]] = (),
        attachments: Sequence[Mapping[str, Any]] = (),
        buttons: Sequence[Button] = (),
    ) -> None:
        """Say a text that is already in the customer's language; `attachments` are {kind, url, mime, name}."""
        self._dispatcher.utter_message(
            text=text,
            buttons=[{"title": button.label, "payload": button.payload} for button in buttons],
            json_message={"citations": list(citations), "attachments": list(attachments)},
        )

    def command(self, name: str, **arguments: Any) -> None:
        """Ask the gateway to do something; it travels beside the words, never in them."""
        self.handed_over = self.handed_over or name == "handoff"
        self._dispatcher.utter_message(json_message={"commands": [{"name": name, "arguments": arguments}]})

    def note(self, **facts: Any) -> None:
        """Tell the gateway what is known now, for the agent who may take over."""
        self._dispatcher.utter_message(json_message={"facts": facts})
