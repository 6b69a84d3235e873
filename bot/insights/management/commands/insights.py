"""manage.py insights refresh|replay|watch|digest: what the worker does by itself, by hand."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from bot.insights import digest, reading
from bot.insights.radar import watching
from bot.shop.clock import shop_day


class Command(BaseCommand):
    help = "Read the event log into figures (refresh; replay: all of it again), look with the radar, send the digest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["refresh", "replay", "watch", "digest"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "watch":
            self.stdout.write(f"{len(watching.watch())} new alarms")
        elif options["what"] == "digest":
            self.stdout.write(f"{digest.send(digest.last_week(shop_day()), again=True)} mails sent")
        else:
            read = reading.replay() if options["what"] == "replay" else reading.refresh()
            self.stdout.write(f"{read} conversations read")
