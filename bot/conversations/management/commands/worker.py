"""`python manage.py worker`: finishes what other processes left, sends what waits, and runs the background tasks."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string
from prometheus_client import start_http_server

from bot import metrics, tracing
from bot.conversations import duty, worker


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        asyncio.run(self._run())

    async def _run(self) -> None:
        tracing.start("worker")
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, stop.set)
        if settings.METRICS_WORKER_PORT:
            start_http_server(settings.METRICS_WORKER_PORT, addr="127.0.0.1", registry=metrics.registry)
        chores = [import_string(path) for path in settings.WORKER_CHORES]
        self.stdout.write(f"worker: ready, with {len(chores)} chores")
        await asyncio.gather(worker.forever(stop), duty.keep(chores, stop))
        self.stdout.write("worker: stopped")
