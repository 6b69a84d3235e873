"""`python manage.py keep_to_retention`: erase now what is older than retention.yml lets it be."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from bot.privacy import retention


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        total: Counter[str] = Counter()
        while done := retention.keep_to():
            total.update(done)
        for kind, count in sorted(total.items()):
            self.stdout.write(f"{kind}: {count}")
        self.stdout.write("Nothing that is left is too old.")
