"""Of any number of workers one does the chores: it asks mailboxes, counts figures, publishes what is due.

Every worker sweeps; the chores are for one at a time. Who has them holds a lock that ends with its process or its
connection: a session lock of PostgreSQL (the connection must be its own, not one of pgbouncer's transaction mode), or
with SQLite a lock on a file beside the database.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TextIO

from django.conf import settings
from django.db import connection

from bot.conversations.rounds import pause

log = logging.getLogger(__name__)

# How often somebody without the chores asks for them, and somebody with them makes sure of them, in seconds.
LOOK = 2.0
# Any number, the same for all workers.
CHORES = 7_041_777

Chore = Callable[[asyncio.Event], Awaitable[None]]


class Lock(Protocol):
    def taken(self) -> bool:
        """Take the lock, or make sure that it is still ours."""

    def give_back(self) -> None:
        """For whoever comes next."""


class FileLock:
    """One process on this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def taken(self) -> bool:
        if self._file is not None:
            return True
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def give_back(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class DatabaseLock:
    """One session of PostgreSQL, on a connection of its own outside the pool."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self._parameters = parameters
        self._session: Any = None

    def taken(self) -> bool:
        import psycopg

        try:
            if self._session is not None:
                self._session.execute("SELECT 1")
                return True
            session = psycopg.connect(**self._parameters, autocommit=True)
            (mine,) = session.execute("SELECT pg_try_advisory_lock(%s)", (CHORES,)).fetchone() or (False,)
            if not mine:
                session.close()
                return False
            self._session = session
        except psycopg.Error as error:
            log.warning("who does the chores cannot be settled: %s", type(error).__name__)
            self.give_back()
            return False
        return True

    def give_back(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None


def lock() -> Lock:
    """The lock that suits the database."""
    if connection.vendor == "postgresql":
        parameters = dict(connection.get_connection_params())
        for of_django in ("context", "cursor_factory", "server_side_binding"):
            parameters.pop(of_django, None)
        # A machine that vanished without a word gives the chores up after half a minute.
        return DatabaseLock({**parameters, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 4})
    return FileLock(Path(settings.VAR_DIR) / "run" / "chores.lock")


async def keep(chores: Sequence[Chore], stop: asyncio.Event, held: Lock | None = None) -> None:
    """Do the chores while they are ours, until told to stop."""
    held = held or lock()
    while not stop.is_set():
        if await asyncio.to_thread(held.taken):
            log.info("this worker does the chores")
            await _do(chores, stop, held)
        await pause(stop, LOOK)
    await asyncio.to_thread(held.give_back)


async def _do(chores: Sequence[Chore], stop: asyncio.Event, held: Lock) -> None:
    over = asyncio.Event()
    running = [asyncio.ensure_future(chore(over)) for chore in chores]
    try:
        while not stop.is_set() and await asyncio.to_thread(held.taken):
            if broken := next((task for task in running if task.done() and task.exception()), None):
                # As without this: a chore that breaks ends the worker, and whoever keeps it running starts a new one.
                broken.result()
            await pause(stop, LOOK)
    finally:
        over.set()
        await asyncio.gather(*running)
