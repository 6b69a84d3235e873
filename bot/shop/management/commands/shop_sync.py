"""`manage.py shop_sync`: fetch the orders that changed in the shop's system; from cron where that sends no webhooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from bot.shop.marked_yaml import FileMistake
from bot.shop.systems import mirror
from bot.shop.systems.base import ShopUnavailable
from bot.shop.systems.registry import NotConfigured


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--since", type=datetime.fromisoformat, help="from this moment, e.g. 2026-01-01")

    def handle(self, *args: Any, **options: Any) -> None:
        since = options["since"]
        if since and timezone.is_naive(since):
            since = timezone.make_aware(since)
        try:
            self.stdout.write(f"orders: {mirror.sync(since)}")
        except (ShopUnavailable, NotConfigured, FileMistake, OSError) as error:
            raise CommandError(str(error)) from error
