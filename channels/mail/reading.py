"""A mail, read into `Inbound`. Pure: the same bytes give the same event."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32
from email.utils import getaddresses, parsedate_to_datetime
from typing import Any

from channels.base import EXTERNAL_ID_LENGTH, BadRequest, Inbound
from channels.mail import bodies, bounces, loops
from channels.mail.names import PLAIN_NAME, Names, digest, listed, root
from channels.text import clean, shorten

log = logging.getLogger(__name__)
ADDRESS = re.compile(r"[^@\s<>,;:\"\\()\[\]]{1,64}@[a-z0-9.\-]{1,190}\.[a-z0-9\-]{2,63}")
# Subjects that say nothing which the dialogue could use.
EMPTY_SUBJECTS = re.compile(
    r"(hola|hello|hi|buenas|buenos d[ií]as|consulta|pregunta|question|ayuda|help|duda|info(rmaci[óo]n)?|mail|e-?mail|"
    r"\(?(sin asunto|no subject)\)?)?[\s.!?¡¿]*",
    re.IGNORECASE,
)
ANSWER = re.compile(r"((re|rv|aw|sv|fwd?|r[ée]p|ref|resp)\s?(\[\d+\])?\s?:\s*)+", re.IGNORECASE)
SUBJECT, REFERENCES, REMEMBERED = 200, 1_500, 8


@dataclass(frozen=True)
class Reader:
    """Reads for one mailbox: `names` knows our own Message-IDs, `own` are the addresses that are ours."""

    channel: str
    account: str
    names: Names
    own: frozenset[str]

    def read(self, raw: bytes, now: datetime, whole: bool = True) -> list[Inbound]:
        """Return the mail as an event, or nothing where no person wrote it. Raises `BadRequest` for no mail at all.

        `whole` is False for the beginning of a mail that is too large: its words count, its files do not.
        """
        message = parsed(raw)
        sender, name = _sender(message)
        if not sender:
            raise BadRequest("The mail has no usable From address.")
        try:
            return self._read(message, raw, sender, name, now, whole)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, MessageError) as error:
            log.warning("A mail of an unknown shape was left aside: %s.", type(error).__name__)
            return []

    def _read(self, message: Message, raw: bytes, sender: str, name: str, now: datetime, whole: bool) -> list[Inbound]:
        event_id = event_name(message, raw)
        base: dict[str, Any] = {
            "channel": self.channel, "account": self.account, "event_id": event_id,
            "occurred_at": _date(message, now), "raw": {"size": len(raw)},
        }  # fmt: skip
        bounce = bounces.read(message, sender, self.names)
        if bounce:
            return [self._bounced(bounce, base)]
        why = loops.not_from_a_person(message, sender, self.own)
        if why:
            log.info("A mail was not answered, because a program wrote it (%s).", why)
            return []
        references = listed(_text(message, "References"), _text(message, "In-Reply-To"))
        text = self._words(message, references)
        attachments = tuple(
            ref.model_copy(update={"ref": f"{event_id}#{number}"})
            for number, ref in (bodies.files_of(message) if whole else [])
        )
        if not text.strip() and not attachments:
            text = _subject(message)
        return [
            Inbound(
                **base, kind="message", external_id=sender, provider_id=event_id[:160], display_name=name[:160],
                text=text, attachments=attachments, language=_language(message),
                thread=self._thread(message, references), context=_context(message, references),
            )
        ]  # fmt: skip

    def _bounced(self, bounce: bounces.Bounce, base: Mapping[str, Any]) -> Inbound:
        return Inbound(
            **base, kind="status", external_id=bounce.to[:EXTERNAL_ID_LENGTH] or "unknown", status="failed",
            provider_id=bounce.ours.name, reference=bounce.ours.reference, error_code=bounce.code,
            error_kind=bounce.kind,
        )  # fmt: skip

    def _words(self, message: Message, references: list[str]) -> str:
        """Return the body; the subject says something too where a thread begins."""
        text, subject = bodies.words_of(message), _subject(message)
        begins = not references and not ANSWER.match(subject) and not EMPTY_SUBJECTS.fullmatch(subject)
        if not begins or subject.casefold() in text.casefold():
            return text
        return f"{subject}\n\n{text}" if text.strip() else subject

    def _thread(self, message: Message, references: list[str]) -> str:
        """Return the thread: by a signed name of ours wherever it stands, else by the mail with which it began."""
        recipients = " ".join(_text(message, name) for name in ("To", "Cc", "Delivered-To", "X-Original-To"))
        told = " ".join(_text(message, name) for name in ("References", "In-Reply-To"))
        ours = self.names.thread(told, recipients)
        return ours or digest(root(references, _text(message, "Message-ID").strip()) or event_name(message, b""))


def parsed(raw: bytes) -> Message:
    """Parse a mail. The older policy is meant: the newer one raises on headers that real programs send."""
    try:
        return message_from_bytes(raw, policy=compat32)
    except (ValueError, LookupError, TypeError, RecursionError, MessageError) as error:
        raise BadRequest(f"The mail cannot be parsed ({type(error).__name__}).") from None


def event_name(message: Message, raw: bytes) -> str:
    """Return the mail's Message-ID, or where it has none a digest of what stays the same in every copy of it."""
    told = _text(message, "Message-ID").strip()
    if PLAIN_NAME.fullmatch(told):
        return told
    stable = "\n".join(_text(message, name) for name in ("Message-ID", "From", "Date", "Subject"))
    body = raw.partition(b"\r\n\r\n")[2] or raw.partition(b"\n\n")[2]
    return "sha256:" + hashlib.sha256(stable.encode("utf-8", "replace") + body).hexdigest()


