"""`rasa test nlu` with cross-validation on data/nlu/: Spanish and English apart, and together as they are trained."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import tempfile
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from bot.dialogue.components.encoder import E5Encoder, UniversalSentenceEncoder, shared_encoder

FOLDS = 5
ALL_TEXTS = 100_000
"""Vectors kept while validating: every fold needs those of every message again."""

FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Told:
    """One message of a fold left out: what it is, what the pipeline took it for, and how sure it was."""

    text: str
    language: str
    intent: str
    taken: str
    confidence: float


@dataclass(frozen=True)
class Validation:
    """`trained_on`: es, en or both. Shares in percent; `refused` is what the fallback took."""

    trained_on: str
    language: str
    messages: int
    accuracy: float
    f1: float
    refused: float
    wrong: float


def cross_validate(project: Path, languages: tuple[str, ...], config: str) -> list[Told]:
    """Every message of data/nlu/ in `languages`, parsed by a model of `config` (the text of a config.yml) that never
    saw it. Needs Rasa imported (`engine.prepare`); minutes."""
    from rasa.nlu.test import cross_validate as validate
    from rasa.shared.importers.utils import training_data_from_paths

    for encoder in (UniversalSentenceEncoder.name, E5Encoder.name):
        shared_encoder(encoder).size = ALL_TEXTS
    data = training_data_from_paths([str(project / "data" / "nlu" / one) for one in languages], "es")
    home = {text: one for one in languages for text in _texts(project, one)}
    noise = io.StringIO()
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.redirect_stdout(noise),
        contextlib.redirect_stderr(noise),
    ):
        pipeline = Path(folder, "config.yml")
        pipeline.write_text(config, encoding="utf-8")
        asyncio.run(
            validate(
                data,
                FOLDS,
                str(pipeline),
                folder,
                successes=True,
                errors=True,
                disable_plotting=True,
            )
        )
        rows = _read(Path(folder, "intent_successes.json")) + _read(Path(folder, "intent_errors.json"))
    refused_below = _refused_below(config)
    return [_told(row, home.get(row["text"], ""), refused_below) for row in rows]


def _refused_below(config: str) -> float:
    """Rasa's test leaves the fallback aside; customers do not meet the classifier without it."""
    pipeline = yaml.safe_load(config)["pipeline"]
    return next((float(one["threshold"]) for one in pipeline if one["name"] == "FallbackClassifier"), 0.0)


def _texts(project: Path, language: str) -> list[str]:
    from rasa.shared.importers.utils import training_data_from_paths

    data = training_data_from_paths([str(project / "data" / "nlu" / language)], language)
    return [one.get("text") for one in data.intent_examples]


def _read(path: Path) -> list[dict[str, Any]]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else []


def _told(row: dict[str, Any], language: str, refused_below: float) -> Told:
    # Rasa names the prediction of an error and of a success differently.
    predicted = row.get("intent_prediction") or {"name": row["intent"], "confidence": 1.0}
    confidence = float(predicted.get("confidence") or 0.0)
    taken = predicted["name"] if confidence >= refused_below else FALLBACK
    return Told(row["text"], language, row["intent"], taken, confidence)


def summary(trained_on: str, told: list[Told], language: str) -> Validation:
    """Figures of the messages in `language` (`both`: all of them); F1 weighted by how many an intent has."""
    mine = [one for one in told if language in ("both", one.language)]
    right = sum(one.taken == one.intent for one in mine)
    refused = sum(one.taken == FALLBACK for one in mine)
    share = 100 / max(1, len(mine))
    f1 = sum(score * count for score, count in _by_intent(mine).values()) * share
    return Validation(
        trained_on, language, len(mine), right * share, f1, refused * share, (len(mine) - right - refused) * share
    )


def recall(told: list[Told], intent: str) -> float:
    """Percent of the messages of `intent` that were taken for it."""
    mine = [one for one in told if one.intent == intent]
    return 100 * sum(one.taken == intent for one in mine) / max(1, len(mine))


def confused(told: list[Told], most: int) -> list[tuple[str, str, int, str]]:
    """The commonest wrong pairs: intent, taken for, how often, one example. The fallback is no wrong intent."""
    wrong = [one for one in told if one.taken not in (one.intent, FALLBACK)]
    pairs = Counter((one.intent, one.taken) for one in wrong)
    shown = {(one.intent, one.taken): one.text for one in reversed(wrong)}
    return [(intent, taken, count, shown[intent, taken]) for (intent, taken), count in pairs.most_common(most)]


def _by_intent(told: list[Told]) -> dict[str, tuple[float, int]]:
    are = Counter(one.intent for one in told)
    taken = Counter(one.taken for one in told)
    both = Counter(one.intent for one in told if one.intent == one.taken)
    return {intent: (2 * both[intent] / (are[intent] + taken[intent]), are[intent]) for intent in are}


def as_rows(told: list[Told]) -> list[dict[str, Any]]:
    """For the file of all predictions."""
    return [asdict(one) for one in told]
