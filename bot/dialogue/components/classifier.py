"""The intent classifier: sentence embedding → logistic regression, stored without pickle."""

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

from bot.dialogue.components.encoder import UniversalSentenceEncoder, shared_encoder

logger = logging.getLogger(__name__)

_WORD = re.compile(r"\w", re.UNICODE)
_RANKED = 10


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SentenceClassifier(GraphComponent, IntentClassifier):
    """Multinomial logistic regression over unit-length sentence embeddings.

    A text without a letter or digit gets every intent at the same confidence, so that the fallback takes it:
    an embedding of nothing is otherwise some intent with confidence.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`encoder`: its name. `C`: inverse of the regularisation; larger is surer of itself."""
        return {"encoder": UniversalSentenceEncoder.name, "C": 30.0}

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = model_storage
        self._resource = resource
        self._encoder = shared_encoder(config["encoder"])
        self._intents: list[str] = []
        self._weights = np.zeros((0, self._encoder.dimensions), dtype=np.float32)
        self._bias = np.zeros(0, dtype=np.float32)

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
        from sklearn.linear_model import LogisticRegression

        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        if len({e.get(INTENT) for e in examples}) < 2:
            raise ValueError(
                "The intent classifier needs examples of two intents at least: add some under data/nlu/, "
                "in the form `- intent: name` and `examples: |`."
            )
        vectors = self._encoder.encode([e.get(TEXT) for e in examples])
        model = LogisticRegression(C=float(self._config["C"]), max_iter=2000)
        model.fit(vectors, [e.get(INTENT) for e in examples])
        self._intents = [str(name) for name in model.classes_]
        self._weights, self._bias = _as_multinomial(model)
        logger.info("Intent classifier: %d examples, %d intents.", len(examples), len(self._intents))
        self._persist()
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set each message's intent and the ten most likely ones."""
        for message in messages:
            scores = self._scores(message.get(TEXT) or "")
            order = np.argsort(-scores, kind="stable")[:_RANKED]
            ranking = [{"name": self._intents[i], "confidence": float(scores[i])} for i in order]
            message.set("intent", ranking[0], add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages

    def _scores(self, text: str) -> np.ndarray:
        count = len(self._intents)
        if not _WORD.search(text):
            return np.full(count, 1.0 / count)
        logits = self._weights @ self._encoder.encode([text])[0] + self._bias
        exponents = np.exp(logits - logits.max())
        return exponents / exponents.sum()

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "weights.npz", weights=self._weights, bias=self._bias)
            about = {"encoder": self._encoder.name, "intents": self._intents}
            (folder / "classifier.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceClassifier:
        """A trained classifier from the model; raises EncoderError when the encoder is not the one it was
        trained with."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            about = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
            component._encoder = shared_encoder(about["encoder"])
            with np.load(folder / "weights.npz", allow_pickle=False) as stored:
                component._weights, component._bias = stored["weights"], stored["bias"]
        component._intents = about["intents"]
        return component


def _as_multinomial(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """Weights and bias with a row per class; scikit-learn keeps one row when there are two classes."""
    weights, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2:
        weights, bias = np.vstack([-weights / 2, weights / 2]), np.concatenate([-bias / 2, bias / 2])
    return weights.astype(np.float32), bias.astype(np.float32)
