"""Copies of trackers, and of the slots in them, without playing the conversation again.

Rasa copies the tracker for each action it runs, by replaying every event of the conversation on a new one, and each
slot of each new tracker by way of pickle's protocol. Replayed events lead to where the tracker already is.
"""

import copy
from collections.abc import Callable

from rasa.core.actions.forms import FormAction
from rasa.shared.core.constants import REQUESTED_SLOT
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    Event,
    FollowupAction,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker

_TELL_WHAT_FOLLOWS = (FollowupAction, Restarted, SessionStarted, ActionReverted, UserUtteranceReverted)


def copy_slots_plainly() -> None:
    """A slot is its attributes and nothing else."""

    def __copy__(self: Slot) -> Slot:
        same = object.__new__(type(self))
        same.__dict__.update(self.__dict__)
        return same

    Slot.__copy__ = __copy__


def copy_trackers_as_they_stand() -> None:
    """Copy where a tracker is, and not the way there.

    A tracker that keeps its latest events only is left to the original. So is one that knows from its events which
    action follows: Rasa lets it forget that when it begins the action, without an event, and a replay knows it again.
    """
    original: Callable[..., DialogueStateTracker] = DialogueStateTracker.copy

    def copied(self: DialogueStateTracker) -> DialogueStateTracker:
        if type(self) is not DialogueStateTracker or self._max_event_history is not None or _knows_what_follows(self):
            return original(self)
        same = self.init_copy()
        same.slots = {name: copy.copy(slot) for name, slot in self.slots.items()}
        same.events.extend(self.events)
        same._paused, same.followup_action = self._paused, self.followup_action
        same.latest_action = dict(self.latest_action)
        same.latest_message, same.latest_bot_utterance = self.latest_message, self.latest_bot_utterance
        same.active_loop = copy.copy(self.active_loop)
        return same

    DialogueStateTracker.copy = copied


def copy_for_forms_too() -> None:
    """A form looks at each answer on a tracker of its own: a copy on which a little more happens, unless the
    conversation was restarted, when it begins after that."""
    original: Callable[..., DialogueStateTracker] = FormAction._temporary_tracker

    def _temporary_tracker(
        self: FormAction, current_tracker: DialogueStateTracker, additional_events: list[Event], domain: Domain
    ) -> DialogueStateTracker:
        if current_tracker.idx_after_latest_restart() or current_tracker._max_event_history is not None:
            return original(self, current_tracker, additional_events, domain)
        asked = SlotSet(REQUESTED_SLOT, self.get_slot_to_fill(current_tracker))
        own = current_tracker.copy()
        for event in (asked, ActionExecuted(self.name()), *additional_events):
            own.update(event)
        return own

    FormAction._temporary_tracker = _temporary_tracker


def _knows_what_follows(tracker: DialogueStateTracker) -> bool:
    for event in reversed(tracker.events):
        if isinstance(event, _TELL_WHAT_FOLLOWS):
            return True
        if isinstance(event, (ActionExecuted, UserUttered)):
            return False
    # A new tracker begins with the order to listen.
    return True
