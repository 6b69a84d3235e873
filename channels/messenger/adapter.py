"""Messenger and Instagram through Meta's Graph API. One adapter speaks for one of the two: see `platforms.py`."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

import httpx

from channels.base import (
    Acknowledgement,
    BadRequest,
    ChannelError,
    Inbound,
    MediaRef,
    Outbound,
    Part,
    RawRequest,
    SendResult,
)
from channels.downloads import Resolver, resolve
from channels.messenger import errors, media, signature
from channels.messenger.events import read_batch
from channels.messenger.platforms import MESSENGER, Platform
from channels.messenger.render import render
from channels.pacing import Pace
from channels.per_loop import PerLoop

log = logging.getLogger(__name__)
API = "https://graph.facebook.com"
TIMEOUT = httpx.Timeout(10, connect=4)


class MetaAdapter:
    """Speaks for one Page, or for the Instagram account that is linked to it.

    `account` is the Page's or Instagram account's id, `page_id` the Page that sends for both. Webhooks signed with any
    of `app_secrets` are taken; calls are proven with the first. `api_url` replaces Meta's address, such as by the
    sandbox's. Token and secrets show in no representation, address, log or error.
    """

    def __init__(
        self,
        platform: Platform,
        *,
        account: str,
        page_id: str,
        page_token: str,
        app_secrets: Sequence[str],
        verify_token: str,
        version: str,
        api_url: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
        resolver: Resolver = resolve,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.platform, self.name, self.caps, self.account = platform, platform.name, platform.caps, account
        self.api_url = (api_url or API).rstrip("/")
        self.messages_url = f"{self.api_url}/{version}/{page_id}/messages"
        self._token, self._secrets, self._verify_token = page_token, tuple(app_secrets), verify_token
        self._clients = PerLoop(lambda: httpx.AsyncClient(timeout=TIMEOUT, transport=transport, follow_redirects=False))
        self._paces = Pace(self.caps.rate_global, 20, clock), Pace(self.caps.rate_per_chat, 5, clock)
        self._now, self._sleep, self._resolver = now, sleep, resolver

    def __repr__(self) -> str:
        return f"MetaAdapter({self.name}, account={self.account!r})"

    def authenticate(self, request: RawRequest) -> None:
        if request.method.upper() == "GET":
            signature.check_subscription(request, self._verify_token)
        else:
            signature.check(request, self._secrets)

    def parse(self, request: RawRequest) -> Sequence[Inbound]:
        if request.method.upper() == "GET":
            return []
        try:
            data = json.loads(request.body)
        except (ValueError, RecursionError):
            raise BadRequest("The webhook is not JSON.") from None
        if not isinstance(data, dict):
            raise BadRequest("The webhook is not a JSON object.")
        return read_batch(data, self.platform, self.account, self._now())

    def acknowledge(self, request: RawRequest) -> Acknowledgement:
        """Say back the challenge with which Meta checks a new address; anything else it only wants to see taken."""
        if request.method.upper() == "GET":
            return Acknowledgement(body=signature.subscription(request).get("hub.challenge", "")[:200])
        return Acknowledgement(body="EVENT_RECEIVED")

    def render(self, out: Outbound, window_open: bool) -> Sequence[Part]:
        return render(out, window_open, self.caps)

    async def send(self, part: Part) -> SendResult:
        await self._sleep(max(pace.reserve(key) for pace, key in zip(self._paces, ("", part.to), strict=True)))
        body = {key: value for key, value in part.payload.items() if key != "reference"}
        # Messenger hands this back in the echo of the message, which settles a call whose answer never came.
        named = {"metadata": str(part.payload["reference"])} if self.platform is MESSENGER else {}
        message = {**part.payload["message"], **named}
        answer = await self._call({**body, "message": message, "recipient": {"id": part.to}})
        return SendResult(provider_ids=(str(answer.get("message_id") or ""),), state="sent")

    async def _call(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Post to the Send API. The token goes in a header and its proof in the body: addresses end up in logs."""
        headers = {"Authorization": f"Bearer {self._token}"}
        proof = {"appsecret_proof": signature.app_secret_proof(self._secrets[0], self._token)} if self._secrets else {}
        try:
            response = await self._clients.get().post(self.messages_url, json={**body, **proof}, headers=headers)
        except httpx.HTTPError as error:
            raise errors.from_exception(error) from None
        if not response.is_success:
            raise errors.from_response(response)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ChannelError("uncertain", "Meta accepted the call but its answer is not JSON.", code="answer")
        return answer

    def fetch_media(self, ref: MediaRef, limit: int) -> AsyncIterator[bytes]:
        return media.fetch(self._clients.get(), ref, limit, self.api_url, self._resolver)

    async def signal(self, to: str, signal: Literal["typing", "read"], about: str | None) -> None:
        action = "typing_on" if signal == "typing" else "mark_seen"
        try:
            await self._call({"recipient": {"id": to}, "sender_action": action})
        except ChannelError as refused:
            log.info("Meta did not show %s: %s", signal, refused)
