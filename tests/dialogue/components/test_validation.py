"""`rasa data validate` finds nothing to say about the shop's dialogue, and still speaks up."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import yaml

from tests.dialogue.engine import ROOT, rasa_python

UNUSED = """
  utter_said_by_nobody:
    - text: "Silencio."
"""


def test_the_only_complaints_are_about_what_was_put_in(tmp_path: Path) -> None:
    for name in ("domain", "data", "actions"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "config.yml", tmp_path)
    domain = tmp_path / "domain" / "returns.yml"
    domain.write_text(domain.read_text().replace("responses:\n", f"responses:{UNUSED}", 1))
    nlu = tmp_path / "data" / "nlu" / "en" / "acts.yml"
    nlu.write_text(nlu.read_text() + "\n  - intent: goodbye\n    examples: |\n      - hola\n")
    done = subprocess.run(
        [rasa_python(), "-m", "bot.dialogue.components.validate", "--project", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 1, done.stderr[-2000:]
    said = done.stdout.strip().splitlines()
    assert any("utter_said_by_nobody" in line for line in said)
    assert any("hola" in line for line in said)
    about = [line for line in said if "utter_said_by_nobody" not in line and "hola" not in line]
    assert [line for line in about if not line.startswith("Rasa's validator refuses data/nlu")] == []


def test_no_action_is_sent_the_domain() -> None:
    """Rasa adds it to every action named validate_, 34 kB a call that none of ours reads, unless it is told not to."""
    files = sorted((ROOT / "domain").glob("*.yml"))
    listed = [action for file in files for action in yaml.safe_load(file.read_text("utf-8")).get("actions", [])]
    named = [action if isinstance(action, dict) else {action: {}} for action in listed]
    validations = {name: told for each in named for name, told in each.items() if name.startswith("validate_")}
    assert validations
    assert [name for name, told in validations.items() if told != {"send_domain": False}] == []
