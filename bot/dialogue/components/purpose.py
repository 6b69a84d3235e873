"""What a message is for: to be told something, to have something done, to reach a person, or to tell us something.

"How long do I have to return it?" and "I want to return it" have one subject and two purposes, which an embedding of
the meaning hardly tells apart; short pieces of words and of phrases do. Hence a second, small classifier over both.
Besides the examples under `data/nlu` it learns from the questions that articles answer, and from those that none does.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Iterator, Sequence
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
from scipy.sparse import csr_matrix, hstack

from bot.dialogue.components.encoder import UniversalSentenceEncoder, clean, shared_encoder

logger = logging.getLogger(__name__)

PURPOSE = "purpose"
ASKS, TELLS = "asks", "tells"


def folded(text: str) -> str:
    """Lower case without accents: customers leave them out."""
    parts = unicodedata.normalize("NFKD", clean(text).lower())
    return "".join(part for part in parts if not unicodedata.combining(part))


class Pieces:
    """Pieces of words (2 to 4 letters) and of phrases (1 to 3 words), weighted by how rare they are."""

    def __init__(self, vocabularies: Sequence[dict[str, int]] = (), rarities: Sequence[Any] = ()) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        letters: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (2, 4), "min_df": 3}
        phrases: dict[str, Any] = {"token_pattern": r"\w+|[?¿!]", "ngram_range": (1, 3), "min_df": 2}
        known = [{"vocabulary": vocabulary} for vocabulary in vocabularies] or [{}, {}]
        self.parts = [
            TfidfVectorizer(sublinear_tf=True, **kind, **vocabulary)
            for kind, vocabulary in zip((letters, phrases), known, strict=True)
        ]
        for part, rarity in zip(self.parts, rarities, strict=False):
            part.idf_ = rarity

    def learn(self, texts: Sequence[str]) -> csr_matrix:
        """One row per (folded) text."""
        return hstack([part.fit_transform(texts) for part in self.parts]).tocsr()

    def __call__(self, texts: Sequence[str]) -> csr_matrix:
        return hstack([part.transform(texts) for part in self.parts]).tocsr()


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
        self._pieces = Pieces()
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
        from sklearn.linear_model import LogisticRegression

        texts, purposes = [], []
        for example in training_data.intent_examples:
            if example.get(TEXT):
                texts.append(example.get(TEXT))
                purposes.append(self._purpose(example.get(INTENT)))
        asked = [question for path in self._config["questions"] for question in questions(Path(path))]
        texts, purposes = texts + asked, purposes + [ASKS] * len(asked)
        if missing := {*self._config["purposes"], TELLS} - set(purposes):
            raise ValueError(
                f"PurposeClassifier has no example of: {', '.join(sorted(missing))}. Under `purposes` in config.yml, "
                "name intents that have examples, and leave at least one intent out."
            )
        features = hstack([csr_matrix(self._encoder.encode(texts)), self._pieces.learn([folded(t) for t in texts])])
        model = LogisticRegression(C=float(self._config["C"]), max_iter=2000, class_weight="balanced")
        model.fit(features.tocsr(), purposes)
        self._purposes = [str(name) for name in model.classes_]
        self._weights, self._bias = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
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
        meaning = csr_matrix(self._encoder.encode([text]))
        row = hstack([meaning, self._pieces([folded(text)])])
        logits = np.asarray(row @ self._weights.T)[0] + self._bias
        shares = np.exp(logits - logits.max())
        return dict(zip(self._purposes, (shares / shares.sum()).round(4).tolist(), strict=True))

    def _persist(self) -> None:
        parts = self._pieces.parts
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "weights.npz", weights=self._weights, bias=self._bias, **_rarities(parts))
            vocabularies = [{piece: int(column) for piece, column in part.vocabulary_.items()} for part in parts]
            about = {"purposes": self._purposes, "vocabularies": vocabularies}
            (folder / "purpose.json").write_text(json.dumps(about), encoding="utf-8")

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
            about = json.loads((folder / "purpose.json").read_text(encoding="utf-8"))
            with np.load(folder / "weights.npz", allow_pickle=False) as stored:
                component._weights, component._bias = stored["weights"], stored["bias"]
                component._pieces = Pieces(about["vocabularies"], [stored["rarity0"], stored["rarity1"]])
        component._purposes = about["purposes"]
        return component


def _rarities(parts: Sequence[Any]) -> dict[str, Any]:
    return {f"rarity{number}": part.idf_ for number, part in enumerate(parts)}


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
