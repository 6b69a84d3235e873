"""Delivery reports, sent back to the adapter's StatusCallback as signed webhooks."""

from __future__ import annotations

import asyncio
import logging

import httpx

from bot.conversations.database import on_database
from bot.sandbox.models import ProviderMessage
from bot.sandbox.sending import post_form
from bot.sandbox.whatsapp_phone import status_form

log = logging.getLogger(__name__)

PAUSE = 0.15
WINDOW_CLOSED = "63016"


async def report(message: int, callback: str, to: str, outside: bool) -> None:
    """Tell sent, delivered and read; or undelivered, for free text outside the 24 hours."""
    for state in ("undelivered",) if outside else ("sent", "delivered", "read"):
        await asyncio.sleep(PAUSE)
        code = WINDOW_CLOSED if outside else ""
        sid = await on_database(_move, message, state, code)
        if sid is None:
            return
        try:
            response = await post_form(callback, status_form(sid, to, state, code))
        except httpx.HTTPError as error:
            log.warning("the delivery report of sandbox message %s did not arrive: %s", message, type(error).__name__)
            continue
        if not response.is_success:
            log.warning("the delivery report of sandbox message %s got %s", message, response.status_code)


def _move(message: int, state: str, error_code: str) -> str | None:
    if not ProviderMessage.objects.filter(pk=message).update(state=state, error_code=error_code):
        return None
    return ProviderMessage.objects.values_list("provider_id", flat=True).get(pk=message)
