"""Database work from async code, on threads whose connections are looked after."""

from __future__ import annotations

import asyncio
import contextvars
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, IntegrityError, OperationalError, close_old_connections, connection

P = ParamSpec("P")
R = TypeVar("R")

# PostgreSQL ends one of two transactions that wait for each other with this state.
DEADLOCK = "40P01"
TRIES = 3

# SQLite has one writer; more threads than this only wait for each other.
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="database")


async def on_database[**P, R](function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run `function` on a database thread and give back what it returns or raises."""

    def call() -> R:
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    # A thread of the pool knows nothing of whom the work is about.
    within = functools.partial(contextvars.copy_context().run, call)
    return await asyncio.get_running_loop().run_in_executor(_threads, within)


def again_if_in_the_way[**P, R](function: Callable[P, R]) -> Callable[P, R]:
    """For a function that is one whole transaction: run it again where another process stood in its way, because both
    made the same row or each waited for the other. SQLite has one writer, and there it never happens."""

    @functools.wraps(function)
    def tried(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            if connection.in_atomic_block:
                break
            try:
                return function(*args, **kwargs)
            except DatabaseError as error:
                if not _in_the_way(error):
                    raise
        return function(*args, **kwargs)

    return tried


def _in_the_way(error: DatabaseError) -> bool:
    deadlock = isinstance(error, OperationalError) and getattr(error.__cause__, "sqlstate", "") == DEADLOCK
    return deadlock or isinstance(error, IntegrityError)
