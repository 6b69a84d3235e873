"""The purpose classifier, trained, stored and loaded again, from inside Rasa's Python; prints JSON."""

import json
import sys
import tempfile
from pathlib import Path

from bot.dialogue.components import environment, stubs

environment.prepare()
environment.quieten()
stubs.install()

from rasa.engine.storage.local_model_storage import LocalModelStorage  # noqa: E402
from rasa.engine.storage.resource import Resource  # noqa: E402
from rasa.shared.nlu.constants import INTENT, TEXT  # noqa: E402
from rasa.shared.nlu.training_data.message import Message  # noqa: E402
from rasa.shared.nlu.training_data.training_data import TrainingData  # noqa: E402

from bot.dialogue.components.purpose import PurposeClassifier  # noqa: E402

EXAMPLES = {
    "return_item": ["quiero devolver la batidora", "I want to return the blender", "os devuelvo el robot"] * 3,
    "inform_fact": ["hace mucho ruido", "it is very loud", "el color no me gusta"] * 3,
    "report_danger": ["sale humo de la tostadora", "smoke is coming out", "me ha dado un calambre"] * 3,
}
ARTICLE = """---
title: ¿Cuánto tiempo tengo para devolver un producto?
questions:
- how long do I have to return something?
- ¿cuántos días hay para devolver?
- how many days to send it back
---
Body.
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder, "articles")
        articles.mkdir()
        Path(articles, "one.md").write_text(ARTICLE, encoding="utf-8")
        storage = LocalModelStorage(Path(folder))
        config = {
            **PurposeClassifier.get_default_config(),
            "purposes": {"wants": ["return_item"], "alarms": ["report_danger"]},
            "questions": [str(articles)],
        }
        data = TrainingData(
            [Message({TEXT: text, INTENT: intent}) for intent, texts in EXAMPLES.items() for text in texts]
        )
        fitted = PurposeClassifier.create(config, storage, Resource("purpose"), None)
        fitted.train(data)
        loaded = PurposeClassifier.load(config, storage, Resource("purpose"), None)
        asked = [
            "¿cuánto tiempo hay para devolver la tostadora?",
            "quiero devolver el secador",
            "sale humo",
            "\ud83d",
            "",
        ]
        print(
            json.dumps(
                {
                    "fitted": [purpose_of(fitted, text) for text in asked],
                    "loaded": [purpose_of(loaded, text) for text in asked],
                    "complaints": [complaint(config | change, storage, data) for change in UNFIT],
                }
            )
        )


UNFIT = ({"purposes": {"asks": ["nothing_like_it"], "escalates": ["none"]}}, {"questions": ["/nowhere/at/all"]})


def purpose_of(classifier: PurposeClassifier, text: str) -> dict[str, float]:
    message = Message({TEXT: text})
    classifier.process([message])
    found: dict[str, float] = message.as_dict(only_output_properties=True)["purpose"]
    return found


def complaint(config: dict, storage: LocalModelStorage, data: TrainingData) -> str:
    try:
        PurposeClassifier.create(config, storage, Resource("unfit"), None).train(data)
    except (ValueError, OSError) as error:
        return str(error)
    return ""


if __name__ == "__main__":
    main()
    sys.exit(0)
