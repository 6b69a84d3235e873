"""The contract between a channel and the rest: what comes in, what goes out, and what may go wrong.

A channel is a folder `channels/<kind>/` with an adapter that fills the holes of `ChannelAdapter`: verify, parse,
render, send. It knows its provider and nothing of conversations, dialogue or desk. `tests/channels/contract.py` is the
suite that each one passes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, Protocol, runtime_checkable
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

EXTERNAL_ID_LENGTH = 160
TEXT_LIMIT = 20_000

InboundKind = Literal["message", "edited", "callback", "status", "membership", "typing", "read", "optout"]
MediaKind = Literal["image", "audio", "video", "document", "sticker"]
Author = Literal["bot", "human", "system"]
DeliveryState = Literal["queued", "accepted", "sent", "delivered", "read", "failed", "uncertain"]
ErrorKind = Literal["retry", "rate", "window", "optout", "unreachable", "bad_content", "auth", "uncertain"]

# A later state never goes back to an earlier one, whatever order a provider's callbacks arrive in; failed is final.
DELIVERY_RANK: Mapping[str, int] = {
    "queued": 0, "uncertain": 1, "accepted": 2, "sent": 3, "delivered": 4, "read": 5, "failed": 6,
}  # fmt: skip


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Capabilities(Frozen):
    """What a channel can carry. The text limit is in the channel's own unit; sizes are in bytes."""

    max_text: int
    text_unit: Literal["codepoint", "utf16", "byte"] = "codepoint"
    max_caption: int = 0
    markup: Literal["none", "whatsapp", "tg_html", "md_subset", "html"] = "none"
    buttons: int = 0
    button_label: int = 20
    button_data_bytes: int = 200
    list_items: int = 0
    media_in: frozenset[MediaKind] = frozenset()
    media_out: Mapping[MediaKind, int] = Field(default_factory=dict)
    typing_out: bool = False
    typing_in: bool = False
    typing_ttl: int = 0
    receipts: Literal["none", "sent", "delivered", "read"] = "none"
    mark_read: bool = False
    templates: bool = False
    reply_window: timedelta | None = None
    # What a person may still answer in after `reply_window`, where the provider tells people from programs.
    agent_window: timedelta | None = None
    can_initiate: bool = False
    edit: bool = False
    delete: bool = False
    stream: bool = False
    reply_to: bool = False
    location: bool = False
    contact_request: bool = False
    # Whether the provider vouches for who wrote: not where anybody can write any name as the sender's.
    sender_proven: bool = True
    rate_global: float = 30.0
    rate_per_chat: float = 1.0

    def closes_at(self, wrote: datetime | None, *, person: bool = False) -> datetime | None:
        """Until when the shop may answer freely what the customer last wrote; of a `person`'s answer, where the
        provider tells people from programs. None where no window closes, and where the customer has never written.
        """
        window = self.agent_window if person and self.agent_window else self.reply_window
        return wrote + window if window and wrote else None

    def is_open(self, wrote: datetime | None, now: datetime, *, person: bool = False) -> bool:
        """Whether the shop may answer freely now; where a window exists, never before the customer has written."""
        closes_at = self.closes_at(wrote, person=person)
        return now < closes_at if closes_at else self.reply_window is None


class Alias(Frozen):
    """Another name of the same person on this channel, such as a phone beside a business-scoped id."""

    kind: Literal["phone", "username", "bsuid", "email"]
    value: str


class Geo(Frozen):
    latitude: float
    longitude: float
    label: str = ""


class MediaRef(Frozen):
    """A file the provider holds: `ref` is opaque to everyone but the adapter and never given out."""

    kind: MediaKind
    ref: str
    mime: str = ""
    name: str = ""
    size: int | None = None


class VerifiedContact(Frozen):
    """A phone number the provider itself vouches for (Telegram's own card of the sender)."""

    phone: str


class Choice(Frozen):
    """An answer offered to the customer. `id` is short and opaque; adapters carry it, nobody parses it."""

    id: str = Field(max_length=48)
    label: str = Field(max_length=200)


class Template(Frozen):
    name: str
    language: str
    variables: Mapping[str, str] = Field(default_factory=dict)


class Citation(Frozen):
    slug: str
    title: str
    url: str
    revision: int


