"""One shop's account at Twilio, and requests signed as Twilio signs them."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

import httpx
from twilio.request_validator import RequestValidator

from channels.base import Choice, MediaRef, Outbound, RawRequest
from channels.whatsapp.adapter import WhatsAppAdapter
from tests.channels.contract import NOW
from tests.channels.standins import Twilio

SID = "AC00000000000000000000000000005a4d"
TOKEN, OLD_TOKEN = "twilio-token-new", "twilio-token-old"
PUBLIC = "https://ayuda.lumbre.es/bot"
PATH = "/channels/whatsapp/webhook"
FILE = f"https://api.twilio.com/2010-04-01/Accounts/{SID}/Messages/MM{'0' * 32}/Media/ME{'1' * 32}"
SHA256 = "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"


async def public_host(host: str) -> list[str]:
    return ["8.8.8.8"]


async def inner_host(host: str) -> list[str]:
    return ["8.8.8.8", "169.254.169.254"]


class Waits(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def adapter(provider: Twilio | None = None, **more: Any) -> WhatsAppAdapter:
    options: dict[str, Any] = {
        "account_sid": SID, "auth_tokens": [TOKEN, OLD_TOKEN], "sender": "+34900000000", "public_url": PUBLIC,
        "status_callback": PUBLIC + PATH, "transport": (provider or Twilio()).transport, "now": lambda: NOW,
        "clock": lambda: 0.0, "sleep": Waits(), "resolver": public_host,
    }  # fmt: skip
    return WhatsAppAdapter(**(options | more))


def signed(body: bytes, path: str = PATH, url: str = "", token: str = TOKEN, algorithm: str = "") -> RawRequest:
    form = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)

    class Fields(dict[str, list[str]]):
        def getlist(self, name: str) -> list[str]:
            return self[name]

    signature = RequestValidator(token).compute_signature(url or PUBLIC + path, Fields(form), algorithm or None)
    headers = {"x-twilio-signature": signature}
    if algorithm:
        headers["x-twilio-webhooks-signature-settings"] = f"key=k,algorithm={algorithm}"
    return RawRequest(method="POST", path=path, headers=headers, body=body)


def refusal(status: int, code: int, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers=headers, json={"code": code, "message": "no", "status": status})


def lucia(words: str = "¿La recogemos?", **more: Any) -> Outbound:
    return Outbound.model_validate(
        {"id": "00000000-0000-0000-0000-000000000007", "to": "+34600111222", "actor": "bot", "text": words, **more}
    )


YES_NO = (Choice(id="q7-yes", label="Sí"), Choice(id="q7-no", label="No"))


async def fetched(
    whatsapp: WhatsAppAdapter, address: str = FILE, mime: str = "image/jpeg", limit: int = 10_000
) -> bytes:
    ref = MediaRef(kind="image", ref=address, mime=mime)
    return b"".join([chunk async for chunk in whatsapp.fetch_media(ref, limit)])
