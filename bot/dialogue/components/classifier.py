"""The intent classifier: likeness to every example by sentence embeddings and n-grams, stored without pickle."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.dialogue.components.encoder import UniversalSentenceEncoder, check_encoder, shared_encoder
from bot.dialogue.components.identifiers import said_beside
from bot.dialogue.components.kernel import Kernel

logger = logging.getLogger(__name__)

_WORD = re.compile(r"\w", re.UNICODE)
_NOT_LETTERS = re.compile(r"[\W_]+", re.UNICODE)
_RANKED = 10

ASKED = "asked"
"""Metadata key: the fact that the bot has asked the customer for; None outside a request."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceClassifier(GraphComponent, IntentClassifier):
    """Kernel ridge regression over sentence embeddings and character n-grams.

    Where the best intent is too uncertain, a second, slower encoder is asked too. How certain is enough the training
    finds out: it is asked about two of five of our messages, for nearly all that it would gain on every one. Within a
    request less is enough: most lines answer what was asked, and the actions read the facts from the words themselves.

    Order numbers, mail addresses and phone numbers are not compared where a message says more than these.

    A text without a letter or digit gets every intent at the same confidence, so that the fallback takes it:
    an embedding of nothing is otherwise some intent with confidence.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`encoder`: its name. `second`: the slower one's, empty for none; `second_counts` and `characters`: how much
        its cosine and the n-grams' count beside the first one's 1, 0 for no n-grams. `names`: an intent's own name is
        one more example of it. `enough_when_asked`: the chance from which on the first encoder is believed where the
        bot has asked for a fact."""
        return {
            "encoder": UniversalSentenceEncoder.name,
            "second": "",
            "second_counts": 2.0,
            "characters": 0.25,
            "names": False,
            "enough_when_asked": 1.0,
        }

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._intents: list[str] = []
        self._kernel: Kernel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceClassifier:
        """An untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def required_components(cls) -> list[type]:
        """Nothing: it reads the text itself."""
        return []

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example with an intent, in both languages at once."""
        examples = [(e.get(TEXT), e.get(INTENT)) for e in training_data.intent_examples if e.get(TEXT)]
        self._intents = sorted({intent for _text, intent in examples})
        if len(self._intents) < 2:
            raise ValueError(
                "The intent classifier needs examples of two intents at least: add some under data/nlu/, "
                "in the form `- intent: name` and `examples: |`."
            )
        if self._config["names"]:
            examples += [(_NOT_LETTERS.sub(" ", intent), intent) for intent in self._intents]
        texts = [said_beside(text) for text, _intent in examples]
        targets = np.array([self._intents.index(intent) for _text, intent in examples])
        encoders = {self._config["encoder"]: 1.0}
        if self._config["second"]:
            encoders[self._config["second"]] = float(self._config["second_counts"])
        self._kernel = Kernel.trained(encoders, self._config["characters"], texts, targets)
        logger.info("Intent classifier: %d examples, %d intents.", len(examples), len(self._intents))
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set each message's intent and the ten most likely ones."""
        for message in messages:
            asked = (message.get("metadata") or {}).get(ASKED) is not None
            scores = self._scores(message.get(TEXT) or "", self._config["enough_when_asked"] if asked else 1.0)
            order = np.argsort(-scores, kind="stable")[:_RANKED]
            ranking = [{"name": self._intents[i], "confidence": float(scores[i])} for i in order]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _scores(self, text: str, enough: float) -> np.ndarray:
        count = len(self._intents)
        if not _WORD.search(text):
            return np.full(count, 1.0 / count)
        return self._kernel.chances(said_beside(text), enough)

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "kernel.npz", **self._kernel.arrays())
            (folder / "intents.json").write_text(json.dumps(self._intents), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceClassifier:
        """A trained classifier from the model; raises EncoderError when it was trained with an encoder that is not
        here. The second encoder is loaded with the first message that needs it."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._intents = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
            with np.load(folder / "kernel.npz", allow_pickle=False) as stored:
                component._kernel = Kernel.of_arrays(stored)
        for name in component._kernel.encoders:
            check_encoder(name)
        shared_encoder(next(iter(component._kernel.encoders)))
        return component
