"""One turn at a time per conversation, in the order of arrival."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock_store import LockStore
from rasa.utils.endpoints import EndpointConfig


class _Turnstile:
    __slots__ = ("holders", "lock")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.holders = 0


class ConversationLocks(LockStore):
    """An asyncio lock per conversation that is waited for or held, first come first served.

    Rasa's own stores poll once a second. One process owns a conversation (the gateway routes it), so nothing
    has to be shared between processes.
    """

    def __init__(self, endpoint_config: EndpointConfig | None = None) -> None:
        self._turnstiles: dict[str, _Turnstile] = {}
        super().__init__()

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 0, wait_time_in_seconds: float = 0
    ) -> AsyncGenerator[Any, None]:
        """Hold the conversation for the length of the block. The two times of Rasa's interface are not used."""
        turnstile = self._turnstiles.setdefault(conversation_id, _Turnstile())
        turnstile.holders += 1
        try:
            async with turnstile.lock:
                yield turnstile
        finally:
            turnstile.holders -= 1
            if not turnstile.holders:
                del self._turnstiles[conversation_id]

    def __len__(self) -> int:
        """How many conversations are held or waited for."""
        return len(self._turnstiles)
