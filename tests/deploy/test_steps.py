"""Steps are done once, redone when unfinished, and fail with words that help."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import steps
from deploy.local.console import Console
from deploy.local.environments import check_space
from deploy.local.files import held, write_whole
from deploy.local.steps import Step, Worker
from deploy.local.trouble import Trouble


@pytest.fixture
def run(tmp_path: Path, console: Console) -> Callable[..., int]:
    def go(*wanted: Step) -> int:
        return steps.run(wanted, console=console, logs=tmp_path / "logs", cwd=tmp_path, env=dict(os.environ))

    return go


def python(tmp_path: Path, name: str, code: str, inputs: str = "one") -> Step:
    return Step(
        name,
        f"Step {name}",
        tmp_path / "setup" / name,
        inputs,
        lambda worker: worker.call([sys.executable, "-c", code]),
        remedy="water the plants",
    )


def test_a_step_is_done_once_for_its_inputs(tmp_path: Path, run: Callable[..., int]) -> None:
    append = "open('ledger', 'a').write('x')"
    assert run(python(tmp_path, "a", append)) == 1
    assert run(python(tmp_path, "a", append)) == 0
    assert run(python(tmp_path, "a", append, inputs="two")) == 1
    assert (tmp_path / "ledger").read_text() == "xx"


def test_a_result_that_vanished_is_made_again(tmp_path: Path, run: Callable[..., int]) -> None:
    result = tmp_path / "result"
    step = Step("b", "B", tmp_path / "setup" / "b", "one", lambda worker: result.touch(), there=result.exists)
    assert run(step) == 1
    assert run(step) == 0
    result.unlink()
    assert run(step) == 1


def test_a_failed_step_shows_its_last_lines_and_leaves_those_before_it_done(
    tmp_path: Path, run: Callable[..., int]
) -> None:
    good = python(tmp_path, "good", "pass")
    bad = python(tmp_path, "bad", "print('the pump is dry'); raise SystemExit(3)")
    with pytest.raises(Trouble) as caught:
        run(good, bad)
    told = caught.value.text()
    assert "Step bad" in told
    assert "the pump is dry" in told
    assert "water the plants" in told
    assert str(tmp_path / "logs" / "setup-bad.log") in told
    assert good.done()
    assert not bad.done()


def test_the_terminal_is_told_what_happens(tmp_path: Path, run: Callable[..., int], words: io.StringIO) -> None:
    run(python(tmp_path, "c", "pass"), python(tmp_path, "d", "pass"))
    assert "[1/2] Step c ..." in words.getvalue()
    assert "[2/2] Step d: done in 0 s" in words.getvalue()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, the device that is always full")
def test_a_full_disk_under_a_child_is_named(tmp_path: Path, run: Callable[..., int]) -> None:
    step = python(tmp_path, "e", "import sys; f = open('/dev/full', 'w'); f.write('x'); f.flush()")
    with pytest.raises(Trouble) as caught:
        run(step)
    assert "is full" in caught.value.message
    assert "make room" in caught.value.remedy
    assert not step.done()


def test_a_full_disk_under_our_own_stamp_is_named_and_leaves_no_stamp(tmp_path: Path) -> None:
    """The limit on file sizes plays the full disk: the write fails in the same place, with EFBIG."""
    code = f"""
import resource, signal, sys
from pathlib import Path
from deploy.local.files import write_whole
from deploy.local.trouble import of_os_error
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4, 4))
try:
    write_whole(Path({str(tmp_path / "stamp")!r}), "more than four bytes")
except OSError as error:
    print(of_os_error(error, "there").message)
