"""What a message is for: to be told something, to have something done, to reach a person, or to tell us something.

"How long do I have to return it?" and "I want to return it" have one subject and two purposes, which an embedding of
the meaning hardly tells apart; short pieces of words and of phrases do. Hence a second, small classifier over both.
Besides the examples under `data/nlu` it learns from the questions that articles answer, and from those that none does.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue.components import softmax
from bot.dialogue.components.encoder import UniversalSentenceEncoder, shared_encoder
from bot.dialogue.components.identifiers import said_beside
from bot.dialogue.components.ngrams import Ngrams, folded, matrix, phrases, pieces

logger = logging.getLogger(__name__)

PURPOSE = "purpose"
ASKS, TELLS = "asks", "tells"
KINDS = (pieces, phrases)
FIELDS = ("keys", "rarity")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class PurposeClassifier(GraphComponent):
    """Adds `purpose`, a probability for each purpose, to what was understood of a message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`purposes`: the intents of each; every other intent `tells`. `questions`: a folder of articles (their `title`
        and `questions`) and JSON files of questions, all of which ask. `C`: inverse of the regularisation."""
        return {"encoder": UniversalSentenceEncoder.name, "C": 10.0, "purposes": {}, "questions": []}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._encoder = shared_encoder(config["encoder"])
        self._parts = [Ngrams.of((), kind) for kind in KINDS]
        self._purposes: list[str] = []
        self._weights = np.zeros((0, 0), dtype=np.float32)
        self._bias = np.zeros(0, dtype=np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PurposeClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example with an intent and on the questions of the articles, each purpose weighing the same."""
        from scipy.sparse import hstack

        texts, purposes = [], []
        for example in training_data.intent_examples:
            if example.get(TEXT):
                texts.append(said_beside(example.get(TEXT)))
                purposes.append(self._purpose(example.get(INTENT)))
        # "Delete my account" is how some look for an article, and a wish all the same.
        wished = {folded(text) for text in texts}
        found = (question for path in self._config["questions"] for question in questions(Path(path)))
        asked = [question for question in found if folded(question) not in wished]
        texts, purposes = texts + [said_beside(question) for question in asked], purposes + [ASKS] * len(asked)
        if missing := {*self._config["purposes"], TELLS} - set(purposes):
            raise ValueError(
                f"PurposeClassifier has no example of: {', '.join(sorted(missing))}. Under `purposes` in config.yml, "
                "name intents that have examples, and leave at least one intent out."
            )
        self._purposes = sorted(set(purposes))
        self._parts = [Ngrams.of(texts, kind) for kind in KINDS]
        features = hstack([matrix(texts, part, 1.0) for part in self._parts]).tocsr()
        targets = np.array([self._purposes.index(purpose) for purpose in purposes])
        self._weights, self._bias = softmax.fit(
            self._encoder.encode(texts),
            features,
            targets,
            len(self._purposes),
            float(self._config["C"]),
            balanced=True,
        )
        logger.info("Purpose classifier: %d examples, %d of them questions of articles.", len(texts), len(asked))
        self._persist()
        return self._resource

    def _purpose(self, intent: str) -> str:
        return next((purpose for purpose, intents in self._config["purposes"].items() if intent in intents), TELLS)

    def process(self, messages: list[Message]) -> list[Message]:
        """Set each message's purpose."""
        for message in messages:
            message.set(PURPOSE, self._judge(message.get(TEXT) or ""), add_to_output=True)
        return messages

    def _judge(self, text: str) -> dict[str, float]:
        text, start = said_beside(text), self._encoder.dimensions
        logits = self._weights[:, :start] @ self._encoder.encode([text])[0] + self._bias
        for part in self._parts:
            columns, weights = part.vector(text)
            logits += self._weights[:, start + columns] @ weights
            start += len(part.keys)
        return dict(zip(self._purposes, softmax.shares(logits).round(4).tolist(), strict=True))

    def _persist(self) -> None:
        parts = enumerate(self._parts)
        known = {f"{field}{number}": getattr(part, field) for number, part in parts for field in FIELDS}
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "weights.npz", weights=self._weights, bias=self._bias, **known)
            (folder / "purpose.json").write_text(json.dumps(self._purposes), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> PurposeClassifier:
        """A trained classifier from the model."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._purposes = json.loads((folder / "purpose.json").read_text(encoding="utf-8"))
            with np.load(folder / "weights.npz", allow_pickle=False) as stored:
                component._weights, component._bias = stored["weights"], stored["bias"]
                component._parts = [
                    Ngrams(*(stored[f"{field}{number}"] for field in FIELDS), kind) for number, kind in enumerate(KINDS)
                ]
        return component


def questions(path: Path) -> Iterator[str]:
    """The questions in a folder of articles or in a JSON file (strings, however deep). Raises ValueError if there are
    none, with the path."""
    if path.is_dir():
        found = [question for file in sorted(path.rglob("*.md")) for question in _of_article(file)]
    else:
        found = list(_strings(json.loads(path.read_text(encoding="utf-8"))))
    if not found:
        raise ValueError(f"There are no questions in {path}; correct `questions` of PurposeClassifier in config.yml.")
    return iter(found)


_HEAD = re.compile(r"\A---\n(.*?)\n---\n", re.S)


def _of_article(file: Path) -> list[str]:
    head = _HEAD.match(file.read_text(encoding="utf-8"))
    fields = yaml.safe_load(head.group(1)) if head else {}
    return [str(text) for text in (fields.get("title"), *(fields.get("questions") or ())) if text]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _strings(item)
