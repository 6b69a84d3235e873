"""The two Python environments, `.venv` and `.venv-rasa`."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from deploy.local import pythons
from deploy.local.files import digest
from deploy.local.layout import Layout
from deploy.local.steps import Step, Worker
from deploy.local.trouble import Trouble

FREE_BYTES = 3 * 10**9


def app(layout: Layout) -> Step:
    """What `make run` needs on Python 3.12."""
    return environment_step(
        "app", "Python environment of the application", layout.app_env, pythons.APP, layout.root, ["app.txt"]
    )


def dev(layout: Layout) -> Step:
    """What tests and lint need on top of it."""
    step = environment_step("dev", "Tools for tests", layout.app_env, pythons.APP, layout.root, ["dev.txt"])
    return Step(step.name, step.title, step.stamp, step.inputs, step.work, step.remedy, app(layout).done)


def rasa(layout: Layout) -> Step:
    """Rasa on Python 3.10. Its list is complete and leaves TensorFlow out, which pip would otherwise add again."""
    return environment_step(
        "rasa", "Python environment of Rasa", layout.rasa_env, pythons.RASA, layout.root, ["rasa.txt"], ["--no-deps"]
    )


def stock(layout: Layout) -> Step:
    """Rasa with TensorFlow, as `pip install rasa` gives it: only what this dialogue is compared with."""
    return environment_step(
        "stock", "Stock Rasa, to compare with", layout.stock_env, pythons.RASA, layout.root, ["rasa-stock.txt"]
    )


def environment_step(
    name: str, title: str, folder: Path, version: str, root: Path, files: Sequence[str], options: Sequence[str] = ()
) -> Step:
    """Install `requirements/<files>` into `folder`. Its stamp lies in the folder, so that they go together; the
    folder's path is an input, because an environment cannot be moved."""
    lists = [root / "requirements" / file for file in files]
    stamp = folder / f".postventa-{name}"

    def work(worker: Worker) -> None:
        if name != "dev":
            _make(worker, folder, version, stamp)
        stamp.unlink(missing_ok=True)
        for each in lists:
            _install(worker, folder, each, options)

    return Step(
        name=f"{name}-environment",
        title=title,
        stamp=stamp,
        inputs=digest(root, lists, version, str(folder), *options),
        work=work,
        remedy="correct the cause and run the same command again; what is half installed is thrown away first.",
        there=(folder / "bin" / "python").exists,
    )


def check_space(folder: Path, least: int = FREE_BYTES) -> None:
    """Raises Trouble when there is too little room to begin."""
    free = shutil.disk_usage(folder).free
    if free < least:
        raise Trouble(
            f"only {free / 1e9:.1f} GB are free on the disk of {folder}; the set-up needs {least / 1e9:.0f} GB.",
            "make room, or move the repository to a larger disk, then run the same command again.",
        )


def _make(worker: Worker, folder: Path, version: str, stamp: Path) -> None:
    if stamp.exists() and _usable(folder):
        return
    worker.say(f"looking for Python {version}")
    python = pythons.find(version, worker.env)
    if folder.exists():
        worker.note(f"{folder.name} is left from an unfinished set-up, or was moved here; making it anew")
        shutil.rmtree(folder)
    worker.call([python, "-m", "venv", folder])


def _usable(folder: Path) -> bool:
    activate = folder / "bin" / "activate"
    return (folder / "bin" / "python").exists() and activate.exists() and str(folder) in activate.read_text()


def _install(worker: Worker, folder: Path, requirements: Path, options: Sequence[str]) -> None:
    """With uv, which takes seconds where pip takes minutes; with pip where uv is not to be had or cannot."""
    python = folder / "bin" / "python"
    checked = ["--require-hashes", *options, "-r", requirements]
    uv = _uv(worker, python, requirements.with_name("tools.txt"))
    if uv:
        if worker.attempt([uv, "pip", "install", "--python", python, *checked]):
            return
        worker.note("uv could not install it; trying with pip, which takes some minutes")
    worker.call([python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *checked])


def _uv(worker: Worker, python: Path, tools: Path) -> Path | None:
    choice = worker.env.get("POSTVENTA_INSTALLER", "")
    if choice == "pip":
        return None
    found = shutil.which("uv", path=worker.env.get("PATH"))
    if found:
        return Path(found)
    own = python.with_name("uv")
    if not own.exists() and not worker.attempt(
        [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--require-hashes", "-r", tools]
    ):
        return None
    return own if os.access(own, os.X_OK) else None
