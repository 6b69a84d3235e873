"""Starts processes in order of need, keeps them running, and ends all of them together."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from deploy.local import children
from deploy.local.console import Console
from deploy.local.processes import Process
from deploy.local.trouble import Trouble, of_os_error, of_output

TICK_SECONDS = 0.1
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0
DEATHS_WHILE_STARTING = 5
LOG_BYTES = 20 * 10**6


class Run:
    """One process as it runs now: its child, when it began, how often it died."""

    def __init__(self, process: Process, log: Path) -> None:
        self.process = process
        self.log = log
        self.child: subprocess.Popen[bytes] | None = None
        self.healthy = False
        self.begun = 0.0
        self.offset = 0
        self.deaths = 0
        self.due = 0.0
        self.given_up = False
        self.ever_healthy = False

    @property
    def pid(self) -> int | None:
        return self.child.pid if self.child else None

    def start(self, cwd: Path, env: Mapping[str, str]) -> None:
        self.offset = self.log.stat().st_size if self.log.exists() else 0
        self.child = children.spawn(self.process.command, cwd=cwd, env={**env, **self.process.env}, log=self.log)
        self.begun = time.monotonic()
        self.healthy = False

    def seconds(self) -> float:
        return time.monotonic() - self.begun

    def pause(self, longest: float) -> float:
        doubled = FIRST_PAUSE_SECONDS * 2.0 ** max(0, self.deaths - 1)
        return min(doubled, longest)


class Supervisor:
    """Runs `processes` until told to stop by SIGINT, SIGTERM or SIGHUP.

    `ready` is called once, when all are healthy; `changed` whenever a pid or a health changed. A process that dies is
    started again, after a pause that doubles with every death in a row up to `longest_pause` seconds, unless `restart`
    is False.
    """

    def __init__(
        self,
        processes: Sequence[Process],
        *,
        cwd: Path,
        env: Mapping[str, str],
        logs: Path,
        console: Console,
        ready: Callable[[], None],
        changed: Callable[[Sequence[Run]], None] = lambda runs: None,
        restart: bool = True,
        longest_pause: float = LONGEST_PAUSE_SECONDS,
    ) -> None:
        self._longest_pause = longest_pause
        self.runs = [Run(process, logs / f"{process.name}.log") for process in processes]
        self._cwd = cwd
        self._env = env
        self._console = console
        self._ready = ready
        self._changed = changed
        self._restart = restart
        self._started = False
        self._begun = time.monotonic()
        self._signals = 0

    def run(self) -> None:
        """Blocks until stopped. Raises Trouble when a process cannot be brought up; all are ended then, too."""
        before = {number: signal.signal(number, self._on_signal) for number in _ENDING}
        try:
            for run in self.runs:
                _begin_log(run.log)
            while not self._signals:
                self._tick()
                time.sleep(TICK_SECONDS)
            self._console.line("Stopping ...")
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def _tick(self) -> None:
        for run in self.runs:
            if self._signals:
                return
            if run.child is None:
                self._start_if_due(run)
            elif run.child.poll() is not None:
                self._take_note_of_death(run)
            elif not run.healthy:
                self._ask(run)
        if self._started:
            return
        if all(run.healthy for run in self.runs):
            self._started = True
            self._ready()
        else:
            waiting = ", ".join(run.process.name for run in self.runs if not run.healthy)
            self._console.live(f"  {time.monotonic() - self._begun:4.0f} s  waiting for {waiting}")

    def _start_if_due(self, run: Run) -> None:
        healthy = {other.process.name for other in self.runs if other.healthy}
        # Once it has been up, it does not wait for what it needs: that is being restarted by itself.
        if (
            run.given_up
            or time.monotonic() < run.due
            or not (run.ever_healthy or healthy.issuperset(run.process.needs))
        ):
            return
        try:
            run.start(self._cwd, self._env)
        except OSError as error:
            raise of_os_error(error, run.process.command[0]) from error
        self._changed(self.runs)

    def _take_note_of_death(self, run: Run) -> None:
        assert run.child is not None
        how = _how_it_ended(run.child.returncode)
        children.signal_group(run.child, signal.SIGKILL)
        steady = run.healthy and run.seconds() > STEADY_SECONDS
        run.deaths = 1 if steady else run.deaths + 1
        run.child = None
        run.healthy = False
        limit = DEATHS_WHILE_STARTING if self._restart else 1
        if not self._started and run.deaths >= limit:
            raise self._failure(run, f"{run.process.name} {how} while starting, {run.deaths} times")
        run.given_up = not self._restart
        pause = run.pause(self._longest_pause)
        run.due = time.monotonic() + pause
        then = f"starting it again in {pause:.1f} s" if self._restart else "it stays down"
        self._console.line(f"  {run.process.name} {how}; {then}  ({run.log})")
        self._changed(self.runs)

    def _ask(self, run: Run) -> None:
        if run.process.healthy(run.log, run.offset):
            run.healthy = run.ever_healthy = True
            self._console.line(f"  {run.process.name:8} healthy after {run.seconds():.1f} s, pid {run.pid}")
            self._changed(self.runs)
        elif not self._started and run.seconds() > run.process.limit:
            raise self._failure(run, f"{run.process.name} was not healthy within {run.process.limit:.0f} s")

    def _failure(self, run: Run, what: str) -> Trouble:
        lines = children.last_lines(run.log, offset=run.offset)
        return of_output(what, run.log, lines, "the lines above say why; correct that and start again.")

    def _stop_all(self) -> None:
        seen = self._signals
        for run in reversed(self.runs):
            if run.child is None:
                continue
            # A second signal means: at once.
            if not children.stop(run.child, run.process.grace, lambda: self._signals > seen + 1):
                self._console.line(f"  {run.process.name} did not end within {run.process.grace:.0f} s and was killed")
            run.child = None
            run.healthy = False
        self._changed(self.runs)


_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def _begin_log(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"ended with code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"
