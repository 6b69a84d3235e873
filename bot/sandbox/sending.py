"""Posting webhooks to our own adapters over real HTTP, as the providers would."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
from django.conf import settings
from twilio.request_validator import RequestValidator

from bot.sandbox.answers import Mistake
from channels.mail.sandbox import DOOR_SECRET
from channels.messenger.sandbox import APP_SECRET
from channels.messenger.signature import sign
from channels.per_loop import PerLoop
from channels.telegram.sandbox import WEBHOOK_SECRET
from channels.whatsapp.sandbox import AUTH_TOKEN

log = logging.getLogger(__name__)

# Twilio gives a webhook 15 seconds.
_clients = PerLoop(lambda: httpx.AsyncClient(timeout=httpx.Timeout(15, connect=5), follow_redirects=False))


def webhook_address(channel: str) -> str:
    return f"{settings.PUBLIC_BASE_URL}/channels/{channel}/webhook"


async def post_form(url: str, form: Mapping[str, str]) -> httpx.Response:
    """Post a form signed like Twilio's, blank fields included; raises httpx.HTTPError."""
    signature = RequestValidator(AUTH_TOKEN).compute_signature(url, dict(form))
    headers = {
        "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
        "user-agent": "TwilioProxy/1.1",
        "x-twilio-signature": signature,
    }
    return await _clients.get().post(url, content=urlencode(form).encode(), headers=headers)


async def post_update(update: Mapping[str, Any]) -> httpx.Response:
    """Post a Telegram update with the secret header; raises httpx.HTTPError."""
    headers = {"content-type": "application/json", "x-telegram-bot-api-secret-token": WEBHOOK_SECRET}
    body = json.dumps(update, ensure_ascii=True).encode()
    return await _clients.get().post(webhook_address("telegram"), content=body, headers=headers)


async def post_signed(channel: str, event: Mapping[str, Any]) -> httpx.Response:
    """Post one of Meta's webhooks, signed over its bytes; raises httpx.HTTPError."""
    body = json.dumps(event, ensure_ascii=True).encode()
    headers = {"content-type": "application/json", "x-hub-signature-256": sign(APP_SECRET, body)}
    return await _clients.get().post(webhook_address(channel), content=body, headers=headers)


async def post_mail(raw: bytes) -> httpx.Response:
    """Post a whole mail; raises httpx.HTTPError."""
    headers = {"content-type": "message/rfc822", "x-mail-secret": DOOR_SECRET}
    return await _clients.get().post(webhook_address("mail"), content=raw, headers=headers)


def accepted(response: httpx.Response, channel: str) -> None:
    """Raise `Mistake` unless the adapter took the webhook."""
    if response.is_success:
        return
    raise Mistake(
        502,
        "webhook",
        f"the {channel} webhook answered {response.status_code}: {response.text[:200]}. Is POSTVENTA_PUBLIC_URL "
        f"({settings.PUBLIC_BASE_URL}) the address of this very server?",
    )


def unreachable(channel: str, error: httpx.HTTPError) -> Mistake:
    return Mistake(
        502,
        "webhook",
        f"{webhook_address(channel)} could not be reached ({type(error).__name__}). Set POSTVENTA_PUBLIC_URL to the "
        "address of this server.",
    )
