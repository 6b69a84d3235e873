"""`manage.py explain C-2611-0042-K7QX`: why that case was decided as it was."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bot.shop.case_numbers import find
from bot.shop.explain import explain


class Command(BaseCommand):
    help = "Print a case's decision, the clause and the facts behind it, its log, and whether it replays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("case", help="the case number, e.g. C-2611-0042-K7QX")

    def handle(self, *args: Any, **options: Any) -> None:
        case = find(options["case"])
        if case is None:
            raise CommandError(f"There is no case {options['case']}. A number looks like C-2611-0042-K7QX.")
        self.stdout.write(explain(case))
