"""What is done to the shop: its processes killed, its disk full, its database held."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import resource
import signal
import sqlite3
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from deploy.local.stack import Stack

PROCESSES = ("web", "worker", "rasa", "actions", "chroma")
# Python's processes are told of a full disk by an error; Chroma's would be ended by the signal that comes with it.
WRITERS = ("web", "worker", "rasa", "actions")
RETURNS_WITHIN = 300.0
LOOK = 0.05
WHOLE = 0.7
UNLIMITED = resource.RLIM_INFINITY


@dataclass
class Trouble:
    """Kills every process in turn, about `per_minute` times, until `kills` or `seconds` are reached."""

    stack: Stack
    chance: random.Random
    kills: int
    seconds: float
    per_minute: float = 30.0
    done: Counter[str] = field(default_factory=Counter)
    down: dict[str, list[float]] = field(default_factory=dict)

    @property
    def killed(self) -> int:
        return sum(self.done[f"kill {name}"] for name in PROCESSES)

    async def run(self) -> None:
        """Raises TimeoutError when a process does not come back."""
        ends = time.monotonic() + self.seconds
        order: list[str] = []
        while self.killed < self.kills and time.monotonic() < ends:
            if not order:
                order = list(PROCESSES)
                self.chance.shuffle(order)
                await self._something_else()
            await self._kill(order.pop())
            await asyncio.sleep(self.chance.uniform(0.2, 1.8) * 60 / self.per_minute / 2)
        for name in PROCESSES:
            await self._well(name)

    async def _kill(self, name: str) -> None:
        # Mostly the shop is whole again before the next blow; now and then several are down at once.
        for other in PROCESSES if self.chance.random() < WHOLE else (name,):
            await self._well(other)
        # Anywhere within what it is doing, not only at its beginning.
        await asyncio.sleep(self.chance.uniform(0, 60 / self.per_minute))
        with contextlib.suppress(LookupError, ProcessLookupError):
            self.stack.kill(name, signal.SIGKILL)
            self.done[f"kill {name}"] += 1
            self.down.setdefault(name, []).append(time.monotonic())
            await asyncio.sleep(0.3)

    async def _well(self, name: str) -> None:
        deadline = time.monotonic() + RETURNS_WITHIN
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError, ValueError, KeyError):
                if self.stack.pid(name) and self.stack.healthy(name):
                    return
            await asyncio.sleep(LOOK)
        raise TimeoutError(f"{name} was not up again within {RETURNS_WITHIN:.0f} s; its log: {self.stack.log(name)}")

    async def _something_else(self) -> None:
        drawn = self.chance.random()
        if drawn < 0.35:
            await self._full_disk(self.chance.uniform(1, 3))
        elif drawn < 0.6:
            await asyncio.to_thread(self._held_database, self.chance.uniform(1, 4))

    async def _full_disk(self, seconds: float) -> None:
        """No byte more can be written to any file, as on a full disk or a used-up quota."""
        self.done["disk full"] += 1
        for name in WRITERS:
            self._limit(name, 0)
        await asyncio.sleep(seconds)
        for name in WRITERS:
            self._limit(name, UNLIMITED)

    def _limit(self, name: str, size: int) -> None:
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            pid: Any = self.stack.pid(name)
            # Kept by what it starts, so a process that was started meanwhile has none.
            resource.prlimit(int(pid), resource.RLIMIT_FSIZE, (size, UNLIMITED))

    def _held_database(self, seconds: float) -> None:
        """Nobody can write to the database, as while it is restarted."""
        if os.environ.get("DATABASE_URL"):
            return
        self.done["database held"] += 1
        connection = sqlite3.connect(self.stack.told["paths"]["database"], timeout=10, isolation_level=None)
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")
        connection.close()
