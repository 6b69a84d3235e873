"""Our own Message-IDs, signed: a reply that names one of them belongs to that thread, and a bounce to that message.

RFC 5322, 3.6.4. Programs and gateways lose parts of References, so any one of our names is enough, wherever it stands.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

THREAD = r"[0-9a-f]{32}"
OURS = re.compile(rf"([0-9a-f]{{32}})\.([0-9]{{1,4}})\.({THREAD})\.([0-9a-f]{{20}})@", re.IGNORECASE)
PLUS = re.compile(rf"\+({THREAD})\.([0-9a-f]{{12}})@", re.IGNORECASE)
# What a name may hold to be searched for on a server; others are only compared.
PLAIN_NAME = re.compile(r"<[^\s<>\"\\\x00-\x20\x7f-\U0010ffff]{1,180}>")
ANY_NAME = re.compile(r"<([^<>]{1,400})>")


@dataclass(frozen=True)
class Ours:
    """A Message-ID that we gave: `reference` is the outbox's name of the part, `thread` the conversation's."""

    reference: str
    thread: str
    name: str


@dataclass(frozen=True)
class Names:
    """Gives and recognises names; `secret` signs them, `address` is our own mail address."""

    secret: str
    address: str

    def __repr__(self) -> str:
        return f"Names({self.address!r})"

    def _sign(self, words: str, length: int) -> str:
        return hmac.new(b"mail:" + self.secret.encode(), words.encode(), hashlib.sha256).hexdigest()[:length]

    def message(self, message: UUID, number: int, thread: str) -> str:
        """Return the Message-ID of one part of a message of ours."""
        key = thread_key(thread)
        words = f"{message.hex}.{number}.{key}"
        return f"<{words}.{self._sign(words, 20)}@{self.address.rpartition('@')[2]}>"

    def reply_to(self, thread: str) -> str:
        """Return our address with the thread in it, for servers that ignore what follows a plus sign."""
        key, (local, _, domain) = thread_key(thread), self.address.rpartition("@")
        return f"{local}+{key}.{self._sign(f'thread:{key}', 12)}@{domain}"

    def find(self, text: str) -> list[Ours]:
        """Return the names in `text` that really are ours, in order."""
        found = []
        for match in OURS.finditer(text.lower()):
            message, number, thread, signature = match.groups()
            if hmac.compare_digest(signature, self._sign(f"{message}.{number}.{thread}", 20)):
                name = self.message(UUID(message), int(number), thread)
                found.append(Ours(f"{UUID(message)}.{number}", thread, name))
        return found

    def thread(self, references: str, recipients: str) -> str:
        """Return the thread that a mail names by one of our Message-IDs or by an address of ours; "" for none."""
        ours = self.find(references)
        if ours:
            return ours[-1].thread
        for thread, signature in PLUS.findall(recipients.lower()):
            if hmac.compare_digest(signature, self._sign(f"thread:{thread}", 12)):
                return str(thread)
        return ""


def thread_key(thread: str) -> str:
    """Return 32 hexadecimal digits that name a thread: a conversation's own id, or a digest of anything else."""
    plain = thread.replace("-", "").lower()
    return plain if re.fullmatch(THREAD, plain) else digest(thread)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def listed(*headers: str) -> list[str]:
    """Return the Message-IDs in some headers, in order, each once."""
    return list(dict.fromkeys(f"<{name.strip()}>" for header in headers for name in ANY_NAME.findall(header)))


def root(references: Iterable[str], own: str) -> str:
    """Return the name of the mail with which a thread began, as far as this mail tells."""
    return next(iter(references), own)
