"""Model files: named by what they were made from, so that a model which exists is never trained twice."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

DEFAULT_FOLDER = Path("var/rasa/models")

_INPUTS = ("config.yml", "domain", "domain.yml", "data")
_TRAINED = ("classifier", "encoder", "guard", "identifiers", "kernel", "language", "ngrams", "purpose", "softmax")
_CODE = Path(__file__).resolve().parent


class NoModel(RuntimeError):
    """There is no trained model to serve."""


def inputs(project: Path) -> Iterator[Path]:
    """Every file that a model of `project` is made from: config, domain, data, articles, and the components' code."""
    for name in _INPUTS:
        path = project / name
        files = [path] if path.is_file() else sorted(path.rglob("*.yml")) + sorted(path.rglob("*.yaml"))
        yield from (file for file in files if file.is_file())
    yield from sorted((project / "knowledge" / "articles").rglob("*.md"))
    yield from (project / "knowledge").glob("unanswerable.json")
    yield from (_CODE / f"{name}.py" for name in _TRAINED)


def digest(project: Path) -> str:
    """The first 16 digits of the SHA-256 of a project's inputs: names relative to it, and contents."""
    project = project.resolve()  # relative or not, the same project has the same digest
    total = hashlib.sha256(b"rasa 3.6.21")
    for path in inputs(project):
        name = path.relative_to(project) if path.is_relative_to(project) else Path(path.name)
        total.update(f"\0{name}\0".encode() + path.read_bytes())
    return total.hexdigest()[:16]


def model_path(project: Path, folder: Path) -> Path:
    """Where the model of a project's present inputs lies, or would lie."""
    return folder / f"{digest(project)}.tar.gz"


def find_model(project: Path, folder: Path, named: Path | None = None) -> Path:
    """The model to serve: the one named, else that of the present inputs. Raises NoModel with the remedy."""
    path = named or model_path(project, folder)
    if not path.is_file():
        raise NoModel(
            f"There is no model at {path}. Train it: "
            f"python -m bot.dialogue.components.train --project {project} --out {folder}"
        )
    return path
