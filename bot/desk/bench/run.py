"""The measurement: start the web process, open the desks, let customers write, and compare with the log."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from bot.conversations.database import on_database
from bot.conversations.events import newest
from bot.conversations.models import Event
from bot.desk.bench import world
from bot.desk.bench.desks import Page

# One message of four is for a conversation that an agent has before them.
SHOWN = 4
# How long the last connection may take to bring what was under way when the one before was cut.
SETTLE = 10.0


async def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Everything, in about `seconds` and twenty more."""
    made = await on_database(world.build, options.agents, options.conversations)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    web = _web(folder, port)
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as http:
            await _ready(http, web, folder)
            return await _play(made, http, port, options)
    finally:
        web.terminate()
        with suppress(subprocess.TimeoutExpired):
            web.wait(10)
        web.kill()


def _web(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """The web process as `make run` starts it."""
    environment = {**os.environ, "POSTVENTA_PUBLIC_URL": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "uvicorn", "bot.asgi:application", "--port", str(port), "--no-access-log"]
    with (folder / "web.log").open("w") as log:
        return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log)


async def _ready(http: httpx.AsyncClient, web: subprocess.Popen[bytes], folder: Path) -> None:
    for _ in range(600):
        with suppress(httpx.HTTPError):
            if (await http.get("/healthz")).status_code == 200:
                return
        if web.poll() is not None:
            break
        await asyncio.sleep(0.1)
    raise RuntimeError(f"the web process did not start: {(folder / 'web.log').read_text()[-2000:]}")


async def _play(made: world.World, http: httpx.AsyncClient, port: int, options: argparse.Namespace) -> dict[str, Any]:
    pages = [Page(agent, "127.0.0.1", port) for agent in made.agents]
    end = time.monotonic() + options.seconds + 5
    listening = [asyncio.create_task(page.live(http, end)) for page in pages]
    await asyncio.wait_for(asyncio.gather(*(page.opened.wait() for page in pages)), 30)
    first = await on_database(newest)
    for page in pages:
        page.last = first if page.last is None else page.last
    refused = await _write(made, http, options)
    await asyncio.gather(*listening)
    last = await on_database(newest)
    await asyncio.gather(*(page.catch_up(http, last, SETTLE) for page in pages))
    events = await on_database(_events, first, last)
    return figures(pages, events, refused, options)


async def _write(made: world.World, http: httpx.AsyncClient, options: argparse.Namespace) -> int:
    """Customers write at the rate asked for; how many were not taken."""
    chance = random.Random(7)  # noqa: S311
    shown = [agent.shows for agent in made.agents]
    sent: list[asyncio.Task[bool]] = []
    began = time.monotonic()
    for number in range(int(options.rate * options.seconds)):
        await asyncio.sleep(max(0.0, began + number / options.rate - time.monotonic()))
        pk = chance.choice(shown) if number % SHOWN == 0 else chance.choice(made.conversations)
        sent.append(asyncio.create_task(_say(http, made.token(pk), world.SAID[number % len(world.SAID)])))
    return list(await asyncio.gather(*sent)).count(False)


async def _say(http: httpx.AsyncClient, token: str, text: str) -> bool:
    body = {"client_id": uuid.uuid4().hex, "text": text}
    answer = await http.post("/web/messages", json=body, headers={"authorization": f"Bearer {token}"})
    return answer.status_code == 202


def _events(first: int, last: int) -> list[tuple[int, str, float]]:
    found = Event.objects.filter(pk__gt=first, pk__lte=last).order_by("pk").values_list("pk", "kind", "at")
    return [(pk, kind, at.timestamp()) for pk, kind, at in found]


def figures(
    pages: Sequence[Page], events: Sequence[tuple[int, str, float]], refused: int, options: argparse.Namespace
) -> dict[str, Any]:
    """Times in milliseconds from the event's own time to its arrival at each desk, reconnections included."""
    waits: list[float] = []
    missed = 0
    for page in pages:
        for pk, kind, at in events:
            arrived = page.came.get(pk) or next((when for covers, when in page.reloaded if covers >= pk), None)
            if arrived is None:
                # Only the newest "is typing" or "has read" of each is kept: an older one is no news to anybody.
                missed += kind not in ("typing", "read")
            elif kind == "message":
                waits.append((arrived - at) * 1000)
    fetched = [seconds * 1000 for page in pages for seconds in page.fetched]
    return {
        "agents": len(pages),
        "conversations": options.conversations,
        "messages": sum(kind == "message" for _, kind, _ in events),
        "messages_per_s": options.rate,
        "refused": refused,
        "connections": sum(page.connections for page in pages),
        "arrivals": len(waits),
        "median_ms": at_share(waits, 0.5),
        "p99_ms": at_share(waits, 0.99),
        "max_ms": at_share(waits, 1.0),
        "lines_median_ms": at_share(fetched, 0.5),
        "lines_p99_ms": at_share(fetched, 0.99),
        "reloads": sum(len(page.reloaded) for page in pages),
        "missed": missed,
    }


def at_share(values: Sequence[float], share: float) -> float | None:
    """The smallest of the values that this share of them does not exceed."""
    if not values:
        return None
    return round(sorted(values)[min(len(values) - 1, int(share * len(values)))], 1)
