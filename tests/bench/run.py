"""All measurements, in one run on one machine."""

from __future__ import annotations

import json
import statistics
from argparse import Namespace
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.conversations.database import on_database
from bot.conversations.models import Turn
from deploy.local.layout import Layout
from deploy.local.stack import Stack
from tests.bench import growth, stock
from tests.bench.customers import Caller, Door, Measured, asker, at_once, caller, visitor
from tests.bench.customers import stock as stock_customer
from tests.bench.processes import Engine, engine, free_port, resident

AT_ONCE = (1, 8, 32)


@dataclass
class Figures:
    """Of this system, of its Rasa alone (`engine`) and of stock Rasa: seconds, megabytes, turns a second; of each kind
    of turn the median at 1 on each side; and the ratios of growth."""

    ours: dict[str, float] = field(default_factory=dict)
    stock: dict[str, float] = field(default_factory=dict)
    engine: dict[str, float] = field(default_factory=dict)
    kinds: dict[str, dict[str, float]] = field(default_factory=dict)
    overhead: float | None = None
    parts: dict[str, float] = field(default_factory=dict)
    growth_events: float | None = None
    growth_messages: float | None = None
    growth_passages: float | None = None
    streams: growth.Streams | None = None

    def ratio(self, name: str, side: str = "ours") -> float | None:
        """Ours (or the engine's) over stock Rasa's; None where one was not measured."""
        told: dict[str, float] = getattr(self, side)
        if not self.stock.get(name) or name not in told:
            return None
        return round(told[name] / self.stock[name], 3)

    def line(self) -> dict[str, Any]:
        """The line of JSON (design: Commands)."""
        return {
            "ready_ratio": self.ratio("ready"),
            "rss_ratio": self.ratio("rss"),
            "turn_ratio_c1": self.ratio("turn_c1"),
            "turn_ratio_c8": self.ratio("turn_c8"),
            "turns_per_s_ratio": self.ratio("per_second_c8"),
            "engine_turn_ratio_c1": self.ratio("turn_c1", "engine"),
            "engine_turns_per_s_ratio": self.ratio("per_second_c8", "engine"),
            "overhead_share": self.overhead,
            "growth_events": self.growth_events,
            "growth_messages": self.growth_messages,
            "growth_passages": self.growth_passages,
            "streams": self.streams.opened if self.streams else None,
        }


