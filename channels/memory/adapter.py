"""A channel without a provider: what is sent stays in a list. For tests and trials; it passes the shared suite.

A webhook is `{"id", "from", "text", "action"?, "media"?: [{"ref", "kind", "mime"}], "name"?, "at"?}` as JSON with the
header `x-memory-secret`. Prepare a refusal with `fail_next`.
"""

from __future__ import annotations

import hmac
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import Field, ValidationError

from channels import text
from channels.base import (
    Acknowledgement,
    BadRequest,
    Capabilities,
    ChannelError,
    Frozen,
    Inbound,
    MediaRef,
    Outbound,
    Part,
    RawRequest,
    SendResult,
    Unauthorized,
)
from channels.consent import consent

SECRET = "memory"  # noqa: S105 - guards nothing
CAPS = Capabilities(
    max_text=2000,
    buttons=10,
    button_label=40,
    button_data_bytes=200,
    media_in=frozenset({"image"}),
    media_out={"image": 1_000_000, "document": 1_000_000},
    typing_out=True,
    typing_ttl=10,
    receipts="delivered",
    can_initiate=True,
    rate_global=1000.0,
    rate_per_chat=1000.0,
)


class Event(Frozen):
    """The one shape of webhook this channel knows."""

    id: str = Field(min_length=1, max_length=100)
    sender: str = Field(alias="from", min_length=1, max_length=160)
    text: str = ""
    name: str = ""
    action: str | None = None
    media: tuple[MediaRef, ...] = ()
    at: datetime | None = None


class MemoryAdapter:
    name = "memory"
    account = "memory"
    caps = CAPS

    def __init__(self, secret: str = SECRET, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._secret, self._now = secret, now
        self.sent: list[Part] = []
        self.signals: list[tuple[str, str]] = []
        self.files: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self.file_failures: deque[ChannelError] = deque()
        self._failures: deque[ChannelError] = deque()

    def __repr__(self) -> str:
        return f"MemoryAdapter(sent={len(self.sent)})"

    def fail_next(self, *errors: ChannelError) -> None:
        """Make the next calls of `send` raise these, one each."""
        self._failures.extend(errors)

    def authenticate(self, request: RawRequest) -> None:
        told = request.headers.get("x-memory-secret", "")
        if not hmac.compare_digest(told.encode("utf-8", "replace"), self._secret.encode()):
            raise Unauthorized("x-memory-secret is missing or wrong.")

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        try:
            data: Any = json.loads(request.body)
        except (ValueError, RecursionError):
            raise BadRequest("The event is not JSON.") from None
        if not isinstance(data, dict):
            raise BadRequest("The event is not a JSON object.")
        try:
            event = Event.model_validate({key: data[key] for key in data if key in KNOWN})
        except ValidationError:
            return []
        return [self._inbound(event, data)]

    def _inbound(self, event: Event, data: dict[str, Any]) -> Inbound:
        wish = "" if event.action else consent(event.text)
        return Inbound(
            channel=self.name, account=self.account, event_id=event.id, provider_id=event.id,
            kind="callback" if event.action else "optout" if wish == "opted_out" else "message",
            membership=wish, external_id=event.sender,
            occurred_at=event.at or self._now(), text=text.clean(event.text), display_name=event.name,
            action=event.action, attachments=event.media, raw=data,
        )  # fmt: skip

    def acknowledge(self, request: RawRequest) -> Acknowledgement:
        return Acknowledgement()

    def render(self, out: Outbound, window_open: bool) -> Sequence[Part]:
        sources = "\n".join(f"{each.title}: {each.url}" for each in out.citations)
        said = "\n\n".join(filter(None, [out.text, sources]))
        fits = len(out.choices) <= CAPS.buttons and all(len(each.label) <= CAPS.button_label for each in out.choices)
        if not fits:
            said = text.numbered(said, out.choices, out.language)
        parts: list[dict[str, Any]] = [{"text": part} for part in text.split(said, CAPS.max_text) if part.strip()]
        parts += [{"media": ref.model_dump(mode="json")} for ref in out.media]
        if not parts or (out.choices and not said.strip()):
            raise ChannelError("bad_content", "A message needs text or a file.", code="empty")
        if out.choices and fits:
            parts[-1] |= {"choices": [each.model_dump() for each in out.choices]}
        return [Part(to=out.to, payload={**part, "reference": f"{out.id}.{n}"}) for n, part in enumerate(parts, 1)]

    async def send(self, part: Part) -> SendResult:
        if self._failures:
            raise self._failures.popleft()
        self.sent.append(part)
        return SendResult(provider_ids=(f"memory-{len(self.sent)}",), state="delivered")

    async def fetch_media(self, ref: MediaRef, limit: int) -> AsyncIterator[bytes]:
        self.fetched.append(ref.ref)
        if self.file_failures:
            raise self.file_failures.popleft()
        if ref.ref not in self.files:
            raise ChannelError("bad_content", "There is no such file.", code="missing")
        if len(self.files[ref.ref]) > limit:
            raise ChannelError("bad_content", f"The file is larger than {limit} bytes.", code="too_large")
        yield self.files[ref.ref]

    async def signal(self, to: str, signal: Literal["typing", "read"], about: str | None) -> None:
        self.signals.append((to, signal))


KNOWN = {field.alias or name for name, field in Event.model_fields.items()}
