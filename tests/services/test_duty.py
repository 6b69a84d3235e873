"""One worker of several does the chores, and another takes them when it dies."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import psycopg

from bot.conversations import duty

HOLDS = """
import sys
from pathlib import Path
from bot.conversations.duty import FileLock
lock = FileLock(Path(sys.argv[1]))
print(lock.taken() and "mine", flush=True)
sys.stdin.read()
"""


def test_a_killed_process_gives_the_file_back(tmp_path: Path) -> None:
    path = tmp_path / "run" / "chores.lock"
    command = [sys.executable, "-c", HOLDS, str(path)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline().strip() == "mine"
    other = duty.FileLock(path)
    assert not other.taken()
    child.kill()
    child.communicate()
    assert other.taken() and other.taken()
    other.give_back()
    assert duty.FileLock(path).taken()


def test_a_session_that_ends_gives_the_chores_back(postgres: str) -> None:
    first, second = duty.DatabaseLock({"conninfo": postgres}), duty.DatabaseLock({"conninfo": postgres})
    assert first.taken() and first.taken()
    assert not second.taken()
    with psycopg.connect(postgres, autocommit=True) as master:
        # As when the process is killed, or its machine goes away.
        (holder,) = master.execute("SELECT pid FROM pg_locks WHERE locktype = 'advisory'").fetchone() or (0,)
        master.execute("SELECT pg_terminate_backend(%s, 5000)", (holder,))
    assert second.taken()
    assert not first.taken()
    second.give_back()
    assert first.taken()
    first.give_back()


class Told:
    """A lock that the test gives and takes."""

    def __init__(self) -> None:
        self.mine, self.asked = False, asyncio.Event()

    def taken(self) -> bool:
        return self.mine

    def give_back(self) -> None:
        self.mine = False


async def test_chores_begin_with_the_lock_and_end_with_it() -> None:
    duty_lock, stop = Told(), asyncio.Event()
    began, ended = asyncio.Queue[int](), asyncio.Queue[int]()

    async def chore(over: asyncio.Event) -> None:
        began.put_nowait(1)
        await over.wait()
        ended.put_nowait(1)

    duty_lock.mine = True
    keeping = asyncio.create_task(duty.keep([chore, chore], stop, duty_lock))
    await asyncio.wait_for(began.get(), 20)
    await asyncio.wait_for(began.get(), 20)
    assert ended.empty()
    duty_lock.mine = False
    await asyncio.wait_for(ended.get(), 20)
    await asyncio.wait_for(ended.get(), 20)
    duty_lock.mine = True
    await asyncio.wait_for(began.get(), 20)
    stop.set()
    await asyncio.wait_for(keeping, 20)
    assert ended.qsize() == 2 and not duty_lock.mine


async def test_a_chore_that_breaks_ends_the_worker_as_before() -> None:
    duty_lock = Told()
    duty_lock.mine = True

    async def broken(over: asyncio.Event) -> None:
        raise RuntimeError("the disk is full")

    try:
        await asyncio.wait_for(duty.keep([broken], asyncio.Event(), duty_lock), 20)
    except RuntimeError as error:
        assert "disk" in str(error)
    else:
        raise AssertionError("it went on")
