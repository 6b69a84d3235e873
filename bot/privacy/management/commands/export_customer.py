"""`python manage.py export_customer WHO FILE.zip`: everything that is kept of one customer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation
from django.utils.module_loading import import_string

from bot.privacy import exporting
from bot.privacy.asked import LANGUAGE, WHO, the_one


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("who", help=WHO)
        parser.add_argument("file", type=Path, help="where to write it; a file that is there is not written over")
        parser.add_argument("--language", choices=[code for code, _name in settings.LANGUAGES], default=LANGUAGE)

    def handle(self, *args: Any, **options: Any) -> None:
        person = the_one(options["who"])
        with options["file"].open("xb") as file, translation.override(options["language"]):
            options["file"].chmod(0o600)
            found = exporting.write(person, file)
        import_string(settings.AUDIT)(None, "exported", name="manage.py", about=f"#{min(person.customers)}")
        for kind, count in sorted(found.items()):
            self.stdout.write(f"{kind}: {count}")
        self.stdout.write(f"written to {options['file']}")
