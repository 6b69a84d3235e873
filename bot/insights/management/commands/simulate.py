"""manage.py simulate: a year of customers, orders and conversations to look at."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from bot.conversations.models import Conversation
from bot.insights import reading
from bot.insights.simulation.plan import DEFAULT_WAVES, FAULTS, MARK, Plan, Wave
from bot.insights.simulation.play import forget, simulate
from bot.shop.clock import shop_day
from bot.shop.demo.load import PATH as DEMO
from bot.shop.demo.load import DemoStore
from bot.shop.marked_yaml import load
from bot.shop.models import Order

FLAG = "--beside-real-data"


class Command(BaseCommand):
    help = (
        "Make a believable, seeded year of customers, orders, conversations, faults and ratings. Same seed, same year."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--months", type=int, default=12)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--conversations", type=int, default=6_000, help="how often customers come with something")
        parser.add_argument("--until", type=date.fromisoformat, help="the day after the last one (default: today)")
        parser.add_argument(
            "--fault-wave", action="append", metavar="SKU:PART:MONTH[:SHARE]", help="or `none`; may be repeated"
        )
        parser.add_argument("--truth", type=Path, help="where to write what is known of the year, as JSON")
        parser.add_argument("--forget", action="store_true", help="take the simulated year away and make no other")
        parser.add_argument(FLAG, action="store_true", help="write into a database that holds orders of your own")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["beside_real_data"]:
            _refuse_real_shop()
        forget()
        if options["forget"]:
            reading.replay()
            self.stdout.write("the simulated year is gone")
            return
        plan = Plan(
            until=options["until"] or shop_day(), months=options["months"], seed=options["seed"],
            conversations=options["conversations"], waves=_waves(options["fault_wave"], options["months"]),
        )  # fmt: skip
        started = monotonic()
        truth = simulate(plan, self.stderr.write)
        made = monotonic()
        reading.replay(plan.end)
        path: Path = options["truth"] or settings.VAR_DIR / "simulated.json"
        path.write_text(json.dumps(truth, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        self.stdout.write(
            f"{truth['episodes']} episodes with {truth['messages']} messages in {made - started:.0f} s, "
            f"read in {monotonic() - made:.0f} s; the truth is in {path}"
        )


def _refuse_real_shop() -> None:
    demo = [entry.number for entry in load(DEMO, DemoStore).orders]
    mine = Order.objects.exclude(customer__reference__startswith=MARK).exclude(number__in=demo)
    talks = Conversation.objects.exclude(identity__known_as__startswith=MARK)
    if mine.exists() or (not settings.SANDBOX and talks.exists()):
        raise CommandError(
            "this database holds orders or conversations of a real shop, and a simulated year would mix with them. "
            "Use another one (DATABASE_URL=sqlite:///var/simulated.sqlite3 after `manage.py migrate`), or say "
            f"{FLAG}; `simulate --forget` takes the year away again."
        )


def _waves(told: list[str] | None, months: int) -> tuple[Wave, ...]:
    if not told:
        return tuple(wave for wave in DEFAULT_WAVES if wave.month <= months)
    return tuple(_wave(text) for text in told if text != "none")


def _wave(text: str) -> Wave:
    sku, *rest = text.split(":")
    try:
        part, month, *share = rest
        wave = Wave(sku, part, int(month), float(share[0]) if share else Wave.share)
    except (ValueError, TypeError) as error:
        raise CommandError(f"--fault-wave {text!r}: write SKU:PART:MONTH[:SHARE], as EB2:battery:8:0.25") from error
    if wave.problem not in FAULTS.get(sku, {}):
        raise CommandError(f"--fault-wave {text!r}: known are {', '.join(FAULTS)}; parts of {sku}: {FAULTS.get(sku)}")
    return wave
