"""Who waits for a person begins nothing with the bot: the last step of the pipeline."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

WAITING = "waiting"
"""Metadata key of the turn: the conversation is in the queue."""
WHILE_WAITING = "while_waiting"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Waiting(GraphComponent, IntentClassifier):
    """Gives each message of a waiting customer one intent; what the classifiers found stays in the ranking."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Waiting:
        """See GraphComponent."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the intent in place."""
        for message in messages:
            if (message.get("metadata") or {}).get(WAITING) is True:
                message.set(INTENT, {"name": WHILE_WAITING, "confidence": 1.0}, add_to_output=True)
        return messages
