"""A mailbox on an IMAP server, with IMAPClient. Everything here waits for the network and runs in a thread.

What was taken over carries a keyword in the mailbox itself, so that a restart, a second worker or a restored database
neither loses a mail nor takes a whole archive for news. Where the server keeps no keywords, `Seen` does instead.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from channels.base import ChannelError
from channels.mail.names import PLAIN_NAME

log = logging.getLogger(__name__)
TAKEN, ASIDE = b"Postventa", b"PostventaAside"
LARGEST, BEGINNING = 30_000_000, 200_000
# How far back the first look into a mailbox goes.
FIRST_LOOK = timedelta(days=1)
# RFC 2177: a server may hang up after half an hour of IDLE.
IDLE, SLICE, UNANNOUNCED = 540, 1.0, 20
FOLDERS = 20
PORTS = {"imaps": 993, "imap+starttls": 143, "imap": 143}
BROKEN = (IMAPClientError, OSError, ssl.SSLError)


@dataclass(frozen=True)
class Fetched:
    """A mail, or with `whole` unset the beginning of one that is too large."""

    uid: int
    raw: bytes
    whole: bool


class ImapMailbox:
    """`url` is imaps://name:password@host:port/folder, or imap+starttls:// or imap://, reserved letters as %40.

    Raises ValueError for another form.
    """

    def __init__(self, url: str, *, timeout: float = 30) -> None:
        parts = urlsplit(url)
        if parts.scheme not in PORTS or not parts.hostname or not parts.username or parts.password is None:
            raise ValueError("MAIL_IMAP_URL: imaps://name:password@host/INBOX, with @ in a name as %40.")
        self.scheme, self.host, self.port = parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme]
        self.folder = unquote(parts.path.strip("/")) or "INBOX"
        self._user, self._password = unquote(parts.username), unquote(parts.password)
        self._timeout = SocketTimeout(connect=10, read=timeout)
        self._client: IMAPClient | None = None
        self._keywords = False

    def __repr__(self) -> str:
        return f"ImapMailbox({self.host}:{self.port}/{self.folder})"

    def _connect(self) -> IMAPClient:
        client = IMAPClient(self.host, port=self.port, ssl=self.scheme == "imaps", timeout=self._timeout)
        try:
            if self.scheme == "imap+starttls":
                client.starttls(ssl.create_default_context())
            client.login(self._user, self._password)
        except BaseException:
            client.shutdown()
            raise
        return client

    def _open(self) -> IMAPClient:
        if self._client is None:
            self._client = self._connect()
            chosen = self._client.select_folder(self.folder)
            self._keywords = b"\\*" in chosen.get(b"PERMANENTFLAGS", ())
        return self._client

    def close(self) -> None:
        """Hang up, whatever state the connection is in."""
        client, self._client = self._client, None
        if client is not None:
            try:
                client.logout()
            except BROKEN:
                client.shutdown()

    def fresh(self) -> list[int]:
        """Return the UIDs of mail that was not taken over yet, oldest first: from the first one ever taken on."""
        client = self._open()
        since: list[Any] = ["SINCE", (datetime.now(UTC) - FIRST_LOOK).date()]
        if not self._keywords:
            return sorted(client.search(["UNSEEN", "UNDELETED", *since]))
        taken = client.search(["KEYWORD", TAKEN])
        begin = min(taken, default=0)
        found = client.search(["UNKEYWORD", TAKEN, "UNDELETED", *(["UID", f"{begin}:*"] if taken else since)])
        return sorted(uid for uid in found if uid >= begin)

    def fetch(self, uid: int) -> Fetched | None:
        """Return a mail without marking it as read; None when somebody removed it meanwhile."""
        client = self._open()
        size = client.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE", 0)
        whole = size <= LARGEST
        answer = client.fetch([uid], ["BODY.PEEK[]" if whole else f"BODY.PEEK[]<0.{BEGINNING}>"]).get(uid, {})
        raw = next((value for key, value in answer.items() if key.startswith(b"BODY[]")), None)
        return Fetched(uid, raw, whole) if isinstance(raw, bytes) else None

    def take(self, uid: int) -> None:
        """Mark a mail as taken over."""
        self._open().add_flags([uid], [TAKEN] if self._keywords else [b"\\Seen"], silent=True)

    def put_aside(self, uid: int) -> None:
        """Mark a mail as left to a person who looks into the mailbox."""
        self._open().add_flags([uid], [b"\\Flagged", *([ASIDE] if self._keywords else [])], silent=True)

    def wait(self, stop: asyncio.Event) -> None:
        """Wait for news, for some minutes at most, or until `stop` is set."""
        client = self._open()
        if not client.has_capability("IDLE"):
            for _ in range(UNANNOUNCED):
                if stop.is_set():
                    return
                time.sleep(SLICE)
            client.noop()
            return
        client.idle()
        try:
            for _ in range(int(IDLE / SLICE)):
                if stop.is_set() or any(b"EXISTS" in line for line in client.idle_check(SLICE)):
                    return
        finally:
            client.idle_done()

    async def find(self, name: str) -> bytes | None:
        """Return the mail of that Message-ID from any folder, None where there is none; raises `ChannelError`."""
        if not PLAIN_NAME.fullmatch(name):
            return None
        try:
            return await asyncio.to_thread(self._find, name)
        except LoginError:
            raise ChannelError("auth", "The IMAP server refused our name or password.", code="login") from None
        except BROKEN as error:
            raise ChannelError(
                "retry", f"The IMAP server did not answer ({type(error).__name__}).", code="imap"
            ) from None

    def _find(self, name: str) -> bytes | None:
        client = self._connect()
        try:
            others = [str(each[2]) for each in client.list_folders() if b"\\Noselect" not in each[0]]
            for folder in [self.folder, *[each for each in others if each != self.folder][:FOLDERS]]:
                client.select_folder(folder, readonly=True)
                for uid in client.search(["HEADER", "Message-ID", name])[:1]:
                    raw = client.fetch([uid], ["BODY.PEEK[]"]).get(uid, {}).get(b"BODY[]")
                    return raw if isinstance(raw, bytes) else None
            return None
        finally:
            client.logout()
