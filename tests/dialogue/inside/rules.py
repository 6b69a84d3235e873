"""RulePolicy's predictions with and without our patches, over made-up conversations; prints them as JSON."""

import gc
import json
import random
import tempfile
from pathlib import Path

from bot.dialogue.components import environment, stubs

environment.prepare()
environment.quieten()
stubs.install()

from rasa.core.policies.rule_policy import RulePolicy  # noqa: E402
from rasa.engine.graph import ExecutionContext, GraphSchema  # noqa: E402
from rasa.engine.storage.local_model_storage import LocalModelStorage  # noqa: E402
from rasa.engine.storage.resource import Resource  # noqa: E402
from rasa.shared.core import events  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.dialogue.components import rules  # noqa: E402

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [ask, wish, restart]
entities: [thing]
slots:
  a: {type: text, mappings: [{type: custom}]}
  b: {type: text, initial_value: x, mappings: [{type: custom}]}
forms: {first_form: {required_slots: [a]}, second_form: {required_slots: [b]}}
actions: [answer, fetch]
"""
)
LISTEN = {"prev_action": {"action_name": "action_listen"}}
ASKED, WISHED = ({**LISTEN, "user": {"intent": intent}} for intent in ("ask", "wish"))
ANSWERED = {"prev_action": {"action_name": "answer"}, "user": {"intent": "ask"}}
WITHIN = {"active_loop": {"name": "first_form"}}
ON_INTENTS = {
    "rules": [
        ([ASKED], "answer"),
        ([ASKED, ANSWERED], "action_listen"),
        ([WISHED], "first_form"),
        ([{**WISHED, "slots": {"b": [1.0]}}], "second_form"),
        ([{}, WISHED], "fetch"),
        ([{**ASKED, **WITHIN}], "fetch"),
    ],
    "rules_for_loop_unhappy_path": [
        ([{**ASKED, **WITHIN}, {**ANSWERED, **WITHIN}], "loop_was_interrupted"),
        ([{**ASKED, **WITHIN}], "do_not_predict_loop_action"),
    ],
}
WITH = {
    "nothing": {},
    "a rule on words": {"rules": [([{**LISTEN, "user": {"text": "word 1"}}], "fetch")]},
    "a rule on a form": {"rules": [([{**LISTEN, **WITHIN}], "fetch")]},
    "a rule on no message": {"rules_for_loop_unhappy_path": [([LISTEN], "loop_was_interrupted")]},
    "a rule on the beginning": {"rules": [([{}], "fetch"), ([{"user": {"intent": "ask"}}, ASKED], "fetch")]},
    "a rule on what is not set": {"rules": [([{**LISTEN, "user": {"intent": "should_not_be_set"}}], "fetch")]},
    "a rule on anything": {"rules": [([], "fetch")]},
}


def policy(more: dict) -> RulePolicy:
    context = ExecutionContext(GraphSchema({}))
    storage = LocalModelStorage(Path(tempfile.mkdtemp()))
    made = RulePolicy(RulePolicy.get_default_config(), storage, Resource("rules"), context)
    lookup: dict = {"rules_not_in_stories": []}
    for name, known in ON_INTENTS.items():
        lookup[name] = {json.dumps(key, sort_keys=True): action for key, action in [*known, *more.get(name, [])]}
    made.lookup = lookup
    return made


def said(rng: random.Random) -> events.UserUttered:
    entities = rng.choice([[], [{"entity": "thing", "value": "x"}]])
    text = rng.choice(["word 1", "word 2", ""])
    return events.UserUttered(text, {"name": rng.choice(["ask", "wish", "restart"]), "confidence": 1.0}, entities)


def between(rng: random.Random) -> events.Event:
    form = rng.choice(["first_form", "second_form", None])
    kinds = [
        lambda: events.SlotSet("a", rng.choice([None, "1"])),
        lambda: events.SlotSet("b", rng.choice([None, "x"])),
        lambda: events.ActiveLoop(form),
        lambda: events.LoopInterrupted(rng.random() < 0.5),
        lambda: events.ActionExecutionRejected(form or "answer"),
        lambda: events.BotUttered("ok"),
        lambda: events.FollowupAction("answer"),
        lambda: events.UserUtteranceReverted(),
        lambda: events.ActionReverted(),
        lambda: events.SessionStarted(),
        lambda: events.Restarted(),
    ]
    return rng.choices(kinds, [6, 6, 6, 3, 3, 6, 3, 1, 1, 1, 1])[0]()


def predicted(made: RulePolicy, tracker: DialogueStateTracker) -> list:
    prediction, source = made._predict(tracker, DOMAIN)
    return [
        DOMAIN.action_names_or_texts[prediction.max_confidence_index],
        prediction.max_confidence,
        source,
        [type(event).__name__ for event in prediction.events],
        prediction.is_end_to_end_prediction,
        prediction.is_no_user_prediction,
    ]


def conversation(made: RulePolicy, rng: random.Random) -> list:
    """What the policy predicts at each step, whatever is then done; its past states at the end."""
    tracker = DialogueStateTracker("c", DOMAIN.slots)
    seen = []
    for _turn in range(rng.randint(1, 12)):
        tracker.update(events.ActionExecuted("action_listen"))
        tracker.update(said(rng))
        for _step in range(rng.randint(1, 3)):
            seen.append(predicted(made, tracker))
            tracker.update(events.DefinePrevUserUtteredFeaturization(rng.random() < 0.1))
            action = rng.choice([seen[-1][0], "answer", "fetch", "first_form", "second_form"])
            tracker.update(events.ActionExecuted(action))
            for _ in range(rng.randint(0, 3)):
                tracker.update(between(rng))
    return [*seen, [str(state) for state in tracker.past_states(DOMAIN)]]


def observe() -> dict:
    made = {name: policy(more) for name, more in WITH.items()}
    return {name: [conversation(one, random.Random(seed)) for seed in range(60)] for name, one in made.items()}


def counted() -> tuple:
    """What there is to see, and how many states were made for it."""
    count = [0]
    original = Domain.get_active_state

    def get_active_state(self: Domain, *args: object, **more: object) -> dict:
        count[0] += 1
        return original(self, *args, **more)

    Domain.get_active_state = get_active_state
    try:
        return observe(), count[0]
    finally:
        Domain.get_active_state = original


def mixed() -> bool:
    """Whether conversations that take turns keep their own states, also when more go on than are kept."""
    trackers = [DialogueStateTracker(str(number), DOMAIN.slots) for number in range(rules.PLAYED + 20)]
    for step in ("1", "2", None):
        for number, tracker in enumerate(trackers):
            tracker.update(events.SlotSet("a", step if number % 2 else None))
            tracker.update(events.ActionExecuted("answer"))
            tracker.past_states(DOMAIN)[0].clear()
    fresh = Domain.from_dict(DOMAIN.as_dict())
    return all(one.past_states(DOMAIN) == one.past_states(fresh) for one in trackers) and len(rules._played) <= 100


if __name__ == "__main__":
    before, states_before = counted()
    rules.look_for_words_only_where_rules_have_some()
    rules.look_at_rules_that_end_here()
    rules.play_only_what_is_new()
    after, states_after = counted()
    kept = mixed()
    gc.collect()
    print(
        json.dumps(
            {
                "same": {name: before[name] == after[name] for name in before},
                "actions": sorted({step[0] for each in after.values() for one in each for step in one[:-1]}),
                "sources": len({str(step[2]) for each in after.values() for one in each for step in one[:-1]}),
                "states": [states_before, states_after],
                "mixed": kept,
                "left": len(rules._played),
            }
        )
    )
