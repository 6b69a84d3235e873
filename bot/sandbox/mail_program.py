"""The mail that a customer's program would send: an answer to our last one, with it quoted below, as programs do."""

from __future__ import annotations

import email.policy
import hashlib
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from bot.sandbox.models import ProviderFile
from bot.sandbox.saying import Kept, Said
from channels.mail.sandbox import ADDRESS

RFC822 = "message/rfc822"
# What a program shares that knows no places and no cards.
PLACE = "https://maps.example/?q=40.416775,-3.703790"
WROTE = {"es": "El 20/11/26 a las 9:41, Lumbre escribió:", "en": "On Fri, 20 Nov 2026 at 09:41, Lumbre wrote:"}


def key(name: str) -> str:
    """How a mail of that Message-ID is called here."""
    return hashlib.sha256(name.encode()).hexdigest()[:40]


def mail_for(kept: Kept, said: Said) -> bytes:
    """The customer's mail as it would be posted; it is kept, because its files are asked for later."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = formataddr((kept.phone.name or "", kept.phone.identity))
    message["To"], message["Message-ID"] = ADDRESS, f"<{kept.message.provider_id}@mail.example.com>"
    message["Date"] = format_datetime(kept.message.created_at)
    message["Content-Language"] = kept.phone.language
    last = kept.phone.messages.filter(from_customer=False).order_by("-pk").first()
    words = (said.text or ("" if kept.file else PLACE)).encode("utf-8", "replace").decode().replace("\x00", "")
    if last:
        message["In-Reply-To"] = message["References"] = str(last.request.get("Message-ID", ""))
        message["Subject"] = str(last.request.get("Subject", ""))
        words += _quoted(last.text, kept.phone.language)
    message.set_content(words)
    if kept.file and said.attachment:
        main, _, sub = said.attachment.mime.partition("/")
        message.add_attachment(
            bytes(kept.file.data), maintype=main, subtype=sub or "octet-stream", filename=kept.file.name
        )
    raw = message.as_bytes()
    ProviderFile.objects.create(provider_id=key(str(message["Message-ID"])), name="mail.eml", mime=RFC822, data=raw)
    return raw


def _quoted(text: str, language: str) -> str:
    lines = "\n".join(f"> {line}" for line in text.splitlines())
    wrote = (
        "On Fri, 20 Nov 2026 at 09:41, Lumbre wrote:"
        if language == "en"
        else "El 20/11/26 a las 9:41, Lumbre escribió:"
    )
    return f"\n\n{wrote}\n\n{lines}\n"
