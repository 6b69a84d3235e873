"""python -m tests.bench.capacity: what turns, open pages and stored messages cost, and what a month of them needs.

On PostgreSQL and Redis where they are installed, else on SQLite. The last line of the output is one JSON object with
the figures; the exit status says only whether something could be measured.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from deploy.local import environment, ports
from deploy.local import stack as stacks
from deploy.local.layout import ROOT, Layout
from tests.bench import capacity_page, needs
from tests.bench.command import chosen, make_room, say
from tests.bench.needs import Costs, Habits
from tests.services import servers

QUICK = {"turns": 16, "streams": 100, "idle": 5.0, "beside": 5}
PROCESSES = ("web", "rasa", "actions", "worker", "chroma")


def arguments(words: Sequence[str]) -> argparse.Namespace:
    """The command line, understood."""
    parser = argparse.ArgumentParser(prog="make bench-capacity ARGS=…", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--turns", type=int, default=240, help="of the measurement (default: %(default)s)")
    parser.add_argument("--streams", type=int, default=5_000, help="pages open at once (default: %(default)s)")
    parser.add_argument("--idle", type=float, default=30.0, help="seconds to look at what idles (default: %(default)s)")
    parser.add_argument("--beside", type=int, default=20, help="turns beside open pages (default: %(default)s)")
    parser.add_argument(
        "--turns-each", type=float, default=Habits.turns, help="assumed of a conversation (%(default)s)"
    )
    parser.add_argument("--peak", type=float, default=Habits.peak, help="assumed: busiest hour over mean (%(default)s)")
    parser.add_argument("--var", type=Path, default=ROOT / "var" / "bench-capacity", help="its folder; made anew")
    parser.add_argument("--write", type=Path, help="write the page there")
    return chosen(parser, words, QUICK)


def main(words: Sequence[str] | None = None) -> int:
    """0: measured, whatever the figures; 2: could not be measured, and why is on stderr."""
    options = arguments(sys.argv[1:] if words is None else words)
    shutil.rmtree(options.var, ignore_errors=True)
    options.var.mkdir(parents=True)
    var = options.var.absolute()
    make_room(options.streams)
    try:
        with ExitStack() as stack:
            env, engine = _engine(stack, var)
            env["POSTVENTA_LOG_LEVEL"] = "WARNING"
            say("the shop starts")
            shop = stack.enter_context(stacks.running(var / "shop", env=env))
            return measure(options, shop, env, engine)
    except RuntimeError as error:
        print(f"not measured: {error}", file=sys.stderr)
        return 2


def _engine(stack: ExitStack, var: Path) -> tuple[dict[str, str], int]:
    """The settings of PostgreSQL and Redis, and PostgreSQL's pid; nothing and 0 where they cannot be had."""
    try:
        servers.redis_server()
        database = stack.enter_context(servers.postgres(var / "postgres"))
    except servers.Missing as missing:
        say(f"on SQLite: {missing}")
        return {}, 0
    redis = stack.enter_context(servers.redis_at(var / "redis"))
    env = {"DATABASE_URL": database, "POSTVENTA_RASA_TRACKERS": database, "REDIS_URL": redis}
    return env, servers.pid_of(var / "postgres")


def measure(options: argparse.Namespace, shop: stacks.Stack, env: dict[str, str], engine: int) -> int:
    """On a running shop; Django comes to know whose data it is about only here."""
    layout = Layout.of(shop.var)
    apart = {**environment.apart(os.environ), **env}
    os.environ.update(environment.for_shop(layout, ports.Ports(**shop.told["ports"]), apart))
    import django

    django.setup()
    pids = {name: shop.pid(name) or 0 for name in PROCESSES}
    costs, about = asyncio.run(_costs(options, shop.urls["web"], pids | ({"database": engine} if engine else {})))
    habits = Habits(turns=options.turns_each, peak=options.peak)
    if options.write:
        options.write.write_text(capacity_page.page(costs, habits, about), encoding="utf-8")
    months = {str(month): asdict(needs.needed(month, costs, habits)) for month in capacity_page.MONTHS}
    bottleneck, rate = needs.first_to_give_way(costs)
    told = {**asdict(costs), "bottleneck": bottleneck, "turns_per_s": rate, "months": months, **asdict(about)}
    print(json.dumps(told))
    return 0


async def _costs(options: argparse.Namespace, web: str, pids: dict[str, int]) -> tuple[Costs, capacity_page.About]:
    from django.db import connection

    from bot.conversations.database import on_database
    from tests.bench import costs
    from tests.bench.customers import caller

    async with caller(web) as client:
        say(f"{options.turns} turns")
        turns = await costs.of_turns(client, pids, options.turns, options.idle)
        watched = await on_database(costs.of_watching)
        say(f"{options.streams} open pages")
        pages = await costs.of_pages(client, pids["web"], options.streams, options.idle, options.beside)
    found = Costs(
        turn=turns.cpu, stream=pages.bytes, stream_idle=pages.idle, streams=pages.opened, stored=turns.stored,
        events=turns.logged, watched=watched, idle=turns.idle,
    )  # fmt: skip
    day = f"{datetime.now(UTC):%Y-%m-%d}"
    return found, capacity_page.About(connection.vendor, options.turns, turns.seconds, pages.turn, day)


if __name__ == "__main__":
    sys.exit(main())
