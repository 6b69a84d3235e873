"""Fetching updates where no webhook can reach us, such as on a laptop."""

from __future__ import annotations

import asyncio
import logging
import warnings
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from typing import Any

from telegram.error import Conflict, InvalidToken, TelegramError
from telegram.warnings import PTBUserWarning

from channels import registry
from channels.base import Inbound
from channels.telegram.adapter import TelegramAdapter
from channels.telegram.errors import judge

log = logging.getLogger(__name__)

# Telegram keeps the last setting for ever unless it is told again.
UPDATES = ["message", "edited_message", "callback_query", "my_chat_member"]
LONG_POLL = 25
PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)


async def batches(
    stop: asyncio.Event, adapter: TelegramAdapter | None = None, *, long_poll: int = LONG_POLL
) -> AsyncIterator[list[Inbound]]:
    """Yield batches of events until `stop` is set. Store a batch before asking for the next one.

    Asking for the next one tells Telegram that the batch arrived, so what was yielded and not stored comes again after
    a restart. Raises `ChannelError("auth")` when the token is not valid; everything else is waited out.
    """
    polled = adapter or _registered()
    offset, failures, webhook_gone = 0, 0, False
    while not stop.is_set():
        try:
            webhook_gone = webhook_gone or await polled.bot().delete_webhook(drop_pending_updates=False)
            updates = await _unless(stop, _fetch(polled, offset, long_poll))
        except InvalidToken as error:
            raise judge(error) from None
        except TelegramError as error:
            webhook_gone = webhook_gone and not isinstance(error, Conflict)
            wait = judge(error).retry_after or PAUSES[min(failures, len(PAUSES) - 1)]
            log.warning("Telegram gives no updates (%s); trying again in %s s.", _why(error), wait)
            failures += 1
            await _unless(stop, asyncio.sleep(wait))
            continue
        failures = 0
        if updates:
            yield [event for event in map(polled.read_update, updates) if event]
            offset = max(int(update["update_id"]) for update in updates) + 1
            await _answer_buttons(polled, updates)


class PolledTelegram(TelegramAdapter):
    """The same bot, asked by the worker: for machines that Telegram cannot reach."""

    def batches(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Inbound]]:
        return batches(stop, self)


def _registered() -> TelegramAdapter:
    adapter = registry.adapter("telegram")
    assert isinstance(adapter, TelegramAdapter)
    return adapter


async def _unless[T](stop: asyncio.Event, work: Coroutine[Any, Any, T]) -> T | None:
    """Wait for `work`, but not beyond `stop`; returns None when it was given up."""
    working, stopping = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return working.result() if working.done() else None
    finally:
        working.cancel()
        stopping.cancel()


def _why(error: TelegramError) -> str:
    if isinstance(error, Conflict):
        return "another process polls with the same bot, or a webhook was set; leave only one of them"
    return str(judge(error))


async def _fetch(adapter: TelegramAdapter, offset: int, long_poll: int) -> list[dict[str, Any]]:
    # Bot.get_updates reads a whole batch at once, so that one update of an unknown shape would lose the others.
    warnings.filterwarnings("ignore", message="Please use 'Bot.getUpdates'", category=PTBUserWarning)
    wanted = {"offset": offset, "timeout": long_poll, "allowed_updates": UPDATES}
    answer = await adapter.bot().do_api_request("getUpdates", api_kwargs=wanted, read_timeout=long_poll + 10)
    return [update for update in answer if isinstance(update, dict) and isinstance(update.get("update_id"), int)]


async def _answer_buttons(adapter: TelegramAdapter, updates: Sequence[Mapping[str, Any]]) -> None:
    for update in updates:
        query = update.get("callback_query")
        if isinstance(query, dict) and query.get("id"):
            try:
                await adapter.bot().answer_callback_query(str(query["id"]))
            except TelegramError as error:
                log.info("A pressed button could not be answered: %s", judge(error))


async def set_webhook(adapter: TelegramAdapter, url: str, secret: str) -> None:
    """Tell Telegram to post updates to `url` (https) with `secret`; raises `ChannelError`."""
    try:
        await adapter.bot().set_webhook(url, secret_token=secret, allowed_updates=UPDATES)
    except TelegramError as error:
        raise judge(error) from None
