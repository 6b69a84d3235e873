"""A stand-in for mail servers: keeps what goes out, and gives back what came in."""

from __future__ import annotations

import hmac
import smtplib
from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from bot.conversations.database import on_database
from bot.sandbox.answers import in_sandbox_only
from bot.sandbox.mail_program import RFC822, key
from bot.sandbox.models import Phone, ProviderFile, ProviderMessage
from channels.mail.sandbox import DOOR_SECRET

HEADERS = ("Message-ID", "Subject", "From", "Reply-To", "In-Reply-To", "References", "Auto-Submitted")
# What tries a server's refusals: nobody can have such an address.
NOBODY = "nobody@"


class Mailbox(BaseEmailBackend):
    """Django's mail backend of the sandbox: the customer's mailbox is a phone of the channel "mail"."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        try:
            for message in email_messages:
                _keep(message)
        finally:
            # This runs in a thread of its own, whose connection nobody else would close.
            if not connection.in_atomic_block:
                connection.close()
        return len(email_messages)


def _keep(message: EmailMessage) -> None:
    head = message.message()
    to = message.to[0].lower()
    if to.startswith(NOBODY):
        raise smtplib.SMTPRecipientsRefused({to: (550, b"5.1.1 no such mailbox")})
    phone = Phone.objects.get_or_create(channel="mail", identity=to)[0]
    request: dict[str, Any] = {name: str(head[name]) for name in HEADERS if head[name]}
    ProviderMessage.objects.create(
        phone=phone, provider_id=key(str(head["Message-ID"])), text=str(message.body), state="sent", request=request
    )


async def find(request: HttpRequest) -> HttpResponseBase:
    """GET ?message_id=<…>: the customer's mail, whole."""
    in_sandbox_only()
    if not hmac.compare_digest(request.headers.get("x-mail-secret", "").encode(), DOOR_SECRET.encode()):
        return HttpResponse("x-mail-secret is missing or wrong", status=403, content_type="text/plain")
    name = key(request.GET.get("message_id", ""))
    kept = await on_database(ProviderFile.objects.filter(provider_id=name, mime=RFC822).first)
    if kept is None:
        return HttpResponse("no such mail", status=404, content_type="text/plain")
    return HttpResponse(bytes(kept.data), content_type=RFC822)
