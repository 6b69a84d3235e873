"""RulePolicy's own work for a prediction, without what it does again and again.

For each action Rasa plays the whole conversation anew to see its past states and compares them with every rule, and
does it twice after a message: once to look for rules on its words, once for rules on its intent. A conversation only
grows, so what was played stays; most rules end in another state; and where none is on words, there is nothing to look
for.
"""

import json
import weakref
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, NamedTuple

from rasa.core.policies.rule_policy import RULES, RULES_FOR_LOOP_UNHAPPY_PATH, RulePolicy
from rasa.shared.core.constants import ACTION_LISTEN_NAME, PREVIOUS_ACTION, SHOULD_NOT_BE_SET, USER
from rasa.shared.core.domain import Domain, State
from rasa.shared.core.events import ActionExecuted, Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

PLAYED = 100
"""Conversations whose past states are kept, some 40 kB each."""


class Ending(NamedTuple):
    """What a rule asks of the present state: the action just taken, and the intent of the message; None for anything.

    The rest of the rule, and its earlier states, are for Rasa to look at.
    """

    rule: str
    action: str | None
    intent: str | None

    @classmethod
    def of(cls, rule: str) -> "Ending":
        """Of a rule as RulePolicy stores it."""
        states = json.loads(rule)
        before = states[-1].get(PREVIOUS_ACTION) if states else None
        # Without one the rule begins a conversation, which Rasa decides in another way.
        return (
            cls(rule, _asked(before, ACTION_NAME), _asked(states[-1].get(USER), INTENT))
            if before
            else cls(rule, None, None)
        )

    def may_be(self, action: str | None, intent: str | None) -> bool:
        """Whether the rule may end in a state with these."""
        return self.action in (None, action) and self.intent in (None, intent)


def _asked(part: dict[str, Any] | None, name: str) -> str | None:
    value = (part or {}).get(name)
    return None if value == SHOULD_NOT_BE_SET else value or None


def _endings(policy: RulePolicy, lookup: dict[str, str]) -> list[Ending]:
    """Of each rule in one of the policy's lookups, read once for each lookup."""
    known: dict[int, tuple[dict[str, str], list[Ending]]] = policy.__dict__.setdefault("endings", {})
    if id(lookup) not in known:
        known[id(lookup)] = (lookup, [Ending.of(rule) for rule in lookup])
    return known[id(lookup)][1]


def look_for_words_only_where_rules_have_some() -> None:
    """Skip the first of the two looks at the rules where no rule can follow a message of which only the words are
    known: Rasa would say, later, that there is none."""
    original: Callable[..., tuple[str | None, str | None, bool]] = RulePolicy._find_action_from_rules

    def _find_action_from_rules(
        self: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        lookups = (self.lookup.get(name, {}) for name in (RULES, RULES_FOR_LOOP_UNHAPPY_PATH))
        if use_text_for_last_user_input and not any(
            ending.may_be(ACTION_LISTEN_NAME, None) for lookup in lookups for ending in _endings(self, lookup)
        ):
            return None, None, False
        return original(self, tracker, domain, use_text_for_last_user_input)

    RulePolicy._find_action_from_rules = _find_action_from_rules


def look_at_rules_that_end_here() -> None:
    """Let Rasa compare the past states with those rules alone that end in the present action and intent; it reverses
    and compares every rule there is, two or three times a turn."""
    original: Callable[..., set[str]] = RulePolicy._get_possible_keys

    def _get_possible_keys(self: RulePolicy, lookup: dict[str, str], states: list[State]) -> set[str]:
        if not states:
            return original(self, lookup, states)
        action = states[-1].get(PREVIOUS_ACTION, {}).get(ACTION_NAME)
        intent = states[-1].get(USER, {}).get(INTENT)
        here = [ending.rule for ending in _endings(self, lookup) if ending.may_be(action, intent)]
        return original(self, dict.fromkeys(here), states)

    RulePolicy._get_possible_keys = _get_possible_keys


class Played:
    """A conversation played from its beginning, up to its latest event, with its state before each action."""

    def __init__(self, tracker: DialogueStateTracker, domain: Domain, omit_unset_slots: bool) -> None:
        self._domain = domain
        self._omit = omit_unset_slots
        self._events: list[Event] = []
        self._before: list[State] = []
        self._tracker = tracker.init_copy()

    def goes_on(self, domain: Domain, omit_unset_slots: bool, events: list[Event]) -> bool:
        """Whether `events` begin with all that was played."""
        same = self._domain is domain and self._omit == omit_unset_slots and len(self._events) <= len(events)
        return same and all(one is other for one, other in zip(self._events, events, strict=False))

    def states(self, events: list[Event]) -> list[State]:
        """The state before each action among `events`, and the present one; the caller may change them."""
        for event in events[len(self._events) :]:
            if isinstance(event, ActionExecuted):
                self._before.append(self._state())
            self._tracker.update(event)
            self._events.append(event)
        return [{kind: dict(part) for kind, part in state.items()} for state in (*self._before, self._state())]

    def _state(self) -> State:
        return self._domain.get_active_state(self._tracker, omit_unset_slots=self._omit)


_played: "OrderedDict[int, tuple[weakref.ref[DialogueStateTracker], Played]]" = OrderedDict()


def play_only_what_is_new() -> None:
    """Keep the past states of the latest conversations, as long as their trackers live."""
    original: Callable[..., list[State]] = Domain.states_for_tracker_history

    def states_for_tracker_history(
        self: Domain,
        tracker: DialogueStateTracker,
        omit_unset_slots: bool = False,
        ignore_rule_only_turns: bool = False,
        rule_only_data: dict[str, Any] | None = None,
    ) -> list[State]:
        if ignore_rule_only_turns or type(tracker) is not DialogueStateTracker:
            return original(self, tracker, omit_unset_slots, ignore_rule_only_turns, rule_only_data)
        key, events = id(tracker), tracker.applied_events()
        whose, played = _played.pop(key, (None, None))
        if whose is None or whose() is not tracker or not played.goes_on(self, omit_unset_slots, events):
            whose = weakref.ref(tracker, lambda gone: _drop(key, gone))
            played = Played(tracker, self, omit_unset_slots)
        states = played.states(events)
        _played[key] = (whose, played)
        while len(_played) > PLAYED:
            _played.popitem(last=False)
        return states

    Domain.states_for_tracker_history = states_for_tracker_history


def _drop(key: int, gone: "weakref.ref[DialogueStateTracker]") -> None:
    if key in _played and _played[key][0] is gone:
        del _played[key]
