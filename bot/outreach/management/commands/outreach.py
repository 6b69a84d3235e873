"""`manage.py outreach`: what would be sent now, or at noon of another day, against the real orders; `--send` sends."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from bot.outreach import sending
from bot.outreach.preview import Line, preview
from bot.shop.clock import shop_zone


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="plan noon of this day, e.g. 2026-12-01")
        parser.add_argument("--customer", help="of one customer only, by the shop's own id, e.g. c01")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")
        parser.add_argument("--send", action="store_true", help="write what is ready; the worker sends it")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["send"] and options["day"]:
            raise CommandError("--send writes what is due now; leave out --day.")
        key = f"shop:{options['customer']}" if options["customer"] else None
        if options["send"]:
            written = sending.send_to(key) if key else sending.send_due()
            self.stdout.write(f"written: {len(written)}")
            return
        now = datetime.combine(options["day"], time(12), shop_zone()) if options["day"] else timezone.now()
        with translation.override("en"):
            found = preview(now, [key] if key else None)
        if options["json"]:
            parts = {name: [line.as_json() for line in getattr(found, name)] for name in ("ready", "held", "coming")}
            self.stdout.write(json.dumps(parts, ensure_ascii=False))
            return
        for title, lines in (("ready", found.ready), ("held back", found.held), ("coming", found.coming)):
            self.stdout.write(f"{title}: {len(lines)}")
            for line in lines:
                self.stdout.write(f"  {_words(line)}")


def _words(line: Line) -> str:
    due = timezone.localtime(line.due, shop_zone())
    parts = [f"{due:%Y-%m-%d}", line.name, line.rule, line.order, line.channel, line.why and f"({line.why})"]
    return " · ".join(part for part in parts if part)
