"""Database work from async code, on threads whose connections are looked after."""

from __future__ import annotations

import asyncio
import contextvars
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections

P = ParamSpec("P")
R = TypeVar("R")

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
