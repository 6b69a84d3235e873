"""Trains the dialogue model: `.venv-rasa/bin/python -m bot.dialogue.components.train`.

The model's name is the hash of its inputs; when it exists already, nothing is done.
"""

import argparse
import contextlib
import io
import os
import sys
import tempfile
import time
from pathlib import Path

from bot.dialogue.components import environment
from bot.dialogue.components.models import DEFAULT_FOLDER, model_path


def train(project: Path, folder: Path) -> Path:
    """The model of the project's present inputs, trained if it is not there yet.

    A model appears under its name only when it is complete: it is written beside and renamed. Raises
    RuntimeError when Rasa refuses the project.
    """
    target = model_path(project, folder)
    if target.is_file():
        _say(f"model {target} is up to date")
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".training-") as scratch:
        made = _train_into(project.resolve(), Path(scratch), target.name)
        made.replace(target)
    _say(f"model {target} written, {target.stat().st_size / 1e6:.1f} MB")
    return target


def _train_into(project: Path, scratch: Path, name: str) -> Path:
    _say("importing rasa")
    environment.prepare()
    # Our hash decides what is trained again; Rasa's own cache does not know the encoder's code.
    os.environ["RASA_MAX_CACHE_SIZE"] = "0"
    os.environ["RASA_CACHE_DIRECTORY"] = str(scratch / "cache")
    from bot.dialogue.components import logs, stubs

    stubs.install()
    logs.configure()
    environment.quieten()
    import rasa.model_training

    environment.quieten()
    _say(f"training {project}")
    domain = project / "domain" if (project / "domain").is_dir() else project / "domain.yml"
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        result = rasa.model_training.train(
            domain=str(domain),
            config=str(project / "config.yml"),
            training_files=str(project / "data"),
            output=str(scratch),
            fixed_model_name=name,
            force_training=True,
        )
    if not result.model:
        raise RuntimeError(f"Rasa trained no model of {project}. It said: {said.getvalue()}")
    return Path(result.model)


_started = time.monotonic()


def _say(step: str) -> None:
    print(f"[{time.monotonic() - _started:5.1f} s] {step}", flush=True)


def main(arguments: list[str] | None = None) -> int:
    """The command line; prints the steps, and the model's path as the last line."""
    parser = argparse.ArgumentParser(prog="python -m bot.dialogue.components.train", description=__doc__)
    parser.add_argument("--project", type=Path, default=Path(), help="folder of config.yml, domain and data")
    parser.add_argument("--out", type=Path, default=DEFAULT_FOLDER, help=f"default: {DEFAULT_FOLDER}")
    options = parser.parse_args(arguments)
    print(train(options.project, options.out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
