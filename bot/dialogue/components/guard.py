"""Customer text never acts as a payload: first step of the pipeline.

Rasa reads any text that starts with `/` as an intent with entities (`/restart`, `/inform{"order_number": …}`),
also after spaces. Choices that the gateway offered come in by another field (see channel.py) and skip the
pipeline, so whatever reaches it with a slash in front was typed by somebody.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

OFFERED = "offered_payload"
"""Metadata key that the input channel alone sets: this turn is a choice that the gateway offered."""

_BLANK = "\\s\x00-\x1f\x7f\u00ad\u180e\u200b-\u200f\u2028-\u202f\u2060-\u2064\ufeff"
_PREFIX = re.compile(f"^[{_BLANK}]*/[{_BLANK}/]*")


def neutralise(text: str) -> str:
    """`text` without leading slashes, and without the blanks and zero-width signs around them.

    >>> neutralise(" /restart")
    'restart'
    >>> neutralise("3/4 partes")
    '3/4 partes'
    """
    return _PREFIX.sub("", text)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PayloadGuard(GraphComponent):
    """Takes the leading slash off every text that is not marked as an offered payload."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PayloadGuard:
        """See GraphComponent."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Neutralise each message in place."""
        for message in messages:
            offered = (message.get("metadata") or {}).get(OFFERED) is True
            if not offered:
                message.set(TEXT, neutralise(message.get(TEXT) or ""))
        return messages
