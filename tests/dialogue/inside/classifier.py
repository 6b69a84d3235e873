"""The intent classifier trained, stored and loaded, from inside Rasa's Python; prints JSON."""

import json
import tempfile
from dataclasses import replace
from pathlib import Path

from bot.dialogue.components import environment, stubs

environment.prepare()
environment.quieten()
stubs.install()

import numpy as np  # noqa: E402
from rasa.engine.storage.local_model_storage import LocalModelStorage  # noqa: E402
from rasa.engine.storage.resource import Resource  # noqa: E402
from rasa.shared.nlu.training_data.message import Message  # noqa: E402
from rasa.shared.nlu.training_data.training_data import TrainingData  # noqa: E402

from bot.dialogue.components import encoder, kernel  # noqa: E402
from bot.dialogue.components.classifier import SentenceClassifier  # noqa: E402
from bot.dialogue.components.kernel import sure_enough  # noqa: E402

EXAMPLES = {
    "return_item": ["quiero devolver la cafetera", "I want to return the toaster", "devolución de la freidora"],
    "order_status": ["dónde está mi pedido", "where is my order", "cuándo llega el paquete"],
    "greet": ["hola", "hello", "buenos días"],
}
CONFIG = {**SentenceClassifier.get_default_config(), "second": encoder.E5Encoder.name}


def intent(classifier: SentenceClassifier, text: str) -> dict:
    return classifier.process([Message({"text": text})])[0].as_dict()["intent"]


def ranked(classifier: SentenceClassifier, text: str) -> list:
    return classifier.process([Message({"text": text})])[0].as_dict()["intent_ranking"]


def asked_below(*examples: tuple[float, float, int]) -> float:
    """What is sure enough after so many examples, each with the chance of one of two intents, at first and later."""
    rows = [(first, later) for first, later, times in examples for _time in range(times)]
    chances, later = (np.array([[row[each], 1 - row[each]] for row in rows]) for each in (0, 1))
    return sure_enough(chances, later)


def shared(learnt: kernel.Kernel, frequent: float, texts: list[str], text: str) -> list:
    """How many n-grams are written out for all, and how far the cosines are from those summed up by hand."""
    kernel.FREQUENT = frequent
    fresh = replace(learnt)
    vectors = [dict(zip(*map(np.ndarray.tolist, learnt.ngrams.vector(one)), strict=True)) for one in [text, *texts]]
    by_hand = [sum(weight * one.get(key, 0.0) for key, weight in vectors[0].items()) for one in vectors[1:]]
    return [len(fresh._frequent[1]), float(np.abs(fresh._shared_ngrams(text) - by_hand).max()), max(by_hand)]


def main() -> dict:
    data = TrainingData([Message({"text": text, "intent": name}) for name, texts in EXAMPLES.items() for text in texts])
    storage = LocalModelStorage(Path(tempfile.mkdtemp()))
    resource = Resource("classifier")
    trained = SentenceClassifier(CONFIG, storage, resource)
    trained.train(data)
    files = sorted(path.name for path in Path(storage._storage_path).rglob("*.*") if path.is_file())
    encoder._shared.clear()
    loaded = SentenceClassifier.load(CONFIG, storage, resource, None)
    at_start = sorted(encoder._shared)
    learnt = loaded._kernel
    loaded._kernel = replace(learnt, enough=(0.9, 0.0))
    sure = intent(loaded, "quiero devolver la cafetera")
    when_sure = sorted(encoder._shared)
    strange = ["hello, hola, dónde llega la devolución", "el gato duerme sobre la lavadora", "buenos paquetes", "42"]
    once = replace(learnt, enough=(0.0, 0.0))
    first, unsure = min((float(once.chances(text).max()), text) for text in strange)
    once_only = sorted(encoder._shared)
    loaded._config = {**CONFIG, "enough_when_asked": first}
    told = loaded.process([Message({"text": unsure, "metadata": {"asked": "order_number"}})])[0]
    when_asked = sorted(encoder._shared)
    loaded._config = CONFIG
    intent(loaded, unsure)
    loaded._kernel = learnt
    texts = [text for each in EXAMPLES.values() for text in each]
    return {
        "ngrams": [shared(learnt, share, texts, "¿dónde queda la tetera?") for share in (0.0, 0.3, 2.0)],
        "files": files,
        "at_start": at_start,
        "sure": sure,
        "when_sure": when_sure,
        "first_about_unsure": first,
        "once_only": once_only,
        "when_asked": when_asked,
        "told_when_asked": told.as_dict()["intent"]["confidence"],
        "when_unsure": sorted(encoder._shared),
        "typo": intent(loaded, "kiero debolver la cafetra")["name"],
        "empty": [one["confidence"] for one in ranked(loaded, "?!")],
        "same_after_loading": ranked(loaded, unsure) == ranked(trained, unsure)
        and loaded._kernel.enough == trained._kernel.enough,
        "asked_below": {
            "turns the unsure": asked_below((0.9, 0.95, 500), (0.8, 0.7, 300), (0.7, 0.1, 20)),
            "turns nobody": asked_below((0.9, 0.99, 500), (0.7, 0.6, 20)),
            "is rarely worth it": asked_below((0.9, 0.9, 500), (0.7, 0.9, 300), (0.75, 0.4, 2)),
        },
    }


print(json.dumps(main()))
