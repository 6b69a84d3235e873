"""Work that goes on after a request was answered, in the web process; what it leaves undone the worker finishes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)

_running: set[asyncio.Task[None]] = set()


def go_on(work: Coroutine[Any, Any, None]) -> None:
    """Start `work` without waiting for it. Its errors are logged; its state is in the database."""
    task = asyncio.create_task(_logged(work))
    _running.add(task)
    task.add_done_callback(_running.discard)


async def idle() -> None:
    """Wait until nothing that was started on this event loop goes on."""
    loop = asyncio.get_running_loop()
    while mine := [task for task in _running if task.get_loop() is loop and not task.done()]:
        await asyncio.wait(mine)


async def _logged(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("background work failed; the worker will try again")
