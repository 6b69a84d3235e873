"""The two commands, from outside."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAKE = shutil.which("make")


def call(*command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "POSTVENTA_ENV_FILE": "", **environ}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.skipif(MAKE is None, reason="no make on this machine")
def test_help_has_a_line_for_every_target() -> None:
    told = call("make", "help").stdout
    text = (ROOT / "Makefile").read_text()
    declared = text.partition(".PHONY:")[2].split()
    assert {"run", "test", "lint", "train", "reindex"} <= set(declared)
    for target in declared:
        assert re.search(rf"^  {target} +\S", told, re.MULTILINE), f"{target} has no line in:\n{told}"
    assert call("make").stdout == told


@pytest.mark.skipif(MAKE is None, reason="no make on this machine")
def test_a_taken_port_stops_make_run_before_anything_is_started(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        done = call("make", "run", f"PORT={taken}", POSTVENTA_VAR=str(tmp_path))
    assert done.returncode != 0
    assert f"port {taken} (web) is taken by pid {os.getpid()}" in done.stderr
    assert "make run PORT=" in done.stderr
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["lock"]


def test_a_second_run_on_the_same_folder_is_told_about_the_first(tmp_path: Path) -> None:
    code = f"""
import json, sys
from pathlib import Path
from deploy.local.files import held
with held(Path({str(tmp_path)!r}) / "run" / "lock", "", ""):
    print("held", flush=True)
    sys.stdin.read()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        done = call(sys.executable, "-m", "deploy.local", "up", "--var", str(tmp_path), "--ports", "auto")
        assert first.stdin is not None
        first.stdin.close()
    assert done.returncode == 1
    assert f"pid {first.pid}" in done.stderr


def test_a_machine_whose_python_is_too_old_or_broken_is_told(tmp_path: Path) -> None:
    for name in ("python3", "python"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 127\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "dirname").symlink_to(shutil.which("dirname") or "/usr/bin/dirname")
    shell = shutil.which("sh") or "/bin/sh"
    done = call(shell, "deploy/local/start.sh", "up", PATH=str(tmp_path), POSTVENTA_PYTHON="")
    assert done.returncode == 1
    assert "POSTVENTA_PYTHON=" in done.stderr


def test_the_oldest_python_we_promise_can_run_it() -> None:
    """The set-up runs on whatever Python a machine has; 3.9 is looked for, and its grammar is checked in any case."""
    import ast

    for path in (ROOT / "deploy" / "local").glob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))
    found = next((Path.home() / ".pyenv" / "versions").glob("3.9.*/bin/python"), None)
    python = str(found) if found else sys.executable
    listed = [path.stem for path in (ROOT / "deploy" / "local").glob("*.py") if path.stem != "__main__"]
    imports = "; ".join(f"import deploy.local.{name}" for name in listed)
    done = call(python, "-c", f"import sys; before = set(sys.modules); {imports}; print('fine')")
    assert done.stdout == "fine\n", done.stderr


def test_only_the_standard_library_is_imported() -> None:
    code = """
import json, sys
for name in sys.argv[1:]:
    __import__(f"deploy.local.{name}")
tops = {name.partition(".")[0] for name in sys.modules}
print(json.dumps(sorted(tops - set(sys.stdlib_module_names) - {"__main__", "__mp_main__", "deploy"})))
"""
    listed = [path.stem for path in (ROOT / "deploy" / "local").glob("*.py") if path.stem != "__main__"]
    done = call(sys.executable, "-S", "-c", code, *listed)
    assert json.loads(done.stdout) == [], done.stderr


@pytest.mark.parametrize("words", [["up", "--colour"], ["sing"], []])
def test_a_wrong_call_is_a_usage_error(words: list[str]) -> None:
    done = call(sys.executable, "-m", "deploy.local", *words)
    assert done.returncode == 2
    assert "usage:" in done.stderr
