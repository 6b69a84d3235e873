"""`manage.py load_demo`: the demo store's customers and orders, dated so that every window is open today."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from bot.shop.clock import shop_day
from bot.shop.demo.load import load_demo, reset_demo


class Command(BaseCommand):
    help = (
        "Load the demo store. Run it again on a later day and its orders move along; an order that has a case keeps "
        "its dates, unless --reset removes the cases first."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", help="the day to count back from, YYYY-MM-DD (default: the shop's today)")
        parser.add_argument("--reset", action="store_true", help="first remove cases, proofs and locks of the demo")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            today = date.fromisoformat(options["today"]) if options["today"] else shop_day()
        except ValueError as error:
            raise CommandError(f"--today {options['today']} is not a day; write it as YYYY-MM-DD.") from error
        if options["reset"]:
            reset_demo()
        loaded = load_demo(today)
        kept = f"; kept for their cases: {', '.join(loaded.kept)}" if loaded.kept else ""
        self.stdout.write(f"demo store for {today}: {loaded.created} created, {loaded.changed} changed{kept}")