"""
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert "is full" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_too_little_room_is_said_before_the_first_download(tmp_path: Path) -> None:
    check_space(tmp_path, least=1)
    with pytest.raises(Trouble, match="GB are free"):
        check_space(tmp_path, least=2**62)


def test_a_network_that_is_down_is_not_blamed_on_the_step(tmp_path: Path, run: Callable[..., int]) -> None:
    code = "print('Failed to establish a new connection: [Errno -2]'); raise SystemExit(1)"
    with pytest.raises(Trouble) as caught:
        run(python(tmp_path, "f", code))
    assert "package registry could not be reached" in caught.value.remedy


def test_a_program_that_is_not_there_is_named(tmp_path: Path, run: Callable[..., int]) -> None:
    step = Step("g", "G", tmp_path / "setup" / "g", "one", lambda worker: worker.call([tmp_path / "nowhere"]))
    with pytest.raises(Trouble, match="nowhere"):
        run(step)


def test_breaking_off_ends_the_child_and_leaves_the_step_undone(
    tmp_path: Path, run: Callable[..., int], alive: Callable[[int], bool]
) -> None:
    pids: list[int] = []

    class Impatient(io.StringIO):
        """A terminal at which Ctrl-C is pressed once the child has said that it runs."""

        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            if "pid " in text:
                pids.append(int(text.rpartition("pid ")[2].split()[0]))
                raise KeyboardInterrupt
            return super().write(text)

    step = python(tmp_path, "h", "import os, time; print('pid', os.getpid(), flush=True); time.sleep(600)")
    with pytest.raises(KeyboardInterrupt):
        steps.run([step], console=Console(Impatient()), logs=tmp_path, cwd=tmp_path, env=dict(os.environ))
    assert len(pids) == 1
    assert not alive(pids[0])
    assert not step.done()


def test_stamps_are_whole_or_absent(tmp_path: Path) -> None:
    stamp = tmp_path / "deep" / "stamp"
    write_whole(stamp, "one")
    write_whole(stamp, "two")
    assert stamp.read_text() == "two"
    assert [path.name for path in stamp.parent.iterdir()] == ["stamp"]


def test_a_second_set_up_is_told_who_is_at_work(tmp_path: Path) -> None:
    with (
        held(tmp_path / "lock", "busy: {pid}", "wait for {pid}"),
        pytest.raises(Trouble, match=f"busy: {os.getpid()}"),
        held(tmp_path / "lock", "busy: {pid}", "wait for {pid}"),
    ):
        pass


def test_a_lock_whose_holder_was_killed_stops_nobody(
    tmp_path: Path, until: Callable[[Callable[[], object], str], None]
) -> None:
    code = f"""
import time
from pathlib import Path
from deploy.local.files import held
with held(Path({str(tmp_path / "lock")!r}), "", ""):
    time.sleep(600)
"""
    root = Path(__file__).resolve().parents[2]
    holder = subprocess.Popen([sys.executable, "-c", code], cwd=root)
    try:
        lock = tmp_path / "lock"
        until(lambda: lock.exists() and lock.read_text().strip() == str(holder.pid), "the lock is held")
        with pytest.raises(Trouble, match=str(holder.pid)), held(lock, "{pid}", ""):
            pass
    finally:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with held(lock, "{pid}", ""):
        assert lock.read_text().strip() == str(os.getpid())


def test_a_patient_one_waits_for_the_lock(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from deploy.local.files import held
with held(Path({str(tmp_path / "lock")!r}), "", ""):
    print("held", flush=True)
    sys.stdin.readline()
"""
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", code], cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        holder.stdin.write("\n")
        holder.stdin.close()
        with held(tmp_path / "lock", "{pid}", "", patience=20):
            pass


def test_workers_can_try_and_go_on(tmp_path: Path, run: Callable[..., int]) -> None:
    def work(worker: Worker) -> None:
        assert not worker.attempt([sys.executable, "-c", "raise SystemExit(1)"])
        worker.call([sys.executable, "-c", "print('second way')"])

    assert run(Step("i", "I", tmp_path / "setup" / "i", "one", work)) == 1
    assert "second way" in (tmp_path / "logs" / "setup-i.log").read_text()
