"""What a pipeline reaches on a set: jobs given to the engine, answers kept, figures worked out."""

from __future__ import annotations

import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.dialogue.bench_nlu.sets import Split

REFUSED = 0.05
"""Share of the in-scope texts that the out-of-scope threshold may refuse, on the validation part."""

Ranking = Sequence[tuple[str, float]]

_COMPONENTS = Path(__file__).resolve().parents[1] / "components"


class NotMeasured(RuntimeError):
    """A training failed; the message ends with what Rasa said."""


@dataclass(frozen=True)
class Pipeline:
    """`config`: the text of a config.yml; `python`: of the environment that can run it; `full`: with TensorFlow."""

    name: str
    config: str
    python: Path = Path(sys.executable)
    full: bool = False

    def digest(self) -> str:
        """Of all that decides its answers: the config, and our components' code unless it is stock."""
        total = hashlib.sha256(self.config.encode())
        if not self.full:
            for name in ("classifier", "encoder", "guard", "identifiers", "kernel", "language", "ngrams", "softmax"):
                total.update((_COMPONENTS / f"{name}.py").read_bytes())
        return total.hexdigest()[:16]


def _job(pipeline: Pipeline, train: list[tuple[str, str]], texts: list[str]) -> str:
    return json.dumps({"config": pipeline.config, "train": train, "texts": texts})


def kept_at(pipeline: Pipeline, train: list[tuple[str, str]], texts: list[str], kept: Path) -> Path:
    """Where the answer to these questions lies, or would lie."""
    total = hashlib.sha256((pipeline.digest() + _job(pipeline, train, texts)).encode())
    return kept / f"{total.hexdigest()[:24]}.json"


def ask(pipeline: Pipeline, train: list[tuple[str, str]], texts: list[str], kept: Path, fresh: bool) -> dict[str, Any]:
    """The engine's answer, from `kept` when the same was asked before. Raises NotMeasured."""
    job = _job(pipeline, train, texts)
    place = kept_at(pipeline, train, texts, kept)
    if fresh or not place.is_file():
        kept.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept) as folder:
            source, target = Path(folder, "job.json"), Path(folder, "answer.json")
            source.write_text(job, encoding="utf-8")
            command = [str(pipeline.python), "-m", "bot.dialogue.bench_nlu.engine", str(source), str(target)]
            env = {**os.environ, "POSTVENTA_RASA_FULL": "1" if pipeline.full else ""}
            done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
            if done.returncode or not target.is_file():
                raise NotMeasured(f"The pipeline {pipeline.name} was not trained. Rasa said:\n{done.stderr[-2000:]}")
            target.replace(place)
    answer: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return answer


def figures(pipeline: Pipeline, splits: list[Split], kept: Path, fresh: bool = False) -> dict[str, float]:
    """Means over the splits: `accuracy`, `outside_recall` (only with out-of-scope texts) and `refused` in percent,
    `seconds` of a training, `milliseconds` of a parse."""
    each = [_of_split(pipeline, split, kept, fresh) for split in splits]
    return {key: statistics.fmean(one[key] for one in each) for key in each[0]}


def _of_split(pipeline: Pipeline, split: Split, kept: Path, fresh: bool) -> dict[str, float]:
    parts = [[text for text, _intent in rows] for rows in (split.test, split.held, split.outside)]
    answer = ask(pipeline, split.train, [text for part in parts for text in part], kept, fresh)
    ranked: list[Ranking] = answer["ranked"]
    test, held, outside = _cut(ranked, [len(part) for part in parts])
    right = sum(one[0][0] == intent for one, (_text, intent) in zip(test, split.test, strict=True))
    found = {
        "accuracy": 100 * right / len(test),
        "seconds": answer["seconds"],
        "milliseconds": answer["milliseconds"],
    }
    if outside:
        threshold = sorted(one[0][1] for one in held)[int(REFUSED * len(held))]
        found["outside_recall"] = 100 * sum(one[0][1] < threshold for one in outside) / len(outside)
        found["refused"] = 100 * sum(one[0][1] < threshold for one in test) / len(test)
    return found


def _cut(rows: list[Ranking], lengths: list[int]) -> list[list[Ranking]]:
    parts, at = [], 0
    for length in lengths:
        parts.append(rows[at : at + length])
        at += length
    return parts
