"""The last values that were worked out for a text, for when it is asked again."""

from __future__ import annotations

import threading
from collections import OrderedDict


class Recent[Value]:
    """At most `size` values, the least recently used thrown away first. For any thread."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[str, Value] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, text: str) -> Value | None:
        with self._lock:
            if text in self._values:
                self._values.move_to_end(text)
            return self._values.get(text)

    def keep(self, text: str, value: Value) -> None:
        with self._lock:
            self._values[text] = value
            self._values.move_to_end(text)
            if len(self._values) > self._size:
                self._values.popitem(last=False)
