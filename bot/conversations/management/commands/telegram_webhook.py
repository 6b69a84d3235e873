"""`python manage.py telegram_webhook`: tell Telegram where to post updates, with which secret and of which kinds."""

from __future__ import annotations

import asyncio
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from channels import registry
from channels.base import ChannelError
from channels.telegram.adapter import TelegramAdapter
from channels.telegram.polling import set_webhook


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.PUBLIC_BASE_URL.startswith("https://"):
            raise CommandError("Telegram posts to https only: set POSTVENTA_PUBLIC_URL, or let the worker poll.")
        if settings.TELEGRAM_BOT_TOKEN and not settings.TELEGRAM_WEBHOOK_SECRET:
            raise CommandError("Set TELEGRAM_WEBHOOK_SECRET first: without it every webhook is refused.")
        address = settings.PUBLIC_BASE_URL + registry.WEBHOOK_PATH.format(kind="telegram")
        try:
            adapter = registry.adapter("telegram")
            assert isinstance(adapter, TelegramAdapter)
            asyncio.run(set_webhook(adapter, address, settings.TELEGRAM_WEBHOOK_SECRET))
        except (registry.NotConfigured, ChannelError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Telegram posts to {address}")
