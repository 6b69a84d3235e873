"""Fetching mail for as long as the worker runs: each mail is stored before it is marked as taken over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Protocol

from imapclient.exceptions import IMAPClientError, LoginError

from channels.base import BadRequest, Inbound
from channels.mail.mailbox import Fetched
from channels.pacing import Pace

log = logging.getLogger(__name__)
PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)
# A person writes no more than this for long. A program that answers our answers does, whatever its headers say.
AT_ONCE, PER_SECOND = 20, 1 / 300


class Mailbox(Protocol):
    """What is polled; `ImapMailbox` is one. Every method may wait and runs in a thread."""

    def fresh(self) -> list[int]: ...
    def fetch(self, uid: int) -> Fetched | None: ...
    def take(self, uid: int) -> None: ...
    def put_aside(self, uid: int) -> None: ...
    def wait(self, stop: asyncio.Event) -> None: ...
    def close(self) -> None: ...


async def batches(
    mailbox: Mailbox | None, read: Callable[[bytes, bool], list[Inbound]], stop: asyncio.Event
) -> AsyncIterator[Sequence[Inbound]]:
    """Yield each mail's events until `stop` is set; what was yielded and not stored comes again after a restart.

    Connection errors and a refused password are waited out. A sender's 21st mail without a rest is left in the
    mailbox, flagged, for a person.
    """
    rate, failures = Pace(PER_SECOND, AT_ONCE), 0
    while mailbox is not None and not stop.is_set():
        try:
            for uid in await asyncio.to_thread(mailbox.fresh):
                if stop.is_set():
                    break
                events = await asyncio.to_thread(_events, mailbox, uid, read, rate)
                if events:
                    yield events
                await asyncio.to_thread(mailbox.take, uid)
            failures = 0
            await asyncio.to_thread(mailbox.wait, stop)
        except (IMAPClientError, OSError) as error:
            pause = PAUSES[min(failures, len(PAUSES) - 1)]
            log.warning("The mailbox cannot be read (%s); trying again in %s s.", _why(error), pause)
            failures += 1
            await asyncio.to_thread(mailbox.close)
            await _pause(stop, pause)
    if mailbox is not None:
        await asyncio.to_thread(mailbox.close)


def _events(mailbox: Mailbox, uid: int, read: Callable[[bytes, bool], list[Inbound]], rate: Pace) -> list[Inbound]:
    mail = mailbox.fetch(uid)
    if mail is None:
        return []
    try:
        events = read(mail.raw, mail.whole)
    except BadRequest as error:
        log.warning("Mail %s cannot be read and stays in the mailbox, flagged: %s", uid, error)
        mailbox.put_aside(uid)
        return []
    if any(event.kind == "message" and rate.reserve(event.external_id) > 0 for event in events):
        log.warning("Mail %s stays in the mailbox, flagged: its sender writes faster than people do.", uid)
        mailbox.put_aside(uid)
        return []
    return events


def _why(error: Exception) -> str:
    # A server's own words may repeat the name that was logged in with.
    return "it refused our name or password" if isinstance(error, LoginError) else type(error).__name__


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
