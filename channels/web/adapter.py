"""The web channel: our own page is the provider, our own database what it reads."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

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
from channels.web import identity, tokens

LONGEST_TEXT = 8_000
LARGEST_FILE = 16_000_000


class WebMessage(BaseModel):
    """What the widget posts: a text or a choice that was offered, under an id of the page's own."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    client_id: str = Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_.:-]+$")
    text: str = Field("", max_length=LONGEST_TEXT)
    choice: str = Field("", max_length=48)
    attachments: list[str] = Field(default_factory=list, max_length=10)

    @model_validator(mode="after")
    def says_something(self) -> WebMessage:
        if not (self.text or self.choice or self.attachments):
            raise ValueError("send a text, a choice or an attachment")
        return self


class WebAdapter:
    """`secret` signs the pages' own tokens, `identity_secrets` is what shops sign their customers' with."""

    name = "web"
    account = "web"
    caps = Capabilities(
        max_text=LONGEST_TEXT,
        buttons=20,
        button_label=200,
        list_items=20,
        media_in=frozenset({"image", "audio", "video", "document"}),
        media_out={"image": LARGEST_FILE, "audio": LARGEST_FILE, "video": LARGEST_FILE, "document": LARGEST_FILE},
        typing_out=True,
        typing_in=True,
        receipts="read",
        stream=True,
        sender_proven=False,
        rate_per_chat=5,
    )

    def __init__(self, secret: str, age: timedelta, identity_secrets: Sequence[str] = ()) -> None:
        self._secret = secret
        self._identity_secrets = identity_secrets
        self.age = age

    def visit(self, visitor: str) -> tuple[str, datetime]:
        """A visitor's token and when it ends (UTC)."""
        return tokens.visit(self._secret, visitor, self.age)

    def sign_in(self, token: str) -> tuple[identity.SignedIn, str]:
        """Whom a shop's token vouches for, and our token for as long; raises `IdentityRefused`."""
        told = identity.read(self._identity_secrets, token)
        return told, tokens.issue(self._secret, tokens.customer(told.subject), told.until)

    def session(self, request: RawRequest) -> tokens.Session:
        """Whom a request speaks for, by its bearer token; raises `Unauthorized`."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token:
            raise Unauthorized("send the token of POST /web/session as Authorization: Bearer …")
        return tokens.read(self._secret, token.strip())

    def authenticate(self, request: RawRequest) -> None:
        self.session(request)

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        sender = self.session(request).external_id
        try:
            said = WebMessage.model_validate(json.loads(request.body))
        except ValidationError as error:
            raise BadRequest("; ".join(_explain(entry) for entry in error.errors()[:3])) from error
        except (ValueError, RecursionError) as error:
            raise BadRequest("the body is not JSON in UTF-8") from error
        return [
            Inbound(
                channel=self.name,
                account=self.account,
                event_id=f"{sender}:{said.client_id}",
                kind="callback" if said.choice else "message",
                external_id=sender,
                occurred_at=datetime.now(UTC),
                text=_clean(said.text),
                action=said.choice or None,
                attachments=tuple(MediaRef(kind="document", ref=ref) for ref in said.attachments),
            )
        ]

    def acknowledge(self, request: RawRequest) -> Acknowledgement:
        return Acknowledgement(status=202, content_type="application/json", body="{}")

    def render(self, out: Outbound, window_open: bool) -> Sequence[Part]:
        if not out.text.strip() and not out.media:
            raise ChannelError("bad_content", "an empty message cannot be shown", code="empty")
        return [Part(to=out.to, payload={"id": str(out.id)})]

    async def send(self, part: Part) -> SendResult:
        """Nothing to call: the page reads what is stored."""
        return SendResult(provider_ids=(str(part.payload["id"]),), state="sent")

    async def fetch_media(self, ref: MediaRef, limit: int) -> AsyncIterator[bytes]:
        raise ChannelError("bad_content", "web attachments are stored when they are uploaded", code="stored")
        yield b""

    async def signal(self, to: str, signal: Literal["typing", "read"], about: str | None) -> None:
        return None


def _clean(text: str) -> str:
    # A NUL cannot be stored by PostgreSQL, and a lone surrogate cannot be encoded at all.
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _explain(entry: object) -> str:
    assert isinstance(entry, dict)
    where = ".".join(str(part) for part in entry["loc"]) or "body"
    return f"{where}: {entry['msg']}"
