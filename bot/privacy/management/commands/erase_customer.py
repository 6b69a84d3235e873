"""`python manage.py erase_customer WHO`: erase one customer; without `--yes` it only says what would go and stay."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bot.privacy import erasing, exporting
from bot.privacy.asked import WHO, the_one
from bot.shop.personal import open_cases


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("who", help=WHO)
        parser.add_argument("--yes", action="store_true", help="erase; it cannot be undone")
        parser.add_argument("--open-cases", action="store_true", help="although cases are open, which then go on mute")

    def handle(self, *args: Any, **options: Any) -> None:
        person = the_one(options["who"])
        waiting = open_cases(person)
        for kind, count in sorted(exporting.counts(person).items()):
            self.stdout.write(f"{kind}: {count}")
        if waiting:
            self.stdout.write(f"open cases: {', '.join(waiting)}")
        if not options["yes"]:
            self.stdout.write("Nothing was erased. docs/privacy.md says what goes and what stays; --yes erases.")
            return
        if waiting and not options["open_cases"]:
            raise CommandError("Somebody waits for an answer in these cases: close them, or give --open-cases.")
        erasure = erasing.begin(person)
        if erasure is None:
            self.stdout.write("Nothing is left of this customer.")
            return
        for kind, count in sorted(erasure.counts.items()):
            self.stdout.write(f"erased: {count} {kind}")
        if erasure.problem:
            self.stdout.write(f"Something does not answer ({erasure.problem}); the worker goes on with it.")
        self.stdout.write(f"Erasure {erasure.pk}; the worker makes sure of it at {erasure.last_at:%H:%M:%S} UTC.")