class ChannelError(Exception):
    """A provider refused or failed. `kind` says whether trying again can help; `code` is the provider's own."""

    def __init__(self, kind: ErrorKind, message: str, *, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.code = code
        self.retry_after = retry_after


class Unauthorized(Exception):
    """The request did not come from the provider: its signature, secret or token is missing or wrong."""


class BadRequest(Exception):
    """The request came from the provider but cannot be read at all, such as broken JSON."""


class Inbound(Frozen):
    """One thing that happened on a channel. (channel, account, event_id) is its name: seen twice, it is one."""

    channel: str
    account: str
    event_id: str = Field(max_length=200)
    kind: InboundKind
    external_id: str = Field(max_length=EXTERNAL_ID_LENGTH)
    occurred_at: datetime
    text: str = ""
    display_name: str = ""
    language: str = ""
    aliases: tuple[Alias, ...] = ()
    # Where a person has several conversations on one channel, such as one for each mail thread: which one this is.
    thread: str | None = None
    # What the channel needs to answer in the same place, such as a mail's subject; kept and handed back as it is.
    context: Mapping[str, str] = Field(default_factory=dict)
    attachments: tuple[MediaRef, ...] = ()
    group: str | None = None
    reply_to: str | None = None
    action: str | None = None
    location: Geo | None = None
    contact: VerifiedContact | None = None
    provider_id: str | None = None
    # Of a status without `provider_id`: everything that was sent to `external_id` until `occurred_at`.
    status: DeliveryState | None = None
    # Of a status: our own name of the part, "<outbound id>.<number>", where the provider hands it back. It settles a
    # delivery whose call timed out before the provider could tell its own id.
    reference: str = ""
    error_code: str = ""
    error_kind: ErrorKind | None = None
    membership: Literal["", "blocked", "unblocked", "opted_out", "opted_in"] = ""
    raw: Mapping[str, Any] = Field(default_factory=dict, repr=False)


class Outbound(Frozen):
    """A message on its way out."""

    id: UUID
    to: str
    actor: Author
    text: str
    language: str = "es"
    thread: str | None = None
    context: Mapping[str, str] = Field(default_factory=dict, repr=False)
    choices: tuple[Choice, ...] = ()
    citations: tuple[Citation, ...] = ()
    media: tuple[MediaRef, ...] = ()
    template: Template | None = None
    reply_to: str | None = None
    asks: str | None = None
    # The reply window is closed, but the one for a person's own answer is not.
    late: bool = False


class Part(Frozen):
    """One provider call: an adapter's own payload, JSON-able, so that it can wait in the outbox."""

    to: str
    payload: Mapping[str, Any]


class SendResult(Frozen):
    provider_ids: tuple[str, ...]
    state: Literal["accepted", "sent", "delivered", "uncertain"] = "accepted"


class RawRequest(Frozen):
    """A webhook as it arrived. `path` holds the raw path and query; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = Field(repr=False)


class Acknowledgement(Frozen):
    status: int = 200
    content_type: str = "text/plain"
    body: str = ""


@runtime_checkable
class Polled(Protocol):
    """A channel that fetches what happened, beside or instead of being called; the worker asks it for ever."""

    def batches(self, stop: asyncio.Event) -> AsyncIterator[Sequence[Inbound]]:
        """Yield events until `stop` is set; asking for the next batch says that the last one is stored."""


class ChannelAdapter(Protocol):
    """What the gateway asks of a channel. All but `send`, `fetch_media` and `signal` are pure: no network, no clock."""

    name: str
    account: str
    caps: Capabilities

    def authenticate(self, request: RawRequest) -> None:
        """Raise `Unauthorized` unless the provider sent this request."""

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        """Read the events; unknown kinds give nothing, unreadable bodies raise `BadRequest`."""

    def acknowledge(self, request: RawRequest) -> Acknowledgement:
        """Say what the provider wants to hear at once."""

    def render(self, out: Outbound, window_open: bool) -> Sequence[Part]:
        """Split, escape and degrade; raises `ChannelError("window")` where only a template may be sent and none is."""

    async def send(self, part: Part) -> SendResult:
        """Make one provider call; raises `ChannelError`."""

    def fetch_media(self, ref: MediaRef, limit: int) -> AsyncIterator[bytes]:
        """Stream a file of at most `limit` bytes; raises `ChannelError`."""

    async def signal(self, to: str, signal: Literal["typing", "read"], about: str | None) -> None:
        """Show typing or read, where the channel can; never raises."""
