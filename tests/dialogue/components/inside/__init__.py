"""Scripts for Rasa's Python, each of which prints JSON as its last line."""

import json
import subprocess
from typing import Any

from tests.dialogue.engine import ROOT, rasa_python


def told(script: str) -> Any:
    """What the script `script` of this folder printed last."""
    done = subprocess.run(
        [rasa_python(), f"{ROOT}/tests/dialogue/components/inside/{script}.py"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    return json.loads(done.stdout.strip().splitlines()[-1])
