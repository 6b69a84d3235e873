"""A short run of `make chaos`: a whole shop, killed and cut off, and nothing lost or doubled."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local import environment
from deploy.local.layout import ROOT


@pytest.mark.timeout(900)
def test_under_kills_and_a_bad_network_every_message_is_accounted_for(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.chaos", "--var", str(tmp_path / "shop"), "--calm", "0"]
    command += ["--kills", "7", "--seconds", "25", "--conversations", "12", "--parallel", "6"]
    env = environment.for_tools(environment.apart(os.environ))
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=850)
    assert done.returncode == 0, done.stderr[-3000:]
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["kills"] > 0 and figures["received"] >= 12, figures
    found = {name: figures[name] for name in ("lost", "twice", "out_of_order", "cases_differ")}
    assert found == dict.fromkeys(found, 0), done.stderr[-3000:]
