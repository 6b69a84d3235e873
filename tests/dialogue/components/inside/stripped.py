"""Both classifiers on messages with and without identifiers; prints JSON."""

import json
import tempfile
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

from bot.dialogue.components import meaning  # noqa: E402
from bot.dialogue.components.classifier import SentenceClassifier  # noqa: E402
from bot.dialogue.components.purpose import PurposeClassifier  # noqa: E402

EXAMPLES = {
    "report_damaged": ["la batidora llegó rota", "the fryer came broken", "vino rota la cafetera"],
    "order_status": ["dónde está mi pedido", "where is my order", "cuándo llega el paquete"],
    "inform_fact": ["LB-10401", "mi correo es ana@correo.example", "my phone is 07700 900777"],
    "ask_question": ["cuánto tarda un envío", "how long is the warranty", "abrís los domingos"],
}
PURPOSES = {"wants": ["report_damaged", "order_status"], "asks": ["ask_question"]}
NUMBERED = "la freidora LB-10426 ivan@correo.example vino rota"
PLAIN = "la freidora vino rota"
READ = "LB-10402, quiero saber cuándo llega el robot"
LEFT = "quiero saber cuándo llega el robot"


def trained(storage: LocalModelStorage, extra: str) -> tuple[SentenceClassifier, PurposeClassifier, Path]:
    examples = {**EXAMPLES, "order_status": [*EXAMPLES["order_status"], extra]}
    data = TrainingData([Message({"text": text, "intent": name}) for name, texts in examples.items() for text in texts])
    intents = SentenceClassifier(SentenceClassifier.get_default_config(), storage, Resource("intents"))
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder, "questions.json")
        asked.write_text('["cuánto cuesta el envío", "do you open on Sundays", "qué cubre la garantía"]')
        config = {**PurposeClassifier.get_default_config(), "purposes": PURPOSES, "questions": [str(asked)]}
        purposes = PurposeClassifier(config, storage, Resource("purposes"))
        intents.train(data)
        purposes.train(data)
    return intents, purposes, Path(storage._storage_path)


def read(intents: SentenceClassifier, purposes: PurposeClassifier, text: str) -> dict:
    message = Message({"text": text})
    purposes.process(intents.process([message]))
    found = message.as_dict()
    return {"ranking": found["intent_ranking"], "purpose": found["purpose"], "text": found["text"]}


def vectors(text: str) -> list:
    return sorted(meaning.vectors({"tracker": {"latest_message": {"text": text}}}).items())


def arrays(folder: Path) -> list:
    files = sorted(folder.rglob("*.npz"))
    return [array for file in files for _name, array in sorted(np.load(file).items())]


def main() -> dict:
    storage = LocalModelStorage(Path(tempfile.mkdtemp()))
    numbered = arrays(trained(storage, "cuándo sale mi compra LB-10410, eva@correo.example")[2])
    intents, purposes, folder = trained(storage, "cuándo sale mi compra")
    with_numbers = read(intents, purposes, NUMBERED)
    read(intents, purposes, READ)
    alike = all(np.array_equal(one, other) for one, other in zip(numbered, arrays(folder), strict=True))
    told = {"told_of_whole": vectors(READ), "told_of_left": vectors(LEFT)}
    intents._kernel.chances(LEFT)
    return {
        "with": with_numbers,
        "without": read(intents, purposes, PLAIN),
        "trained_alike": alike,
        "given": NUMBERED,
        "text": with_numbers["text"],
        **told,
        "told_of_plain": vectors(LEFT),
    }


print(json.dumps(main()))
