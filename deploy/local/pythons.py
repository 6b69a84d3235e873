"""Finds the two Pythons that Postventa needs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from deploy.local.trouble import Trouble

APP = "3.12"
RASA = "3.10"

_PROBE = """
import importlib.util, json, sys
print(json.dumps({
    "version": "%d.%d" % sys.version_info[:2],
    "base": getattr(sys, "_base_executable", "") or sys.executable,
    "venv": all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")),
}))
"""


@dataclass(frozen=True)
class Found:
    """What an executable turned out to be. `base` is the interpreter itself, not a shim or an environment's link."""

    version: str
    base: Path
    venv: bool


def probe(executable: Path, environ: Mapping[str, str] = os.environ) -> Found | None:
    """Ask an executable what it is; None when it is no working Python (a pyenv shim may exist and still fail)."""
    answer = _output([str(executable), "-I", "-c", _PROBE], environ)
    try:
        told = json.loads(answer)
        return Found(told["version"], Path(told["base"]), bool(told["venv"]))
    except (ValueError, KeyError, TypeError):
        return None


def find(version: str, environ: Mapping[str, str] = os.environ) -> Path:
    """A Python of exactly `version` ("3.12") that can make environments.

    Looks at POSTVENTA_PYTHON312 (or 310), PATH, pyenv and uv, in this order, and lets uv fetch one as the last resort.
    Raises Trouble, which names where it looked.
    """
    named = environ.get(variable(version))
    if named:
        return _as_named(version, named, environ)
    looked: list[str] = []
    without_venv: Path | None = None
    for where, executable in _candidates(version, environ):
        if where not in looked:
            looked.append(where)
        found = probe(executable, environ)
        if found and found.version == version:
            if found.venv:
                return found.base
            without_venv = without_venv or found.base
    if without_venv:
        raise Trouble(
            f"{without_venv} is Python {version}, but cannot make environments: its venv or ensurepip is missing.",
            f"install it (Debian, Ubuntu: apt-get install python{version}-venv), or name another with "
            f"{variable(version)}=/path/to/python{version}, then run the same command again.",
        )
    raise _missing(version, looked, environ)


def variable(version: str) -> str:
    """The environment variable that names the Python of this version."""
    return "POSTVENTA_PYTHON" + version.replace(".", "")


def _as_named(version: str, named: str, environ: Mapping[str, str]) -> Path:
    found = probe(Path(named), environ)
    if found and found.version == version and found.venv:
        return found.base
    what = "does not run" if not found else f"is Python {found.version}"
    if found and found.version == version:
        what = "has no venv or ensurepip"
    raise Trouble(
        f"{variable(version)} names {named}, which {what}.",
        f"let it name a Python {version} that can make environments, or unset it to have one looked for.",
    )


def _candidates(version: str, environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    for folder in environ.get("PATH", os.defpath).split(os.pathsep):
        for name in (f"python{version}", "python3", "python"):
            if folder and os.access(Path(folder, name), os.X_OK):
                yield "PATH", Path(folder, name)
    yield "PATH", Path(sys.executable)
    for pyenv in _pyenv_roots(environ):
        for installed in sorted((pyenv / "versions").glob(f"{version}*"), key=_newest_first):
            yield f"pyenv ({pyenv})", installed / "bin" / "python"
    uv = shutil.which("uv", path=environ.get("PATH"))
    if uv:
        ask = [uv, "python", "find", "--no-project", version]
        for known in _output([*ask, "--no-python-downloads"], environ).splitlines():
            yield "uv", Path(known)
        _output([uv, "python", "install", version], environ, seconds=600)
        for fetched in _output(ask, environ).splitlines():
            yield "uv python install", Path(fetched)


def _pyenv_roots(environ: Mapping[str, str]) -> list[Path]:
    pyenv = shutil.which("pyenv", path=environ.get("PATH"))
    told = [environ.get("PYENV_ROOT", ""), _output([pyenv, "root"], environ).strip() if pyenv else ""]
    home = environ.get("HOME")
    told += [str(Path(home, ".pyenv"))] if home else []
    return list(dict.fromkeys(Path(text) for text in told if text and Path(text).is_dir()))


def _newest_first(folder: Path) -> list[int]:
    return [-int(part) if part.isdigit() else 0 for part in folder.name.split(".")]


def _missing(version: str, looked: list[str], environ: Mapping[str, str]) -> Trouble:
    has_uv = shutil.which("uv", path=environ.get("PATH")) is not None
    places = ", ".join(looked) + ("" if has_uv else ", uv (not installed)")
    return Trouble(
        f"Python {version} was not found. Postventa needs two: {APP} for the application and {RASA} for Rasa 3.6. "
        f"Looked at: {variable(version)} (not set), {places}.",
        f"install it with one of: pyenv install {version} · uv python install {version} · "
        f"your system's package python{version} with python{version}-venv; or name one that exists: "
        f"{variable(version)}=/path/to/python{version}. Then run the same command again.",
    )


def _output(command: list[str], environ: Mapping[str, str], seconds: float = 20) -> str:
    try:
        done = subprocess.run(command, env=dict(environ), capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return done.stdout if done.returncode == 0 else ""
