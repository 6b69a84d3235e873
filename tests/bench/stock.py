"""Stock Rasa with this project's data: the default pipeline and policies of `rasa init`, its own REST channel.

Rasa's defaults are what its own `rasa init` writes as a comment into config.yml. They need stories as well as rules; as
this project has none, each rule that begins with what a customer says is told as a story, so that TED has work to do.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from deploy.local import children
from deploy.local.layout import ROOT

EPOCHS = 100
LIMIT_SECONDS = 3 * 3600.0


def config(epochs: int) -> dict[str, Any]:
    """config.yml, with the defaults written out."""
    return {
        "recipe": "default.v1",
        "assistant_id": "stock",
        "language": "en",
        "pipeline": [
            {"name": "WhitespaceTokenizer"},
            {"name": "RegexFeaturizer"},
            {"name": "LexicalSyntacticFeaturizer"},
            {"name": "CountVectorsFeaturizer"},
            {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
            {"name": "DIETClassifier", "epochs": epochs, "constrain_similarities": True},
            {"name": "EntitySynonymMapper"},
            {"name": "ResponseSelector", "epochs": epochs, "constrain_similarities": True},
            {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1},
        ],
        "policies": [
            {"name": "MemoizationPolicy"},
            {"name": "RulePolicy"},
            {"name": "UnexpecTEDIntentPolicy", "max_history": 5, "epochs": epochs},
            {"name": "TEDPolicy", "max_history": 5, "epochs": epochs, "constrain_similarities": True},
        ],
    }


def stories(rules: Path) -> Iterator[dict[str, Any]]:
    """One for each rule that begins with an intent."""
    for file in sorted(rules.glob("*.yml")):
        for rule in yaml.safe_load(file.read_text(encoding="utf-8")).get("rules", []):
            steps = rule["steps"]
            plain = all(set(step) <= {"intent", "action", "active_loop"} for step in steps)
            if plain and not rule.get("condition") and "intent" in steps[0] and "active_loop" not in steps[0]:
                yield {"story": f"as in: {rule['rule']}", "steps": steps}


def project(folder: Path, epochs: int, actions_url: str, token: str) -> None:
    """Write it. Its actions are those of the running shop."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("domain", "data"):
        shutil.rmtree(folder / name, ignore_errors=True)
        shutil.copytree(ROOT / name, folder / name)
    write(folder / "data" / "stories.yml", {"version": "3.1", "stories": list(stories(ROOT / "data" / "rules"))})
    write(folder / "config.yml", config(epochs))
    write(folder / "credentials.yml", {"rest": None})
    endpoint = {"url": actions_url, "headers": {"Authorization": f"Bearer {token}"}}
    write(folder / "endpoints.yml", {"action_endpoint": endpoint})


def write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(yaml.safe_dump(dict(content), allow_unicode=True, sort_keys=False), encoding="utf-8")


def trained(folder: Path, python: Path, env: Mapping[str, str]) -> Path:
    """The project's model, trained unless that was done for the same files. Raises RuntimeError."""
    made_of = hashlib.sha256()
    for path in sorted([folder / "config.yml", *(folder / "data").rglob("*.yml"), *(folder / "domain").rglob("*.yml")]):
        made_of.update(path.read_bytes())
    model = folder / "models" / f"{made_of.hexdigest()[:16]}.tar.gz"
    if not model.is_file():
        command = [
            python,
            "-m",
            "rasa",
            "train",
            "--domain",
            "domain",
            "--fixed-model-name",
            model.name.removesuffix(".tar.gz"),
            "--out",
            folder / "models",
        ]
        with (folder / "train.log").open("wb") as log:
            done = subprocess.run(
                [str(part) for part in command], cwd=folder, env=dict(env), stdout=log, stderr=log,
                timeout=LIMIT_SECONDS, check=False,
            )  # fmt: skip
        if done.returncode or not model.is_file():
            said = "\n".join(children.last_lines(folder / "train.log"))
            raise RuntimeError(f"stock Rasa could not be trained:\n{said}")
    return model