def _all(message: Message, name: str) -> list[str]:
    """Return every header of that name as it came; letters that were not encoded are read as UTF-8 or Latin."""
    found = [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
    return [_letters(value.encode("utf-8", "surrogateescape")) for value in found]


def _letters(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _text(message: Message, name: str) -> str:
    """Return a header as text, encoded words decoded, on one line; "" where there is none."""
    return _plain(next(iter(_all(message, name)), ""))


def _plain(told: str) -> str:
    with suppress(ValueError, LookupError, TypeError, MessageError):
        told = str(make_header(decode_header(told)))
    return clean(" ".join(told.split()))


def _sender(message: Message) -> tuple[str, str]:
    """Return the address and name in From. Reply-To is ignored: it would send one customer's matters to another."""
    try:
        found = getaddresses(_all(message, "From"))
    except (ValueError, TypeError, LookupError):
        return "", ""
    for name, address in found:
        plain = address.strip().lower()
        if ADDRESS.fullmatch(plain) and len(plain) <= EXTERNAL_ID_LENGTH:
            return clean(plain), _plain(name)
    return "", ""


def _subject(message: Message) -> str:
    return shorten(_text(message, "Subject"), SUBJECT)


def _date(message: Message, now: datetime) -> datetime:
    """Return when the mail says that it was written, but no later than now and no earlier than a month ago."""
    try:
        told = parsedate_to_datetime(str(message.get("Date", "")))
        told = (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return now
    return told if now - timedelta(days=30) <= told <= now else now


def _language(message: Message) -> str:
    told = _text(message, "Content-Language") or _text(message, "Accept-Language")
    return re.split(r"[-_,; ]", told.lower())[0][:10]


def _context(message: Message, references: list[str]) -> dict[str, str]:
    """Return what the answer's head needs: the subject, the mail it answers and those before it."""
    own = _text(message, "Message-ID").strip()
    answered = [name for name in [*references, own] if PLAIN_NAME.fullmatch(name)]
    kept = answered if len(answered) <= REMEMBERED else [answered[0], *answered[-REMEMBERED + 1 :]]
    subject = ANSWER.sub("", _subject(message), count=1).strip()
    return {"subject": subject, "answers": own if PLAIN_NAME.fullmatch(own) else "",
            "references": " ".join(kept)[-REFERENCES:]}  # fmt: skip
