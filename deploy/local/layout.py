"""Where things lie."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Layout:
    """`root` is the repository, `var` the state of one running shop, `models` the trained dialogues, shared by all."""

    root: Path
    var: Path
    models: Path

    @classmethod
    def of(cls, var: Path | None = None, environ: Mapping[str, str] = os.environ, root: Path = ROOT) -> Layout:
        """The folders for state in `var` (default: POSTVENTA_VAR, else `var/` of the repository)."""
        chosen = var or Path(environ.get("POSTVENTA_VAR") or root / "var")
        models = Path(environ.get("POSTVENTA_MODELS") or root / "var" / "rasa" / "models")
        return cls(root, (root / chosen).resolve(), (root / models).resolve())

    def with_var(self, var: Path) -> Layout:
        return Layout(self.root, var, self.models)

    @property
    def model_note(self) -> Path:
        """Holds the path of the dialogue that was trained last."""
        return self.shared / "setup" / "model"

    def model(self) -> Path | None:
        """The dialogue that was trained last, if it is still there."""
        try:
            path = Path(self.model_note.read_text(encoding="utf-8").strip())
        except OSError:
            return None
        return path if path.is_file() else None

    @property
    def app_env(self) -> Path:
        return self.root / ".venv"

    @property
    def app_python(self) -> Path:
        return self.app_env / "bin" / "python"

    @property
    def rasa_env(self) -> Path:
        return self.root / ".venv-rasa"

    @property
    def rasa_python(self) -> Path:
        return self.rasa_env / "bin" / "python"

    @property
    def stock_env(self) -> Path:
        """Rasa with TensorFlow, made when it is asked for."""
        return self.shared / "bench-nlu" / "stock"

    @property
    def shared(self) -> Path:
        """State of the repository itself, whichever shop runs: what was set up, prepared shops, the lock."""
        return self.root / "var"

    @property
    def templates(self) -> Path:
        return self.shared / "template"

    @property
    def logs(self) -> Path:
        return self.var / "logs"

    @property
    def stamps(self) -> Path:
        """Of the steps that prepared the shop in `var`."""
        return self.var / "prepared"

    @property
    def state(self) -> Path:
        """What runs on this `var` now: addresses, pids, restarts (JSON)."""
        return self.var / "run" / "state.json"

    @property
    def database(self) -> Path:
        return self.var / "postventa.sqlite3"

    @property
    def chroma(self) -> Path:
        return self.var / "chroma"

    @property
    def trackers(self) -> Path:
        return self.var / "rasa" / "trackers.sqlite3"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets.env"
