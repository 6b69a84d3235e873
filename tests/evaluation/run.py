"""The whole run: every question, dialogue and attack of a folder, several at a time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tqdm import tqdm

from tests.evaluation import attacks, dialogues, questions
from tests.evaluation.dialogues import Performance, performances
from tests.evaluation.results import Result, SetName
from tests.evaluation.sets import Attack, Channel, Question, Sets
from tests.evaluation.shop import CommandFailed, Shop, waves
from tests.evaluation.wire import Refused, Staff, Unreachable, Wire

type Job = Callable[[], Awaitable[Result]]


class NotMeasured(Exception):
    """There are no figures to be had; the text says why and what to do."""


@dataclass
class Run:
    """`fresh`: put the demo shop back between waves of dialogues. `parallel`: how many customers write at once."""

    wire: Wire
    shop: Shop
    parallel: int = 6
    fresh: bool = True
    quiet: bool = False
    results: list[Result] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def staff(self) -> Staff:
        return Staff(self.wire, self.shop.token)

    async def play(self, sets: Sets, only: frozenset[SetName], channels: tuple[Channel, ...]) -> list[Result]:
        """Raises `NotMeasured` when the system cannot be spoken to, or when nothing could be played."""
        await self._check()
        played = performances(sets.dialogues, channels) if "dialogues" in only else []
        asked = sets.questions if "questions" in only else []
        attacked = sets.attacks if "attacks" in only else []
        if not (played or asked or attacked):
            raise NotMeasured(f"{sets.folder}: no lines are left to play with --only {' '.join(sorted(only))}")
        with tqdm(total=len(asked) + len(played) + len(attacked), file=sys.stderr, disable=self.quiet) as bar:
            await self._all([self._asking(question) for question in asked], bar)
            await self._dialogues(played, bar)
            await self._all([self._attacking(line) for line in attacked], bar)
        if played or attacked:
            await self._afresh()
        if all(result.error for result in self.results):
            raise NotMeasured(f"nothing could be played; the first error: {self.results[0].error}")
        return self.results

    async def _check(self) -> None:
        try:
            await self.staff.check()
        except Refused as error:
            raise NotMeasured(
                f"{error}\nThe staff API does not take the key: give --token, set POSTVENTA_API_TOKEN, or run this "
                "with the environment of the running system (manage.py api_token ana)."
            ) from error
        except Unreachable as error:
            raise NotMeasured(f"{error}\nNothing answers there: start the system, or name it with --base.") from error
        # Outside the sandbox there are real orders; those are nobody's to put back.
        sandbox = await self.wire.call("GET", "/sandbox/api/telegram/700199999")
        if self.fresh and not sandbox.is_success:
            self.fresh = False
            self.notes.append(
                f"The sandbox is off (HTTP {sandbox.status_code}): no phone and no other day can be played."
            )

    async def _dialogues(self, played: Sequence[Performance], bar: tqdm[None]) -> None:
        for wave in waves(played):
            if wave.afresh:
                await self._afresh()
            await self._all([self._playing(one) for one in wave.performances], bar)
        if played and not self.fresh:
            self.notes.append(
                "The shop was not put back between dialogues: orders that several dialogues touch remember the earlier "
                "ones (a third contact within 30 days goes to a person)."
            )

    async def _afresh(self) -> None:
        if not self.fresh:
            return
        try:
            await self.shop.afresh()
        except CommandFailed as error:
            self.fresh = False
            self.notes.append(str(error))

    async def _all(self, jobs: Sequence[Job], bar: tqdm[None]) -> None:
        gate = asyncio.Semaphore(self.parallel)

        async def one(job: Job) -> None:
            async with gate:
                self.results.append(await job())
            bar.update()

        async with asyncio.TaskGroup() as group:
            for job in jobs:
                group.create_task(one(job))

    def _asking(self, question: Question) -> Job:
        failed = Result(
            "questions", question.id, question.lang[:2], "web", question.kind,
            expected=question.expect or [question.reason_code or question.kind], danger=questions.is_danger(question),
        )  # fmt: skip
        return lambda: _or_failed(questions.ask(self.wire, self.staff, question), failed)

    def _playing(self, one: Performance) -> Job:
        expect = one.dialogue.expect
        failed = Result(
            "dialogues", one.name, one.dialogue.lang[:2], one.channel, expect.outcome,
            expected=[expect.outcome], danger=expect.reason_code == "safety",
        )  # fmt: skip
        return lambda: _or_failed(dialogues.play(self.wire, self.staff, one), failed)

    def _attacking(self, line: Attack) -> Job:
        failed = Result("attacks", line.id, (line.lang or "")[:2], line.channel, line.kind, expected=["held"])
        return lambda: _or_failed(attacks.attack(self.wire, self.staff, line), failed)


async def _or_failed(play: Awaitable[Result], failed: Result) -> Result:
    """The result, or the failed one with the reason why it could not be played."""
    try:
        return await play
    except (Refused, Unreachable) as error:
        failed.error = str(error)
    except (KeyError, TypeError, ValueError) as error:
        failed.error = f"the system's answer is not of the documented form: {type(error).__name__} {error}"
    failed.problems = [failed.error]
    failed.actual = ["error"]
    return failed
