"""Copies of trackers with and without our changes, over made-up conversations; prints what differs as JSON."""

import json
import random
import time

from bot.dialogue.components import environment, stubs

environment.prepare()
environment.quieten()
stubs.install()

from rasa.core.actions.forms import FormAction  # noqa: E402
from rasa.shared.core import events  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity  # noqa: E402

from bot.dialogue.components import copies  # noqa: E402
from tests.dialogue.inside.rules import DOMAIN, between, said  # noqa: E402

FORM = FormAction("first_form", None)


def state(tracker: DialogueStateTracker) -> str:
    """All that a tracker knows."""
    slots = [[type(slot).__name__, sorted(map(str, slot.__dict__.items()))] for slot in tracker.slots.values()]
    more = {name: value for name, value in tracker.__dict__.items() if name not in ("slots", "events")}
    for name in ("latest_message", "latest_bot_utterance"):
        more[name] = more[name].as_dict() | {"timestamp": None}
    seen = [tracker.current_state(EventVerbosity.ALL), slots, sorted(map(str, more.items()))]
    return json.dumps(seen, default=str).replace(str(tracker.latest_message.timestamp), "at some time")


def trackers() -> list[DialogueStateTracker]:
    """At every place of conversations in which anything happens, also where Rasa has begun what was to follow."""
    made = [DialogueStateTracker("new", DOMAIN.slots), DialogueStateTracker("short", DOMAIN.slots, 5)]
    for seed in range(150):
        rng = random.Random(seed)
        history = [lambda: events.ActionExecuted("action_listen"), lambda rng=rng: said(rng)]
        for _ in range(rng.randint(0, 25)):
            name = rng.choice(["action_listen", "answer", "first_form", "second_form"])
            one = rng.choice([events.ActionExecuted(name), said(rng), between(rng), between(rng)])
            history.append(lambda one=one: one)
        tracker = DialogueStateTracker(f"c{seed}", DOMAIN.slots, 8 if seed % 10 == 0 else None)
        tracker.model_id, tracker.stored_turn = "m", 3
        for event in history:
            tracker.update(event())
        if rng.random() < 0.5:
            tracker.clear_followup_action()
        made.append(tracker)
    return made


def of_a_form(tracker: DialogueStateTracker) -> str:
    """What a form sees when it looks at an answer: the conversation, what it asked, and what was found."""
    found = [events.SlotSet("a", "found", timestamp=1.0), events.ActionExecutionRejected("first_form", timestamp=2.0)]
    seen = FORM._temporary_tracker(tracker, found, DOMAIN)
    for event in list(seen.events)[-4:]:
        event.timestamp = 3.0
    return state(seen)


def apart(tracker: DialogueStateTracker) -> bool:
    """Whether what happens to a copy happens to it alone."""
    before, one = state(tracker), tracker.copy()
    one.update(events.SlotSet("a", "changed"))
    one.update(events.ActiveLoop("second_form"))
    one.update(events.LoopInterrupted(True))
    one.latest_action["action_name"] = "changed"
    return state(tracker) == before


def long_one() -> DialogueStateTracker:
    tracker = DialogueStateTracker("long", DOMAIN.slots)
    for number in range(20):
        tracker.update(events.UserUttered(str(number), {"name": "ask", "confidence": 1.0}))
        tracker.update(events.SlotSet("a", str(number)))
        tracker.update(events.ActionExecuted("answer"))
        tracker.update(events.BotUttered("ok"))
    return tracker


def seconds(tracker: DialogueStateTracker) -> float:
    began = time.process_time()
    for _ in range(200):
        tracker.copy()
    return time.process_time() - began


if __name__ == "__main__":
    made = trackers()
    before, took = [[state(one.copy()), of_a_form(one)] for one in made], seconds(long_one())
    copies.copy_slots_plainly()
    copies.copy_trackers_as_they_stand()
    copies.copy_for_forms_too()
    after = [[state(one.copy()), of_a_form(one)] for one in made]
    print(
        json.dumps(
            {
                "copies": len(made),
                "differ": [one.sender_id for one, old, new in zip(made, before, after, strict=True) if old != new],
                "kinds": len({state(one) for one in made}),
                "apart": all(map(apart, made)),
                "share": seconds(long_one()) / took,
            }
        )
    )
