"""A model is named by what it is made from."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

from tests.dialogue.engine import MODELS, PROJECT, ROOT, rasa_python, train


def test_a_model_that_exists_is_not_trained_again(model: Path) -> None:
    written = model.stat().st_mtime_ns
    began = time.process_time()
    assert train(PROJECT, MODELS) == model
    assert model.stat().st_mtime_ns == written
    assert time.process_time() - began < 5


def test_every_input_changes_the_name(model: Path, tmp_path: Path) -> None:
    from bot.dialogue.components.models import digest

    project = tmp_path / "project"
    shutil.copytree(PROJECT, project)
    names = {digest(project)}
    assert f"{digest(project)}.tar.gz" == model.name
    for file in ("config.yml", "domain/domain.yml", "data/rules/rules.yml", "data/nlu/nlu.yml"):
        with (project / file).open("a") as end:
            end.write("\n# changed\n")
        names.add(digest(project))
    (project / "data" / "nlu" / "more.yml").write_text('version: "3.1"\n')
    names.add(digest(project))
    assert len(names) == 6


def test_a_refused_project_leaves_no_model(tmp_path: Path) -> None:
    project, folder = tmp_path / "project", tmp_path / "models"
    shutil.copytree(PROJECT, project)
    rules = project / "data" / "rules" / "rules.yml"
    rules.write_text(
        rules.read_text() + "\n  - rule: contradicts\n    steps: [{intent: greet}, {action: action_spin}]\n"
    )
    done = subprocess.run(
        [rasa_python(), "-m", "bot.dialogue.components.train", "--project", str(project), "--out", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "greet" in done.stderr and "utter_greet" in done.stderr
    assert list(folder.iterdir()) == []


def test_serving_without_a_model_says_how_to_make_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [rasa_python(), "-m", "bot.dialogue.components.serve", "--project", str(PROJECT), "--models", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "python -m bot.dialogue.components.train" in done.stderr
