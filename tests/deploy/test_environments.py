"""Making a Python environment from a list with hashes: a real one, of one tiny package and no network."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import steps
from deploy.local.console import Console
from deploy.local.environments import environment_step
from deploy.local.steps import Step
from deploy.local.trouble import Trouble

VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"


def wheel(folder: Path, version: str) -> str:
    """Writes a package `brasa` whose module says its version; the line that requires it with its hash."""
    path = folder / f"brasa-{version}-py3-none-any.whl"
    files = {
        "brasa.py": f"VERSION = '{version}'\n",
        f"brasa-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: brasa\nVersion: {version}\n",
        f"brasa-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"brasa-{version}.dist-info/RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return f"brasa @ {path.as_uri()} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "repository" / "requirements").mkdir(parents=True)
    (tmp_path / "repository" / "requirements" / "app.txt").write_text(wheel(tmp_path, "1.0"))
    return tmp_path / "repository"


@pytest.fixture
def make(root: Path, console: Console) -> Callable[[], int]:
    def go() -> int:
        env = {**os.environ, "POSTVENTA_INSTALLER": "pip", variable(): sys.executable}
        return steps.run([step(root)], console=console, logs=root / "logs", cwd=root, env=env)

    return go


def variable() -> str:
    return "POSTVENTA_PYTHON" + VERSION.replace(".", "")


def step(root: Path) -> Step:
    return environment_step("app", "Environment", root / ".venv", VERSION, root, ["app.txt"])


def installed(root: Path) -> str:
    command = [root / ".venv" / "bin" / "python", "-c", "import brasa; print(brasa.VERSION)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_it_is_made_once_kept_up_to_date_and_made_anew_when_half_finished(
    root: Path, make: Callable[[], int], words: io.StringIO
) -> None:
    assert make() == 1
    assert installed(root) == "1.0"
    assert make() == 0

    (root / "requirements" / "app.txt").write_text(wheel(root.parent, "2.0"))
    (root / ".venv" / "kept").touch()
    assert make() == 1
    assert installed(root) == "2.0"
    assert (root / ".venv" / "kept").exists()

    step(root).stamp.unlink()
    assert make() == 1
    assert installed(root) == "2.0"
    assert not (root / ".venv" / "kept").exists()
    assert "left from an unfinished set-up" in words.getvalue()


def test_one_that_was_moved_is_made_anew(root: Path, make: Callable[[], int], console: Console) -> None:
    make()
    moved = root.with_name("moved")
    shutil.move(root, moved)
    env = {**os.environ, "POSTVENTA_INSTALLER": "pip", variable(): sys.executable}
    assert steps.run([step(moved)], console=console, logs=moved / "logs", cwd=moved, env=env) == 1
    assert str(moved) in (moved / ".venv" / "bin" / "activate").read_text()


def test_another_package_under_the_same_name_is_refused(root: Path, make: Callable[[], int]) -> None:
    line = (root / "requirements" / "app.txt").read_text()
    (root / "requirements" / "app.txt").write_text(line.partition("sha256:")[0] + "sha256:" + "0" * 64 + "\n")
    with pytest.raises(Trouble) as caught:
        make()
    assert "HASHES" in caught.value.text()
    assert not step(root).done()
