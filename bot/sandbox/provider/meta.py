"""A stand-in for Meta's Send API, as far as the Messenger and Instagram adapters call it.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/error-codes
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import httpx
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from bot.conversations.background import go_on
from bot.conversations.database import on_database
from bot.sandbox import meta_phone, sending
from bot.sandbox.answers import in_sandbox_only
from bot.sandbox.models import Phone, ProviderMessage, new_sid
from bot.sandbox.provider.receipts import PAUSE
from channels.messenger import sandbox
from channels.messenger.platforms import (
    AGENT_WINDOW,
    INSTAGRAM,
    MESSENGER,
    QUICK_LABEL,
    QUICK_REPLIES,
    WINDOW,
    Platform,
)
from channels.messenger.signature import app_secret_proof
from channels.text import measure

log = logging.getLogger(__name__)
PLATFORMS = {"messenger": MESSENGER, "instagram": INSTAGRAM}
TYPING = timedelta(seconds=20)


class Refused(Exception):
    """An answer of Meta's that says no."""

    def __init__(self, status: int, code: int, subcode: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.subcode = status, code, subcode

    def response(self) -> JsonResponse:
        error = {"message": str(self), "type": "OAuthException", "code": self.code, "error_subcode": self.subcode}
        return JsonResponse({"error": error}, status=self.status)


@csrf_exempt
async def messages(request: HttpRequest, version: str, page: str) -> HttpResponseBase:
    """POST /<version>/<page>/messages"""
    in_sandbox_only()
    try:
        body = _body(request, page)
        answer, report = await on_database(_perform, body)
    except Refused as refused:
        return refused.response()
    if report:
        go_on(_report(*report))
    return JsonResponse(answer)


def _body(request: HttpRequest, page: str) -> dict[str, Any]:
    told = request.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(told.encode(), sandbox.PAGE_TOKEN.encode()):
        raise Refused(401, 190, 0, "Invalid OAuth access token.")
    try:
        body = json.loads(request.body)
        proof = str(body.get("appsecret_proof", ""))
    except (ValueError, AttributeError, RecursionError):
        raise Refused(400, 100, 0, "Invalid parameter") from None
    if not hmac.compare_digest(proof.encode(), app_secret_proof(sandbox.APP_SECRET, sandbox.PAGE_TOKEN).encode()):
        raise Refused(400, 100, 0, "Invalid appsecret_proof provided in the API argument")
    if page != sandbox.PAGE_ID or request.method != "POST":
        raise Refused(400, 100, 33, "Unsupported request")
    return dict(body)


def _perform(body: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Platform, int, str] | None]:
    phone = _addressee(body)
    if body.get("sender_action"):
        if body["sender_action"] == "typing_on":
            Phone.objects.filter(pk=phone.pk).update(typing_until=timezone.now() + TYPING)
        return {"recipient_id": phone.identity}, None
    platform = PLATFORMS[phone.channel]
    _check_window(phone, body)
    message = body.get("message") or {}
    text, quick = str(message.get("text") or ""), message.get("quick_replies") or []
    _check(platform, text, quick, message)
    mid = f"m_{new_sid('OUT')}"
    attached = message.get("attachment")
    media = [{"kind": attached["type"], "url": attached["payload"]["url"], "name": "", "mime": ""}] if attached else []
    ProviderMessage.objects.create(
        phone=phone, provider_id=mid, text=text, media=media, state="sent", request=dict(body),
        choices=[{"id": each["payload"], "label": each["title"]} for each in quick],
    )  # fmt: skip
    Phone.objects.filter(pk=phone.pk).update(typing_until=None)
    return {"recipient_id": phone.identity, "message_id": mid}, (platform, phone.pk, mid)


def _addressee(body: Mapping[str, Any]) -> Phone:
    """Whose phone it is. Nobody can be written to who has not written first."""
    to = str((body.get("recipient") or {}).get("id") or "")
    phone = Phone.objects.filter(channel__in=PLATFORMS, identity=to, messages__from_customer=True).first()
    if phone is None:
        raise Refused(400, 100, 2018001, "No matching user found")
    return phone


def _check_window(phone: Phone, body: Mapping[str, Any]) -> None:
    window = AGENT_WINDOW if body.get("tag") == "HUMAN_AGENT" else WINDOW
    if not phone.messages.filter(from_customer=True, created_at__gt=timezone.now() - window).exists():
        subcode = 2018278 if phone.channel == "messenger" else 2534022
        raise Refused(400, 10, subcode, "This message is sent outside of allowed window.")


def _check(platform: Platform, text: str, quick: list[Any], message: Mapping[str, Any]) -> None:
    if not text and not message.get("attachment"):
        raise Refused(400, 100, 0, "(#100) Param message[text] must be a non-empty UTF-8 encoded string")
    if measure(text, platform.caps.text_unit) > platform.caps.max_text:
        raise Refused(400, 100, 2018047, "(#100) Length of param message[text] is too long")
    wrong = len(quick) > QUICK_REPLIES or any(
        not each.get("payload") or not 0 < measure(str(each.get("title") or ""), "utf16") <= QUICK_LABEL
        for each in quick
    )
    if wrong:
        raise Refused(400, 100, 2018007, "(#100) Param message[quick_replies] is invalid")


async def _report(platform: Platform, phone_id: int, mid: str) -> None:
    """Tell that a message was delivered (Messenger alone does) and read."""
    phone = await on_database(Phone.objects.get, pk=phone_id)
    for state in ("delivered", "read") if platform is MESSENGER else ("read",):
        await asyncio.sleep(PAUSE)
        await on_database(ProviderMessage.objects.filter(provider_id=mid).update, state=state)
        told = (meta_phone.read if state == "read" else meta_phone.delivered)(platform, phone, mid)
        try:
            response = await sending.post_signed(platform.name, told)
        except httpx.HTTPError as error:
            log.warning("a report of sandbox message %s did not arrive: %s", mid, type(error).__name__)
            continue
        if not response.is_success:
            log.warning("a report of sandbox message %s got %s", mid, response.status_code)
