"""`python manage.py restore FOLDER`: bring a backup back into an empty var/ (or an empty PostgreSQL database)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bot.operating.places import NotPossible, configured
from bot.operating.restore import make_ready, restore


class Command(BaseCommand):
    help = __doc__
    # The database is not there yet.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore(options["folder"].absolute(), configured())
        except NotPossible as error:
            raise CommandError(str(error)) from error
        make_ready()
        self.stdout.write(
            f"The shop of {manifest['at'][:16]} UTC is back. Put its secrets.env beside it, start it, and erase again "
            "whom you erased since then (docs/privacy.md)."
        )
