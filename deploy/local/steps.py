"""Steps of a set-up: each done once for its inputs, seen while it works, redone when it was not finished."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.local import children
from deploy.local.console import Console
from deploy.local.files import write_whole
from deploy.local.trouble import of_os_error, of_output

STOP_GRACE_SECONDS = 5.0


@dataclass(frozen=True)
class Step:
    """`inputs` is a digest of what the result depends on. The step is done when `stamp` holds it and `there` confirms
    that the result still exists. `work` makes the result, from scratch or over an older one."""

    name: str
    title: str
    stamp: Path
    inputs: str
    work: Callable[[Worker], None]
    remedy: str = "read the lines above, correct the cause, and run the same command again."
    there: Callable[[], bool] = lambda: True

    def done(self) -> bool:
        try:
            return self.stamp.read_text(encoding="utf-8").strip() == self.inputs and self.there()
        except OSError:
            return False


class Worker:
    """Runs the commands of one step, showing their last line while they run."""

    def __init__(
        self, step: Step, label: str, *, console: Console, log: Path, cwd: Path, env: Mapping[str, str]
    ) -> None:
        self.step = step
        self.log = log
        self.cwd = cwd
        self.env = env
        self._label = label
        self._console = console
        self._begun = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._begun

    def say(self, text: str) -> None:
        self._console.live(f"{self._label}  {self.seconds:4.0f} s  {text}")

    def note(self, text: str) -> None:
        self._console.line(f"    {text}")

    def call(self, command: Sequence[object], env: Mapping[str, str] | None = None) -> None:
        """Run `command` to its end. Raises Trouble with its last lines when it fails."""
        if not self.attempt(command, env):
            raise of_output(self.step.title, self.log, children.last_lines(self.log), self.step.remedy)

    def attempt(self, command: Sequence[object], env: Mapping[str, str] | None = None) -> bool:
        """Run `command` to its end and tell whether it succeeded."""
        try:
            child = children.spawn(command, cwd=self.cwd, env=env or self.env, log=self.log)
        except OSError as error:
            raise of_os_error(error, command[0]) from error
        try:
            while child.poll() is None:
                self.say((children.last_lines(self.log, 1) or [""])[0])
                time.sleep(children.POLL_SECONDS)
        finally:
            if child.poll() is None:
                children.stop(child, STOP_GRACE_SECONDS)
        return child.returncode == 0


def run(steps: Sequence[Step], *, console: Console, logs: Path, cwd: Path, env: Mapping[str, str]) -> int:
    """Do what is not done, in order; tell how many. Raises Trouble when one fails; those before it stay done."""
    pending = [step for step in steps if not step.done()]
    for number, step in enumerate(pending, 1):
        label = f"[{number}/{len(pending)}] {step.title}"
        log = logs / f"setup-{step.name}.log"
        try:
            _do(step, Worker(step, label, console=console, log=log, cwd=cwd, env=env), label, console)
        except OSError as error:
            raise of_os_error(error, step.stamp) from error
    return len(pending)


def _do(step: Step, worker: Worker, label: str, console: Console) -> None:
    console.line(f"{label} ...")
    worker.log.parent.mkdir(parents=True, exist_ok=True)
    worker.log.open("wb").close()
    step.work(worker)
    write_whole(step.stamp, step.inputs + "\n")
    console.line(f"{label}: done in {worker.seconds:.0f} s")