@dataclass
class Bench:
    """`say` tells how far it is."""

    shop: Stack
    options: Namespace
    env: Mapping[str, str]
    layout: Layout
    say: Callable[[str], None]
    figures: Figures = field(default_factory=Figures)

    async def measure(self) -> Figures:
        """Raises RuntimeError when something could not be measured."""
        async with caller(self.shop.urls["web"]) as ours:
            # What a process loads when it is first needed, such as the worker's articles, is no part of a turn.
            self.say("the first customers come")
            await at_once(visitor, ours, 1, self.options.turns)
            if self.options.stock_python:
                await self._beside_stock(ours)
            else:
                await self._turns("ours", visitor, ours)
            self.say(as_json(self.figures))
            await self._overhead(ours)
            await self._growth(ours)
        return self.figures

    async def _beside_stock(self, ours: Caller) -> None:
        self.say("our Rasa starts")
        with self._our_engine() as alone:
            self.figures.ours["ready"] = alone.ready
        self.say("stock Rasa: training, unless its model is there")
        with self._stock_engine() as other:
            self.figures.stock["ready"] = other.ready
            token = self.shop.secrets()["POSTVENTA_RASA_TOKEN"]
            async with caller(other.base) as theirs, caller(self.shop.urls["rasa"], token) as engine:
                for customers in AT_ONCE:
                    await self._at_once("ours", visitor, ours, customers)
                    await self._at_once("engine", asker, engine, customers)
                    await self._at_once("stock", stock_customer, theirs, customers)
            self.figures.stock["rss"] = other.megabytes()
            self.figures.ours["rss"] = resident(self.shop.pid("rasa") or 0)

    async def _turns(self, side: str, door: Door, client: Caller) -> None:
        for customers in AT_ONCE:
            await self._at_once(side, door, client, customers)

    async def _at_once(self, side: str, door: Door, client: Caller, customers: int) -> None:
        self.say(f"{side}: {customers} at once")
        await at_once(door, client, customers, max(2, self.options.turns // 10))
        measured: Measured = await at_once(door, client, customers, self.options.turns)
        told = getattr(self.figures, side)
        told[f"turn_c{customers}"], told[f"per_second_c{customers}"] = measured.median, measured.per_second
        if customers == 1:
            self.figures.kinds[side] = measured.by_kind()

    async def _overhead(self, client: Caller) -> None:
        """What of a turn is not Rasa's: the time until the page has the answer against the time of the call."""
        self.say("share of each part")
        before = await on_database(_last_turn)
        measured = await at_once(visitor, client, 1, self.options.turns)
        calls = await on_database(_calls_after, before)
        inside = calls[-len(measured.turns) :]
        self.figures.parts = {"turn": measured.median, "rasa with its actions": statistics.median(inside)}
        pairs = zip(measured.turns, inside, strict=True)
        self.figures.overhead = round(statistics.median(1 - call / took for (_kind, took), call in pairs), 3)

    async def _growth(self, client: Caller) -> None:
        options, figures = self.options, self.figures
        self.say(f"a conversation of {options.events} events")
        figures.growth_events = round(await growth.long_conversation(client, options.events, options.turns // 2), 3)
        self.say(f"{options.streams} open pages")
        figures.streams = await growth.open_streams(client, self.shop.pid("web") or 0, options.streams)
        self.say(f"{options.messages} stored messages")
        few = min(1_000, options.messages)
        figures.growth_messages = round(await growth.full_store(client, few, options.messages, options.turns // 2), 3)
        if options.passages:
            self.say(f"{options.passages} passages")
            figures.growth_passages = await on_database(self._passages)

    def _passages(self) -> float:
        from tests.retrieval import size

        size.SMALL, size.LARGE = min(1_000, self.options.passages), self.options.passages
        return size.measured(Path(self.options.var).absolute() / "passages")["ratio"]

    @contextmanager
    def _our_engine(self) -> Iterator[Engine]:
        port = free_port()
        env = {**self.env, "POSTVENTA_RASA_TRACKERS": str(self.shop.var / "alone.sqlite3")}
        command: list[object] = [self.layout.rasa_python, "-m", "bot.dialogue.components.serve", "--port", port]
        command += ["--project", self.layout.root, "--model", self.layout.model()]
        with engine(command, "/health", port, self.layout.root, self.layout.logs, env) as running:
            yield running

    @contextmanager
    def _stock_engine(self) -> Iterator[Engine]:
        folder, python = Path(self.options.kept).absolute(), Path(self.options.stock_python).absolute()
        # Not the shop's settings: Rasa as it comes.
        env = {name: value for name, value in self.env.items() if not name.startswith(("POSTVENTA_", "DJANGO_"))}
        token = self.shop.secrets()["POSTVENTA_ACTIONS_TOKEN"]
        stock.project(folder, self.options.epochs, self.shop.urls["actions"], token)
        model, port = stock.trained(folder, python, env), free_port()
        command: list[object] = [python, "-m", "rasa", "run", "--model", model, "--port", port, "-i", "127.0.0.1"]
        command += ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml"]
        with engine(command, "/", port, folder, self.layout.logs, env) as running:
            yield running


def _last_turn() -> int:
    return Turn.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _calls_after(last: int) -> list[float]:
    times = Turn.objects.filter(pk__gt=last).order_by("pk").values_list("milliseconds", flat=True)
    return [milliseconds / 1000 for milliseconds in times]


def as_json(figures: Figures) -> str:
    return json.dumps(figures.line())
