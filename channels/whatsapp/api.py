"""The four Twilio endpoints in use, over httpx.

Twilio's own asynchronous client ignores its timeout, repeats POSTs after a 5xx (which doubles messages) and sends JSON
endpoints as forms (version 9.13), so only its request validator is used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from channels.base import ChannelError
from channels.per_loop import PerLoop
from channels.whatsapp import errors

TIMEOUT = httpx.Timeout(10, connect=4)


@dataclass
class TwilioApi:
    """`base_url` replaces Twilio's three hosts by one, such as the sandbox; `transport` is for tests."""

    account_sid: str
    auth_token: str = field(repr=False)
    base_url: str = ""
    transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        self.clients = PerLoop(self.client)

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(timeout=TIMEOUT, transport=self.transport, follow_redirects=False)

    def host(self, product: str) -> str:
        return self.base_url.rstrip("/") or f"https://{product}.twilio.com"

    @property
    def credentials(self) -> httpx.BasicAuth:
        return httpx.BasicAuth(self.account_sid, self.auth_token)

    async def create_message(self, form: Mapping[str, str]) -> Mapping[str, Any]:
        """Send one message; returns Twilio's record of it, with `sid` and `status`."""
        path = f"/2010-04-01/Accounts/{self.account_sid}/Messages.json"
        return await self._call("POST", self.host("api") + path, data=dict(form))

    async def create_call(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        """Place one telephone call; a list in the form goes as repeated fields."""
        path = f"/2010-04-01/Accounts/{self.account_sid}/Calls.json"
        return await self._call("POST", self.host("api") + path, data=dict(form))

    async def create_content(self, content: Mapping[str, Any]) -> Mapping[str, Any]:
        return await self._call("POST", self.host("content") + "/v1/Content", json=content)

    async def list_contents(self, page: str = "") -> Mapping[str, Any]:
        return await self._call("GET", page or self.host("content") + "/v1/Content?PageSize=500")

    async def submit_for_approval(self, content_sid: str, name: str, category: str) -> Mapping[str, Any]:
        """Ask WhatsApp to approve a Content as a template; `category` is UTILITY, MARKETING or AUTHENTICATION."""
        url = self.host("content") + f"/v1/Content/{content_sid}/ApprovalRequests/whatsapp"
        return await self._call("POST", url, json={"name": name, "category": category})

    async def approval(self, content_sid: str) -> Mapping[str, Any]:
        """How far WhatsApp is with it: `whatsapp.status`, and `whatsapp.rejection_reason`."""
        return await self._call("GET", self.host("content") + f"/v1/Content/{content_sid}/ApprovalRequests")

    async def show_typing(self, message_sid: str) -> None:
        """Show typing for up to 25 seconds, which also marks the customer's message as read."""
        form = {"channel": "whatsapp", "messageId": message_sid}
        await self._call("POST", self.host("messaging") + "/v2/Indicators/Typing.json", data=form)

    async def _call(self, method: str, url: str, **body: Any) -> Mapping[str, Any]:
        try:
            response = await self.clients.get().request(method, url, auth=self.credentials, **body)
        except httpx.HTTPError as error:
            raise errors.from_exception(error) from None
        if not response.is_success:
            raise errors.from_response(response)
        try:
            answer = response.json()
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise ChannelError("uncertain", "Twilio accepted the call but its answer is not JSON.", code="answer")
        return answer
