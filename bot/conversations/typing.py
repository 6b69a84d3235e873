"""Showing the customer that an answer is being written, for as long as it is and no longer."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from channels import registry

log = logging.getLogger(__name__)

# Most answers are there sooner than anybody could read "typing…", and each sign costs a call to the provider.
AFTER = 0.6
# A sign is renewed when this share of its life is over.
RENEWED_AT = 0.8


@asynccontextmanager
async def shown(channel: str, to: str, about: str | None) -> AsyncIterator[None]:
    """Show typing to `to` inside the block, from `AFTER` seconds on; `about` is the provider's name of the customer's
    message. Nothing that goes wrong with it reaches the block."""
    signs = asyncio.create_task(_signs(channel, to, about))
    try:
        yield
    finally:
        signs.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await signs


async def _signs(channel: str, to: str, about: str | None) -> None:
    try:
        adapter = registry.adapter(channel)
        if not adapter.caps.typing_out or not adapter.caps.typing_ttl:
            return
        await asyncio.sleep(AFTER)
        while True:
            await adapter.signal(to, "typing", about)
            await asyncio.sleep(adapter.caps.typing_ttl * RENEWED_AT)
    except Exception:
        log.exception("typing could not be shown on %s", channel)
