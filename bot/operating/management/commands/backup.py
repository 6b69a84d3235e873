"""`python manage.py backup FOLDER`: everything that cannot be made anew, while the shop runs. Secrets are not in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bot.operating.backup import backup
from bot.operating.places import NotPossible, configured


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="a folder that is not there yet, best on another machine's disk")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = backup(options["folder"].absolute(), configured())
        except NotPossible as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{options['folder']}: {len(manifest['files'])} files. Keep var/secrets.env apart from it.")
