"""Trains one pipeline with Rasa and parses texts with the model, in whichever Rasa environment runs this.

`python -m bot.dialogue.bench_nlu.engine JOB ANSWER`: JOB is JSON `{config, train: [[text, intent]], texts: [text]}`,
`config` being the text of a config.yml. ANSWER becomes JSON `{ranked: [[[intent, confidence], …] per text], seconds,
milliseconds}`: best first, the time of training and the median time of a parse.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bot.dialogue.components import environment

FALLBACK = "nlu_fallback"


def prepare() -> None:
    """Import Rasa: lean, or whole where POSTVENTA_RASA_FULL=1 says that TensorFlow is there."""
    environment.prepare()
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    from bot.dialogue.components import logs, stubs

    stubs.install()
    logs.configure()
    environment.quieten()
    import rasa.model_training  # noqa: F401

    environment.quieten()


def answer(job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Do one job in `folder`."""
    import rasa.model_training
    from rasa.core.agent import Agent

    config, nlu = folder / "config.yml", folder / "nlu.json"
    config.write_text(job["config"], encoding="utf-8")
    examples = [{"text": text, "intent": intent} for text, intent in job["train"]]
    nlu.write_text(json.dumps({"rasa_nlu_data": {"common_examples": examples}}), encoding="utf-8")
    began = time.monotonic()
    with contextlib.redirect_stdout(io.StringIO()):
        model = rasa.model_training.train_nlu(str(config), str(nlu), str(folder), fixed_model_name="model")
        seconds = time.monotonic() - began
        processor = Agent.load(model).processor
    ranked, times = asyncio.run(_parse(processor, job["texts"]))
    return {"ranked": ranked, "seconds": seconds, "milliseconds": statistics.median(times) * 1000}


async def _parse(processor: Any, texts: list[str]) -> tuple[list[list[tuple[str, float]]], list[float]]:
    from rasa.core.channels.channel import UserMessage

    ranked, times = [], []
    for text in texts:
        began = time.perf_counter()
        parsed = await processor.parse_message(UserMessage(text), only_output_properties=True)
        times.append(time.perf_counter() - began)
        # The fallback stands in front of the classifier's own ranking when it takes a message.
        found = [(one["name"], one["confidence"]) for one in parsed["intent_ranking"] if one["name"] != FALLBACK]
        ranked.append(found or [(parsed["intent"]["name"] or "", parsed["intent"]["confidence"])])
    return ranked, times


def main(arguments: list[str]) -> int:
    """Read the job, write the answer."""
    source, target = map(Path, arguments)
    job = json.loads(source.read_text(encoding="utf-8"))
    prepare()
    with tempfile.TemporaryDirectory() as folder:
        done = answer(job, Path(folder))
    target.write_text(json.dumps(done), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
