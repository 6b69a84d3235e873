"""A calm run, then the same under every trouble there is, then the account."""

from __future__ import annotations

import asyncio
import random
import time
from argparse import Namespace
from dataclasses import dataclass, field
from typing import Any

from bot.conversations.database import on_database
from deploy.local.stack import Stack
from tests.chaos import accounts, scripts
from tests.chaos.accounts import Account
from tests.chaos.people import CHANNELS, Stuck, Talk, ana, draw
from tests.chaos.trouble import Trouble
from tests.chaos.wire import Wire

# What is still on its way when the trouble ends has this long to arrive.
SETTLES_WITHIN = 240.0


class NotMeasured(Exception):
    """There are no figures to be had; the text says why."""


@dataclass
class Run:
    """One measurement; `talks` are those of the troubled part."""

    stack: Stack
    wire: Wire
    options: Namespace
    token: str
    chance: random.Random
    number: int = 0
    talks: list[Talk] = field(default_factory=list)
    account: Account = field(default_factory=Account)
    trouble: Trouble | None = None
    seconds: float = 0.0

    async def play(self) -> None:
        """Raises `NotMeasured`."""
        stop, ready = asyncio.Event(), asyncio.Event()
        serving = asyncio.create_task(self.wire.serve(ready, stop))
        await ready.wait()
        helping = asyncio.create_task(ana(self.wire, self.token, stop))
        try:
            calm = await self._calm()
            await self._troubled()
            await on_database(self._account, calm)
        finally:
            stop.set()
            await helping
            await serving

    async def _calm(self) -> list[Talk]:
        channels = CHANNELS if self.options.calm else ("web", "telegram")
        talks = [self._talk(script, channel) for script in scripts.SCRIPTS for channel in channels]
        await self._all(talks)
        if stuck := [talk.trouble for talk in talks if talk.trouble]:
            raise NotMeasured(f"already the calm run did not come to its end: {stuck[0]}")
        return talks

    async def _troubled(self) -> None:
        begun, options = time.monotonic(), self.options
        self.trouble = Trouble(self.stack, self.chance, options.kills, options.seconds, options.per_minute)
        self.wire.calm = False
        troubling = asyncio.create_task(self.trouble.run())
        running: set[asyncio.Task[None]] = set()
        while not troubling.done() or len(self.talks) < options.conversations:
            running = {task for task in running if not task.done()}
            if len(running) < options.parallel:
                talk = self._talk(self.chance.choice(scripts.SCRIPTS), draw(self.chance, len(self.talks)))
                self.talks.append(talk)
                running.add(asyncio.create_task(self._one(talk)))
            await asyncio.sleep(0.05)
        self.wire.quiet()
        await asyncio.gather(*running)
        if self.wire.underway:
            await asyncio.wait(set(self.wire.underway), timeout=SETTLES_WITHIN)
        try:
            await troubling
        except TimeoutError as error:
            raise NotMeasured(str(error)) from error
        self.seconds = time.monotonic() - begun

    async def _all(self, talks: list[Talk]) -> None:
        gate = asyncio.Semaphore(self.options.parallel)

        async def one(talk: Talk) -> None:
            async with gate:
                await self._one(talk)

        await asyncio.gather(*(one(talk) for talk in talks))

    async def _one(self, talk: Talk) -> None:
        if talk.script.order:
            talk.order = await on_database(scripts.copy_order, talk.script.order, scripts.FIRST_ORDER + talk.number)
        try:
            await talk.go()
        except Stuck as stuck:
            talk.trouble = str(stuck)

    def _talk(self, script: scripts.Script, channel: str) -> Talk:
        self.number += 1
        return Talk(script, channel, self.number, self.wire)

    def _account(self, calm: list[Talk]) -> None:
        cases: dict[str, Any] = {talk.script.name: scripts.cases_of(talk.order) for talk in calm if talk.order}
        known = {line for talk in calm for line in accounts.transcript(talk)}
        phones = accounts.phones(str(self.stack.var / "provider" / "postventa.sqlite3"))
        for talk in self.talks:
            accounts.said(talk, self.account)
            accounts.answered(talk, self.account)
            accounts.delivered(talk, self.account, phones)
            accounts.decided(talk, cases, self.account)
            self.account.answers_differ += sum(line not in known for line in accounts.transcript(talk))
            if talk.trouble:
                self.account.note("lost", talk.trouble)
        for refused in self.wire.refused:
            self.account.note("lost", f"a webhook was refused: {refused}")
