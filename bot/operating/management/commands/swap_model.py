"""`python manage.py swap_model [FILE]`: hand a trained dialogue to the running Rasa. Turns under way end with the old
one, conversations go on where they are; a file that is no model changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

# Rasa reads a model in some seconds.
PATIENCE = 120.0


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="default: what `make train` trained last")

    def handle(self, *args: Any, **options: Any) -> None:
        model = (options["file"] or trained_last()).absolute()
        if not model.is_file():
            raise CommandError(f"There is no model at {model}. Train one: make train")
        for url in settings.RASA_URLS:
            swap(url, model)
            self.stdout.write(f"{url} answers with {model.name}")


def trained_last() -> Path:
    """The model that `make train` noted. Raises CommandError where nothing was trained here."""
    note = settings.BASE_DIR / "var" / "setup" / "model"
    try:
        return Path(note.read_text(encoding="utf-8").strip())
    except OSError as error:
        raise CommandError(f"No model was trained here: {note} is missing. Train one: make train") from error


def swap(url: str, model: Path) -> None:
    """Ask one Rasa process to go on with this model. Raises CommandError with its own words where it does not."""
    try:
        answer = httpx.put(
            f"{url.rstrip('/')}/webhooks/postventa/model", json={"path": str(model)}, timeout=PATIENCE,
            headers={"Authorization": f"Bearer {settings.RASA_TOKEN}"}, trust_env=False,
        )  # fmt: skip
    except httpx.HTTPError as error:
        raise CommandError(f"{url} does not answer ({type(error).__name__}). Is Rasa up?") from error
    if answer.status_code != 204:
        raise CommandError(f"{url} keeps its model: {answer.status_code} {answer.text[:300]}")
