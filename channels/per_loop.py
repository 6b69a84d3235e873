"""One network client per event loop.

An asynchronous client belongs to the loop that first used it. The web process has one loop for its life; a worker or a
management command opens one per task. Connections are kept where that helps and never carried across.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class PerLoop[T]:
    def __init__(self, build: Callable[[], T]) -> None:
        self.build = build
        self.made: dict[asyncio.AbstractEventLoop, T] = {}

    def get(self) -> T:
        """Return the client of the running loop, making it on first use."""
        loop = asyncio.get_running_loop()
        if loop not in self.made:
            for closed in [other for other in self.made if other.is_closed()]:
                del self.made[closed]
            self.made[loop] = self.build()
        return self.made[loop]
