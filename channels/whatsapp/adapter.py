"""WhatsApp through Twilio."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

import httpx

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
)
from channels.downloads import Resolver, resolve
from channels.pacing import Pace
from channels.whatsapp import media, signature
from channels.whatsapp.api import TwilioApi
from channels.whatsapp.contents import Contents
from channels.whatsapp.events import PREFIX, bare, read_event
from channels.whatsapp.render import BODY, LIST_ITEMS, QUICK_LABEL, QUICK_REPLIES, render

log = logging.getLogger(__name__)

CAPS = Capabilities(
    max_text=BODY,
    text_unit="utf16",
    buttons=QUICK_REPLIES,
    button_label=QUICK_LABEL,
    list_items=LIST_ITEMS,
    media_in=frozenset({"image", "audio", "video", "document", "sticker"}),
    media_out={"image": 5_000_000, "audio": 16_000_000, "video": 16_000_000, "document": 16_000_000},
    typing_out=True,
    typing_ttl=25,
    receipts="read",
    mark_read=True,
    templates=True,
    reply_window=timedelta(hours=24),
    can_initiate=True,
    location=True,
    # 80 a second for a sender; Meta lets one customer have one message in six seconds, and bursts of some dozens.
    rate_global=80.0,
    rate_per_chat=1.0,
)


class WhatsAppAdapter:
    """Speaks with one Twilio account and sender.

    `public_url` is the address that customers' webhooks reach us under, without a final slash; `status_callback` the
    one for delivery reports, "" for none; `auth_tokens` are accepted for signatures, the first also signs in at the
    API.
    """

    name = "whatsapp"
    caps = CAPS

    def __init__(
        self,
        *,
        account_sid: str,
        auth_tokens: Sequence[str],
        sender: str,
        public_url: str,
        status_callback: str = "",
        api_url: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        resolver: Resolver = resolve,
    ) -> None:
        self.account = account_sid
        self.sender = bare(sender)
        self.public_url = public_url.rstrip("/")
        self.status_callback = status_callback
        self.api = TwilioApi(account_sid, auth_tokens[0], api_url, transport)
        self.contents = Contents(self.api, clock)
        self._secrets = tuple(auth_tokens)
        self._paces = Pace(CAPS.rate_global, 10, clock), Pace(CAPS.rate_per_chat, 20, clock)
        self._now, self._sleep, self._resolver = now, sleep, resolver

    def __repr__(self) -> str:
        return f"WhatsAppAdapter(account={self.account!r})"

    def authenticate(self, request: RawRequest) -> None:
        signature.check(request, self.public_url, self._secrets)

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        try:
            query = signature.query(request)
            form = signature.read(request) if request.method.upper() == "POST" else query
        except ValueError:
            raise BadRequest("The form has more than a thousand fields.") from None
        event = read_event(form.first(), query.first(), self.name, self.account, self._now())
        if event is None:
            log.info("A WhatsApp event of an unknown kind was left aside.")
        return [event] if event else []

    def acknowledge(self, request: RawRequest) -> Acknowledgement:
        """Answer with an empty document of Twilio's own kind; any other text becomes a warning in its console."""
        return Acknowledgement(content_type="text/xml", body="<Response/>")

    def render(self, out: Outbound, window_open: bool) -> Sequence[Part]:
        return render(out, window_open, self.caps)

    async def send(self, part: Part) -> SendResult:
        await self._sleep(max(pace.reserve(key) for pace, key in zip(self._paces, ("", part.to), strict=True)))
        if part.payload["kind"] == "choices":
            return await self._send_choices(part)
        return await self._create(part, **await self._fields(part))

    async def _fields(self, part: Part) -> dict[str, str]:
        payload = part.payload
        if payload["kind"] == "media":
            return {"MediaUrl": payload["url"]}
        if payload["kind"] == "template":
            sid = await self.contents.for_template(payload["name"], payload["language"])
            return {"ContentSid": sid, "ContentVariables": json.dumps(payload["variables"], ensure_ascii=False)}
        return {"Body": payload["body"]}

    async def _send_choices(self, part: Part) -> SendResult:
        """Send buttons or a list. Where Twilio refuses them, nothing has gone out and the numbered text does."""
        payload = part.payload
        try:
            sid = await self.contents.for_choices(payload["shape"], payload["count"], payload["described"])
        except ChannelError as refused:
            log.warning("No Content for %s: %s", payload["shape"], refused)
            return await self._create(part, Body=payload["fallback"])
        variables = json.dumps(dict(payload["variables"]), ensure_ascii=False)
        try:
            return await self._create(part, ContentSid=sid, ContentVariables=variables)
        except ChannelError as refused:
            if refused.kind != "bad_content":
                raise
            log.warning("Twilio refused Content %s: %s", sid, refused)
            return await self._create(part, Body=payload["fallback"])

    async def _create(self, part: Part, **fields: str) -> SendResult:
        form = {"From": PREFIX + self.sender, "To": PREFIX + part.to, **fields}
        if self.status_callback:
            form["StatusCallback"] = f"{self.status_callback}?reference={part.payload['reference']}"
        answer = await self.api.create_message(form)
        return SendResult(provider_ids=(str(answer.get("sid") or ""),))

    def fetch_media(self, ref: MediaRef, limit: int) -> AsyncIterator[bytes]:
        return media.fetch(self.api, ref, limit, self._sleep, self._resolver)

    async def signal(self, to: str, signal: Literal["typing", "read"], about: str | None) -> None:
        """Show typing about the customer's message `about`; WhatsApp marks it read by the same call."""
        if not about:
            return
        try:
            await self.api.show_typing(about)
        except ChannelError as refused:
            log.info("Twilio did not show typing: %s", refused)
