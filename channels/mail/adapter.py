"""Mail: IMAP in, SMTP out, a conversation for each thread."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from email.utils import formataddr
from typing import Literal, Protocol

from channels.base import (
    Acknowledgement,
    BadRequest,
    Capabilities,
    ChannelError,
    Inbound,
    MediaRef,
    Outbound,
    Part,
    RawRequest,
    SendResult,
    Unauthorized,
)
from channels.mail import bodies, sending
from channels.mail.names import Names, digest
from channels.mail.polling import Mailbox, batches
from channels.mail.reading import Reader, parsed
from channels.mail.render import render

DOOR = "x-mail-secret"
LONGEST = 100_000

CAPS = Capabilities(
    max_text=LONGEST,
    markup="html",
    media_in=frozenset({"image", "audio", "video", "document"}),
    receipts="sent",
    can_initiate=True,
    # Anybody can write anybody's address into From.
    sender_proven=False,
    rate_global=10.0,
    rate_per_chat=1.0,
)


class Store(Protocol):
    """Where a mail can be read again, for its files."""

    async def find(self, name: str) -> bytes | None:
        """Return the mail of that Message-ID, None where there is none; raises `ChannelError`."""


class MailAdapter:
    """Speaks for one address.

    `mailer` gives Django's mail backend, `store` finds mails again, `mailbox` is polled where there is one. Mail may
    also be posted whole, with `door_secret` in the header x-mail-secret; "" refuses all of it. `secret` signs our
    Message-IDs; with `plus`, replies also come to an address that names their thread.
    """

    name = "mail"
    caps = CAPS

    def __init__(
        self,
        *,
        address: str,
        shop: str,
        secret: str,
        mailer: sending.Mailer,
        store: Store,
        mailbox: Mailbox | None = None,
        door_secret: str = "",
        plus: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.address = address.strip().lower()
        self.account = self.address if len(self.address) <= 64 else digest(self.address)
        self.shop, self._names = shop, Names(secret, self.address)
        self._reader = Reader(self.name, self.account, self._names, frozenset({self.address}))
        self._mailer, self._store, self._mailbox = mailer, store, mailbox
        self._door, self._plus, self._now = door_secret, plus, now

    def __repr__(self) -> str:
        return f"MailAdapter(account={self.account!r})"

    def authenticate(self, request: RawRequest) -> None:
        told = request.headers.get(DOOR, "").encode("utf-8", "replace")
        if not self._door or not hmac.compare_digest(told, self._door.encode()):
            raise Unauthorized("x-mail-secret is missing or wrong; mail comes by IMAP.")

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        if not request.body.strip():
            raise BadRequest("The mail is empty.")
        return self.read(request.body)

    def read(self, raw: bytes, whole: bool = True) -> list[Inbound]:
        return self._reader.read(raw, self._now(), whole)

    def acknowledge(self, request: RawRequest) -> Acknowledgement:
        return Acknowledgement()

    def render(self, out: Outbound, window_open: bool) -> Sequence[Part]:
        """Mail has no window; a template's text is what `out.text` says."""
        return render(out, self._names, self.shop, self.caps)

    async def send(self, part: Part) -> SendResult:
        message = sending.mail(part, formataddr((self.shop, self.address)), self._plus)
        await asyncio.to_thread(sending.send, self._mailer, message)
        return SendResult(provider_ids=(str(part.payload["message_id"]),), state="sent")

    async def fetch_media(self, ref: MediaRef, limit: int) -> AsyncIterator[bytes]:
        """Give a file of a mail, which is looked for by its Message-ID: people move mails between folders."""
        name, _, number = ref.ref.rpartition("#")
        raw = await self._store.find(name) if number.isdecimal() else None
        data = bodies.file_number(parsed(raw), int(number)) if raw is not None else None
        if data is None:
            raise ChannelError("bad_content", "The mail or its file is no longer there.", code="missing")
        if len(data) > limit:
            raise ChannelError("bad_content", f"The file is larger than {limit} bytes.", code="too_large")
        yield data

    async def signal(self, to: str, signal: Literal["typing", "read"], about: str | None) -> None:
        """Mail shows neither."""

    def batches(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Inbound]]:
        return batches(self._mailbox, self.read, stop)
