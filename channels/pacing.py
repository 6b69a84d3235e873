"""Keeping under a provider's rates: each message reserves its moment, and the sender waits for it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 10_000


class Pace:
    """Spaces out calls to `rate` per second and key, letting `burst` of them go at once after a rest.

    `rate` is in calls per second, `clock` gives seconds. It holds for one process; a provider's "too many requests" is
    still to be expected where several send.
    """

    def __init__(self, rate: float, burst: int = 1, clock: Callable[[], float] = time.monotonic) -> None:
        self.gap = 1 / rate
        self.burst = burst
        self.clock = clock
        self.full_at: OrderedDict[str, float] = OrderedDict()

    def reserve(self, key: str = "") -> float:
        """Take the next moment for `key` and return the seconds to wait until it comes."""
        now = self.clock()
        full_at = max(self.full_at.pop(key, now), now) + self.gap
        self.full_at[key] = full_at
        if len(self.full_at) > REMEMBERED:
            self.full_at.popitem(last=False)
        return max(0.0, full_at - now - self.burst * self.gap)
